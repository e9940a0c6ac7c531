import pytest

from devnet.errors import RpcError
from devnet.rpc.values import Json
from tests.devnet.client import Client, number

GWEI = 10**9


def test_the_suggested_prices_are_taken(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    tip = number(client.ask("eth_maxPriorityFeePerGas"))
    price = number(client.ask("eth_gasPrice"))
    base_fee = number(client.ask("eth_getBlockByNumber", "pending")["baseFeePerGas"])
    assert (tip, price) == (GWEI, base_fee + GWEI)
    receipt = client.sent(sender, to=receiver.address, gasPrice=price)
    assert number(receipt["effectiveGasPrice"]) == price


@pytest.fixture
def history(pooled: Client) -> Client:
    """Block 1 is empty; block 2 has 21000 gas at a tip of 5 gwei, 63000 at 1, and 21000 at 2."""
    first, second, third, receiver, *_ = pooled.devnet.accounts
    pooled.ask("evm_mine")
    for sender, tip in ((first, 5), (second, 1), (second, 1), (second, 1), (third, 2)):
        pooled.send(
            sender,
            to=receiver.address,
            gas=21_000,
            maxFeePerGas=100 * GWEI,
            maxPriorityFeePerGas=tip * GWEI,
        )
    pooled.devnet.seal()
    return pooled


def test_fee_history_tells_base_fees_fullness_and_tips(history: Client) -> None:
    percentiles: Json = [0, 50, 60, 60.1, 80, 81, 100]
    answer = history.ask("eth_feeHistory", "0x3", "latest", percentiles)
    fees = [history.ask("eth_getBlockByNumber", hex(n))["baseFeePerGas"] for n in range(3)]
    following = history.ask("eth_getBlockByNumber", "pending")["baseFeePerGas"]
    tips = [1, 1, 1, 2, 2, 5, 5]
    assert answer == {
        "oldestBlock": "0x0",
        "baseFeePerGas": [*fees, following],
        "gasUsedRatio": [0.0, 0.0, 105_000 / 30_000_000],
        "reward": [["0x0"] * 7, ["0x0"] * 7, [hex(tip * GWEI) for tip in tips]],
    }


@pytest.mark.parametrize(
    ("count", "newest", "oldest", "blocks"),
    [
        ("0x1", "latest", "0x2", 1),
        ("0x2", "0x1", "0x0", 2),
        ("0x400", "pending", "0x0", 3),
        (2, "latest", "0x1", 2),
        ("0x1", "earliest", "0x0", 1),
        ("0xffffffff", "latest", "0x0", 3),
    ],
)
def test_fee_history_covers_the_blocks_asked_for(
    history: Client, count: Json, newest: str, oldest: str, blocks: int
) -> None:
    answer = history.ask("eth_feeHistory", count, newest, None)
    assert answer["oldestBlock"] == oldest
    assert len(answer["gasUsedRatio"]) == blocks
    assert len(answer["baseFeePerGas"]) == blocks + 1
    assert "reward" not in answer


@pytest.mark.parametrize(
    "params",
    [
        ["0x1", "0x9"],
        ["0x1", "latest", [101]],
        ["0x1", "latest", [-1]],
        ["0x1", "latest", [50, 10]],
        ["0x1", "latest", ["10"]],
        ["0x1", "latest", [True]],
        ["-1", "latest"],
        ["0x1"],
    ],
)
def test_fee_history_refuses_what_makes_no_sense(history: Client, params: list[Json]) -> None:
    with pytest.raises(RpcError) as caught:
        history.ask("eth_feeHistory", *params)
    assert caught.value.code == -32602

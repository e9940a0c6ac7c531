from collections.abc import Iterator

import pytest
from eth_abi.abi import encode
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devnet.chain import Devnet
from devnet.errors import Reverted, RpcError
from devnet.rpc.values import Json
from tests.devnet.bytecode import CONTEXT, ECHO_REVERT, FORWARD, STORE, words
from tests.devnet.client import Client, hexed, number

NOWHERE = hexed(words(1))


@pytest.fixture
def store(client: Client) -> str:
    """A contract whose slot 1 changes with each block, from 1 to 4."""
    sender = client.devnet.accounts[0]
    address = client.create(sender, STORE)
    for value in (10, 20, 0):
        client.send(sender, to=address, data=words(1, value))
    return address


def names_of_block(client: Client, height: int) -> list[Json]:
    block_hash = client.ask("eth_getBlockByNumber", hex(height))["hash"]
    return [
        hex(height),
        block_hash,
        {"blockNumber": hex(height)},
        {"blockHash": block_hash},
        {"blockHash": block_hash, "requireCanonical": True},
    ]


def test_reads_answer_from_the_block_that_they_name(client: Client, store: str) -> None:
    sender = client.devnet.accounts[0]
    call: Json = {"to": store, "data": hexed(words(1))}
    for height, (value, nonce) in enumerate([(0, 1), (10, 2), (20, 3), (0, 4)], start=1):
        for name in names_of_block(client, height):
            assert client.ask("eth_getStorageAt", store, "0x1", name) == hexed(words(value))
            assert client.ask("eth_call", call, name) == hexed(words(value))
            assert client.ask("eth_getTransactionCount", sender.address, name) == hex(nonce)
            assert client.ask("eth_getCode", store, name) == hexed(STORE)
    for name in names_of_block(client, 0):
        assert client.ask("eth_getCode", store, name) == "0x"
        assert client.ask("eth_call", call, name) == "0x"
        assert client.ask("eth_getBalance", sender.address, name) == hex(10**24)


@pytest.mark.parametrize("tag", ["latest", "safe", "finalized", "pending", None])
def test_tags_name_the_ends_of_the_chain(client: Client, store: str, tag: str | None) -> None:
    client.send(client.devnet.accounts[0], to=store, data=words(1, 30))
    assert client.ask("eth_getStorageAt", store, "0x1", tag) == hexed(words(30))
    assert client.ask("eth_getCode", store, "earliest") == "0x"


def test_a_call_at_a_block_sees_that_blocks_number_and_time(client: Client) -> None:
    context = client.create(client.devnet.accounts[0], CONTEXT)
    for timestamp in (2_000_000_000, 2_000_000_007):
        client.ask("evm_mine", timestamp)
    for height, timestamp in ((2, 2_000_000_000), (3, 2_000_000_007)):
        for name in names_of_block(client, height):
            answer = client.ask("eth_call", {"to": context}, name)
            assert answer == hexed(words(height, timestamp))


@pytest.mark.parametrize(
    "name", [NOWHERE, "0x5", {"blockHash": NOWHERE}, {"blockNumber": "0x7fffffffffffffff"}]
)
@pytest.mark.parametrize(
    ("method", "first"),
    [
        ("eth_getBalance", [hexed(bytes(20))]),
        ("eth_getTransactionCount", [hexed(bytes(20))]),
        ("eth_getCode", [hexed(bytes(20))]),
        ("eth_getStorageAt", [hexed(bytes(20)), "0x0"]),
        ("eth_getProof", [hexed(bytes(20)), []]),
        ("eth_call", [{"to": hexed(bytes(20))}]),
        ("eth_estimateGas", [{"to": hexed(bytes(20))}]),
    ],
)
def test_a_block_that_is_not_there_is_an_error(
    client: Client, method: str, first: list[Json], name: Json
) -> None:
    with pytest.raises(RpcError, match="header not found") as caught:
        client.ask(method, *first, name)
    assert caught.value.code == -32000


def test_a_call_changes_nothing(client: Client, store: str) -> None:
    sender = client.devnet.accounts[0]
    head = client.ask("eth_getBlockByNumber", "latest")
    write: Json = {"from": sender.address, "to": store, "data": hexed(words(1, 99))}
    assert client.ask("eth_call", write) == "0x"
    assert client.ask("eth_getStorageAt", store, "0x1") == hexed(words(0))
    client.ask("evm_mine")
    assert client.ask("eth_getBlockByNumber", "latest")["stateRoot"] == head["stateRoot"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "execution reverted"),
        (b"\x01\x02\x03\x04", "execution reverted"),
        (
            bytes.fromhex("08c379a0") + encode(["string"], ["not yours"]),
            "execution reverted: not yours",
        ),
        (bytes.fromhex("4e487b71") + words(0x11), "execution reverted: panic code 0x11"),
        (bytes.fromhex("08c379a0") + b"\xff", "execution reverted"),
    ],
)
@pytest.mark.parametrize("method", ["eth_call", "eth_estimateGas"])
def test_a_revert_comes_with_its_data(
    client: Client, method: str, data: bytes, message: str
) -> None:
    reverter = client.create(client.devnet.accounts[0], ECHO_REVERT)
    with pytest.raises(Reverted) as caught:
        client.ask(method, {"to": reverter, "data": hexed(data)})
    error = caught.value
    assert (error.code, error.message, error.data) == (3, message, hexed(data))


@pytest.fixture(scope="module")
def reverter() -> Iterator[tuple[Client, str]]:
    with Devnet.open(None) as devnet:
        client = Client(devnet)
        yield client, client.create(devnet.accounts[0], ECHO_REVERT)


@settings(max_examples=100, deadline=None)
@given(
    selector=st.sampled_from(["", "08c379a0", "4e487b71"]),
    data=st.binary(max_size=40).map(lambda tail: words(32, 8) + tail) | st.binary(max_size=100),
)
@example(selector="08c379a0", data=words(2**255, 2**64))
@example(selector="08c379a0", data=words(32, 2**255))
@example(selector="08c379a0", data=words(32, 2) + b"\xff\xfe".ljust(32, b"\x00"))
def test_any_revert_data_is_handed_on(
    reverter: tuple[Client, str], selector: str, data: bytes
) -> None:
    client, address = reverter
    returned = bytes.fromhex(selector) + data
    with pytest.raises(Reverted, match=r"^execution reverted") as caught:
        client.ask("eth_call", {"to": address, "data": hexed(returned)})
    assert caught.value.data == hexed(returned)


def test_other_failures_say_what_failed(client: Client, store: str) -> None:
    sender = client.devnet.accounts[0]
    write: Json = {"to": store, "data": hexed(words(1, 99)), "gas": hex(25_000)}
    with pytest.raises(RpcError, match=r"^out of gas$"):
        client.ask("eth_call", write)
    with pytest.raises(RpcError, match=r"^out of gas$"):
        client.ask("eth_estimateGas", write)
    with pytest.raises(RpcError, match="intrinsic gas too low: have 100, want 21000"):
        client.ask("eth_call", {"to": store, "gas": "0x64"})
    with pytest.raises(RpcError, match="insufficient funds for transfer"):
        client.ask("eth_call", {"from": sender.address, "to": store, "value": hex(10**30)})
    with pytest.raises(RpcError, match="execution failed"):
        client.ask("eth_call", {"data": "0xfe"})


def test_a_call_may_ask_for_more_gas_than_a_block_has(client: Client, store: str) -> None:
    call: Json = {"to": store, "data": hexed(words(1)), "gas": hex(2**255)}
    assert client.ask("eth_call", call) == hexed(words(0))


def least_gas(client: Client, request: dict[str, Json]) -> int:
    """The least gas with which a call succeeds, by trying."""
    fails, succeeds = 20_999, 1_000_000
    while succeeds - fails > 1:
        middle = (fails + succeeds) // 2
        try:
            client.ask("eth_call", {**request, "gas": hex(middle)})
            succeeds = middle
        except RpcError:
            fails = middle
    return succeeds


def test_estimates_suffice_and_are_close(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    store = client.create(sender, STORE)
    forward = client.create(sender, FORWARD)
    client.send(sender, to=store, data=words(5, 1))
    target = number(store)
    requests: list[dict[str, Json]] = [
        {"to": receiver.address, "value": "0x1"},
        {"to": receiver.address, "data": "0x00ff"},
        {"to": store, "data": hexed(words(1, 2))},
        {"to": store, "data": hexed(words(5, 0))},  # with a refund
        {"to": forward, "data": hexed(words(target, 1, 2))},
        {"to": forward, "data": hexed(words(target, 5, 0))},
        {"data": hexed(STORE)},
        {
            "to": store,
            "data": hexed(words(1, 2)),
            "accessList": [{"address": store, "storageKeys": [hexed(words(1))]}],
        },
    ]
    for request in requests:
        request["from"] = sender.address
        estimate = number(client.ask("eth_estimateGas", request))
        assert client.ask("eth_estimateGas", request, "pending") == hex(estimate)
        least = least_gas(client, request)
        assert least <= estimate <= least * 65 // 64, request
        snapshot = client.ask("evm_snapshot")
        sent = client.ask("eth_sendTransaction", {**request, "gas": hex(estimate)})
        assert client.ask("eth_getTransactionReceipt", sent)["status"] == "0x1"
        client.ask("evm_revert", snapshot)


def test_a_plain_transfer_needs_exactly_21000(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    request: Json = {"from": sender.address, "to": receiver.address, "value": "0x1"}
    assert client.ask("eth_estimateGas", request) == hex(21_000)

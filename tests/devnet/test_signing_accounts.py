"""eth_sendTransaction: the devnet signs for its own accounts and fills in the rest."""

import pytest

from devnet.errors import RpcError
from devnet.rpc.values import Json
from tests.devnet.bytecode import ECHO_REVERT, STORE, words
from tests.devnet.client import Client, JsonObject, hexed, number

STRANGER = "0x00000000000000000000000000000000000000aa"


def sent(client: Client, request: dict[str, Json]) -> JsonObject:
    """Send from the first account; the transaction with its receipt."""
    request = {"from": client.devnet.accounts[0].address, **request}
    transaction_hash = client.ask("eth_sendTransaction", request)
    receipt = client.ask("eth_getTransactionReceipt", transaction_hash)
    assert receipt["status"] == "0x1"
    return {**receipt, **client.ask("eth_getTransactionByHash", transaction_hash)}


def test_the_accounts_are_named_with_their_checksum(client: Client) -> None:
    assert client.ask("eth_accounts") == [each.address for each in client.devnet.accounts]


def test_what_is_left_out_is_filled_in(client: Client) -> None:
    receiver = client.devnet.accounts[1].address
    base_fee = number(client.ask("eth_getBlockByNumber", "pending")["baseFeePerGas"])
    transaction = sent(client, {"to": receiver, "value": "0x5"})
    assert transaction["type"] == "0x2"
    assert (transaction["nonce"], transaction["gas"]) == ("0x0", hex(21_000))
    assert number(transaction["maxPriorityFeePerGas"]) == 10**9
    assert number(transaction["maxFeePerGas"]) == 2 * base_fee + 10**9
    assert sent(client, {"to": receiver})["nonce"] == "0x1"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"gasPrice": hex(10**11)}, {"type": "0x0", "gasPrice": hex(10**11)}),
        ({"gasPrice": hex(10**11), "accessList": []}, {"type": "0x1", "accessList": []}),
        ({"accessList": []}, {"type": "0x2", "accessList": []}),
        ({"maxFeePerGas": hex(10**9)}, {"maxPriorityFeePerGas": hex(10**9)}),
        ({"maxPriorityFeePerGas": "0x7"}, {"maxPriorityFeePerGas": "0x7"}),
        ({"maxPriorityFeePerGas": "0x0", "maxFeePerGas": hex(10**9)}, {"gas": hex(21_000)}),
        ({"gas": hex(50_000)}, {"gas": hex(50_000)}),
        ({"nonce": "0x0"}, {"nonce": "0x0"}),
        ({"data": "0x01", "input": "0x01"}, {"input": "0x01"}),
        ({"type": "0x2"}, {"type": "0x2"}),
    ],
)
def test_what_is_given_is_kept(
    client: Client, fields: dict[str, Json], expected: dict[str, Json]
) -> None:
    transaction = sent(client, {"to": client.devnet.accounts[1].address, **fields})
    assert {name: transaction[name] for name in expected} == expected


def test_legacy_transactions_are_signed_for_this_chain(client: Client) -> None:
    transaction = sent(client, {"to": STRANGER, "gasPrice": hex(10**11)})
    assert number(transaction["v"]) in {
        35 + 2 * client.devnet.chain_id,
        36 + 2 * client.devnet.chain_id,
    }


def test_a_contract_is_created_without_a_receiver(client: Client) -> None:
    receipt = sent(client, {"data": hexed(b"\x60\x0c\x80\x60\x09\x3d\x39\x3d\xf3" + bytes(12))})
    assert client.ask("eth_getCode", receipt["contractAddress"]) == hexed(bytes(12))


def test_pending_ones_are_counted(pooled: Client) -> None:
    request: Json = {"from": pooled.devnet.accounts[0].address, "to": STRANGER}
    for _ in range(3):
        pooled.ask("eth_sendTransaction", request)
    pooled.devnet.seal()
    assert pooled.ask("eth_getBlockTransactionCountByNumber", "latest") == "0x3"


def test_what_would_revert_is_not_sent_unless_gas_is_given(client: Client) -> None:
    sender = client.devnet.accounts[0]
    reverter = client.create(sender, ECHO_REVERT)
    request: dict[str, Json] = {"from": sender.address, "to": reverter, "data": "0xabcd"}
    with pytest.raises(RpcError) as caught:
        client.ask("eth_sendTransaction", request)
    assert (caught.value.code, caught.value.data) == (3, "0xabcd")
    assert client.ask("eth_blockNumber") == "0x1"
    forced = client.ask("eth_sendTransaction", {**request, "gas": hex(50_000)})
    assert client.ask("eth_getTransactionReceipt", forced)["status"] == "0x0"


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"from": STRANGER}, -32000, "unknown account 0x00000000000000000000000000000000000000aa"),
        ({"from": None}, -32602, "from is missing"),
        ({"chainId": "0x1"}, -32602, "chainId is 1, and this chain is"),
        ({"gasPrice": "0x1", "maxFeePerGas": "0x1"}, -32602, "gasPrice excludes maxFeePerGas"),
        ({"data": "0x01", "input": "0x02"}, -32602, "data and input are both given and differ"),
        ({"value": 5}, -32602, "5 is not a quantity"),
        ({"accessList": [{"storageKeys": []}]}, -32602, "None is not an address"),
        ({"nonce": "0x9"}, -32000, "nonce too high"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    client: Client, fields: dict[str, Json], code: int, message: str
) -> None:
    request = {"from": client.devnet.accounts[0].address, "to": STRANGER, **fields}
    with pytest.raises(RpcError, match=message) as caught:
        client.ask("eth_sendTransaction", request)
    assert caught.value.code == code
    assert client.ask("eth_blockNumber") == "0x0"


def test_an_access_list_reaches_the_transaction(client: Client) -> None:
    store = client.create(client.devnet.accounts[1], STORE)
    access: Json = [{"address": store, "storageKeys": [hexed(words(1))]}]
    request: dict[str, Json] = {"to": store, "data": hexed(words(1, 2)), "accessList": access}
    transaction = sent(client, request)
    assert transaction["accessList"] == access
    assert client.ask("eth_getStorageAt", store, "0x1") == hexed(words(2))

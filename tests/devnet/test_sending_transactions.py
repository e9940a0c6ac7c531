from collections.abc import Iterator
from typing import Any

import pytest
import rlp
from eth_account import Account as Signer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devnet.chain import Devnet
from devnet.errors import RpcError
from devnet.opening import DEFAULT_CHAIN_ID
from tests.devnet.bytecode import ECHO_REVERT, STORE, creation, words
from tests.devnet.client import Client, hash_of, hexed, number

FUNDS = 1_000_000 * 10**18


def refusal(client: Client, encoded: bytes) -> RpcError:
    with pytest.raises(RpcError) as caught:
        client.ask("eth_sendRawTransaction", hexed(encoded))
    return caught.value


@pytest.mark.parametrize(
    ("fields", "type_id"),
    [
        ({"gasPrice": 10**11}, "0x0"),
        ({"gasPrice": 10**11, "accessList": []}, "0x1"),
        ({}, "0x2"),
    ],
)
def test_each_type_of_transaction_is_sealed_at_once(
    client: Client, fields: dict[str, Any], type_id: str
) -> None:
    sender, receiver, *_ = client.devnet.accounts
    encoded = client.sign(sender, to=receiver.address, value=10**18, **fields)
    assert client.ask("eth_sendRawTransaction", hexed(encoded)) == hash_of(encoded)
    receipt = client.ask("eth_getTransactionReceipt", hash_of(encoded))
    assert (receipt["status"], receipt["type"]) == ("0x1", type_id)
    assert (receipt["blockNumber"], receipt["gasUsed"]) == ("0x1", hex(21_000))
    assert number(client.ask("eth_getBalance", receiver.address)) == FUNDS + 10**18
    paid = 21_000 * number(receipt["effectiveGasPrice"])
    assert number(client.ask("eth_getBalance", sender.address)) == FUNDS - 10**18 - paid


def test_a_transaction_signed_before_eip_155_is_taken(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    unsigned = [0, 10**11, 21_000, bytes.fromhex(receiver.address[2:]), 1, b""]
    signature = Signer.unsafe_sign_hash(
        bytes.fromhex(hash_of(rlp.encode(unsigned))[2:]), sender.private_key
    )
    encoded = rlp.encode([*unsigned, signature.v, signature.r, signature.s])
    transaction_hash = client.ask("eth_sendRawTransaction", hexed(encoded))
    transaction = client.ask("eth_getTransactionByHash", transaction_hash)
    assert transaction["from"] == sender.address
    assert "chainId" not in transaction


def test_the_price_paid_is_base_fee_and_tip(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    receipt = client.sent(
        sender, to=receiver.address, maxFeePerGas=10**11, maxPriorityFeePerGas=123
    )
    block = client.ask("eth_getBlockByHash", receipt["blockHash"])
    assert number(receipt["effectiveGasPrice"]) == number(block["baseFeePerGas"]) + 123


def test_the_first_base_fee_falls_by_an_eighth_as_eip_1559_says(client: Client) -> None:
    client.ask("evm_mine")
    assert client.ask("eth_getBlockByNumber", "0x0")["baseFeePerGas"] == hex(1_000_000_000)
    assert client.ask("eth_getBlockByNumber", "0x1")["baseFeePerGas"] == hex(875_000_000)


def test_a_nonce_that_was_used_is_too_low(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    encoded = client.sign(sender, to=receiver.address)
    client.ask("eth_sendRawTransaction", hexed(encoded))
    again = refusal(client, encoded)
    assert (again.code, again.message) == (-32000, "nonce too low: next nonce 1, tx nonce 0")
    assert client.ask("eth_blockNumber") == "0x1"


def test_a_nonce_that_leaves_a_gap_is_too_high(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    gap = refusal(client, client.sign(sender, to=receiver.address, nonce=1))
    assert gap.code == -32000
    assert gap.message.startswith("nonce too high: next nonce 0, tx nonce 1")


@pytest.mark.parametrize("fields", [{}, {"gasPrice": 10**11}])
def test_a_transaction_for_another_chain_is_refused(
    client: Client, fields: dict[str, object]
) -> None:
    sender, receiver, *_ = client.devnet.accounts
    other = refusal(client, client.sign(sender, to=receiver.address, chainId=1, **fields))
    assert other.message == f"invalid chain id for signer: have 1 want {DEFAULT_CHAIN_ID}"


def test_what_the_sender_cannot_pay_is_refused(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    beyond = client.sign(sender, to=receiver.address, value=FUNDS, nonce=0)
    assert refusal(client, beyond).message.startswith("insufficient funds for gas * price + value")
    greatest_fee = 21_000 * 10**11
    within = client.sign(
        sender, to=receiver.address, value=FUNDS - greatest_fee, gas=21_000, nonce=0
    )
    client.ask("eth_sendRawTransaction", hexed(within))


@pytest.mark.parametrize(
    ("fields", "needed"),
    [
        ({"gas": 20_999}, 21_000),
        ({"gas": 21_019, "data": b"\x00\x01"}, 21_020),
        ({"gas": 53_000, "to": None, "data": b"\x00"}, 53_004),
        ({"gas": 20_999, "gasPrice": 10**11}, 21_000),
    ],
)
def test_gas_below_the_intrinsic_is_refused(
    client: Client, fields: dict[str, Any], needed: int
) -> None:
    sender, receiver, *_ = client.devnet.accounts
    wanted = {"to": receiver.address, **fields}
    encoded = client.sign(
        sender, **{name: each for name, each in wanted.items() if each is not None}
    )
    assert refusal(client, encoded).message == (
        f"intrinsic gas too low: gas {fields['gas']}, minimum needed {needed}"
    )


def test_gas_above_the_block_limit_is_refused(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    encoded = client.sign(sender, to=receiver.address, gas=30_000_001)
    assert refusal(client, encoded).message == "exceeds block gas limit: 30000001 > 30000000"


def test_fees_that_contradict_the_chain_or_themselves_are_refused(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    low = client.sign(sender, to=receiver.address, maxFeePerGas=1, maxPriorityFeePerGas=1, nonce=0)
    assert refusal(client, low).message == (
        "max fee per gas less than block base fee: 1 < 875000000"
    )
    tip = client.sign(
        sender, to=receiver.address, maxFeePerGas=10**10, maxPriorityFeePerGas=10**10 + 1, nonce=0
    )
    assert refusal(client, tip).message.startswith("max priority fee per gas higher than max fee")


def test_blob_transactions_are_not_of_this_fork(client: Client) -> None:
    assert refusal(client, b"\x03\xc0").message.startswith("transaction type not supported")


@pytest.mark.parametrize(
    "encoded", [b"", b"\x02", b"\x02\xc0", b"\x80", b"\xc0", b"\xff" * 10, b"\x02\xf8", b"\xc1\x80"]
)
def test_bytes_that_are_no_transaction_are_refused(client: Client, encoded: bytes) -> None:
    error = refusal(client, encoded)
    assert (error.code, error.message[:22]) == (-32000, "malformed transaction:")


def test_bytes_after_a_transaction_are_refused(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    encoded = client.sign(sender, to=receiver.address)
    assert refusal(client, encoded + b"\x00").message.startswith("malformed transaction:")


@pytest.fixture(scope="module")
def damaged() -> Iterator[tuple[Client, bytes]]:
    with Devnet.open(None) as devnet:
        client = Client(devnet)
        sender, receiver, *_ = devnet.accounts
        yield client, client.sign(sender, to=receiver.address, value=1, data=b"note")


@settings(max_examples=150, deadline=None)
@given(position=st.integers(0, 10_000), flipped=st.integers(1, 255))
@example(position=0, flipped=2)
def test_a_damaged_transaction_is_refused_or_has_another_sender(
    damaged: tuple[Client, bytes], position: int, flipped: int
) -> None:
    client, encoded = damaged
    changed = bytearray(encoded)
    changed[position % len(changed)] ^= flipped
    # Another payload or signature recovers another key, which owns nothing here.
    error = refusal(client, bytes(changed))
    assert error.code == -32000


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(damaged: tuple[Client, bytes], encoded: bytes) -> None:
    assert refusal(damaged[0], encoded).code == -32000


def test_a_created_contract_is_where_the_receipt_says(client: Client) -> None:
    sender = client.devnet.accounts[0]
    receipt = client.sent(sender, data=creation(STORE))
    assert receipt["to"] is None
    assert client.ask("eth_getCode", receipt["contractAddress"]) == hexed(STORE)
    call = client.sent(sender, to=receipt["contractAddress"], data=words(3, 4))
    assert call["contractAddress"] is None
    assert client.ask("eth_getStorageAt", receipt["contractAddress"], "0x3") == hexed(words(4))


def test_a_transaction_that_reverts_is_sealed_and_pays(client: Client) -> None:
    sender = client.devnet.accounts[0]
    reverter = client.create(sender, ECHO_REVERT)
    before = number(client.ask("eth_getBalance", sender.address))
    receipt = client.sent(sender, to=reverter, value=5)
    assert (receipt["status"], receipt["logs"]) == ("0x0", [])
    paid = number(receipt["gasUsed"]) * number(receipt["effectiveGasPrice"])
    assert number(client.ask("eth_getBalance", sender.address)) == before - paid


def test_lookups_of_what_is_not_there_are_null(client: Client) -> None:
    nowhere = hexed(words(1))
    assert client.ask("eth_getTransactionByHash", nowhere) is None
    assert client.ask("eth_getTransactionReceipt", nowhere) is None
    assert client.ask("eth_getBlockByHash", nowhere) is None
    assert client.ask("eth_getBlockByNumber", "0x1") is None
    assert client.ask("eth_getBlockByNumber", "0x7fffffffffffffff") is None
    assert client.ask("eth_getBlockReceipts", nowhere) is None
    assert client.ask("eth_getBlockTransactionCountByHash", nowhere) is None
    assert client.ask("eth_getTransactionByBlockNumberAndIndex", "0x0", "0x0") is None
    assert client.ask("eth_getTransactionByBlockHashAndIndex", nowhere, "0x0") is None


def test_a_transaction_is_found_by_hash_and_by_place(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    transaction_hash = client.send(sender, to=receiver.address, value=7)
    block = client.ask("eth_getBlockByNumber", "latest")
    by_hash = client.ask("eth_getTransactionByHash", transaction_hash)
    assert by_hash["value"] == "0x7"
    assert block["transactions"] == [transaction_hash]
    for method, name in (
        ("eth_getTransactionByBlockNumberAndIndex", block["number"]),
        ("eth_getTransactionByBlockHashAndIndex", block["hash"]),
    ):
        assert client.ask(method, name, "0x0") == by_hash
        assert client.ask(method, name, "0x1") is None

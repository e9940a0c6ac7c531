"""What a client needs to prove a block: it can encode all of it again and gets the same hashes."""

from typing import Any

import pytest
import rlp
from eth.db.atomic import AtomicDB
from eth_typing import BlockNumber
from eth_utils.crypto import keccak
from trie.hexary import HexaryTrie

from devnet.evm import Backend
from devnet.opening import GENESIS_BALANCE_WEI
from tests.devnet.bytecode import ECHO_REVERT, RECORD_CONTEXT, creation, logger, words
from tests.devnet.client import Client, JsonObject, hash_of, hexed, number, unhexed

HEADER_FIELDS = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "extraData",
    "mixHash",
    "nonce",
    "baseFeePerGas",
)
QUANTITIES = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"}


def encode_header(block: JsonObject) -> bytes:
    """Yellow paper, section 4.4.3, with EIP-1559's base fee."""
    encoded: bytes = rlp.encode(
        [
            number(block[name]) if name in QUANTITIES else unhexed(block[name])
            for name in HEADER_FIELDS
        ]
    )
    return encoded


def encode_receipt(receipt: JsonObject) -> bytes:
    """EIP-2718, with the status of EIP-658."""
    body = rlp.encode(
        [
            number(receipt["status"]),
            number(receipt["cumulativeGasUsed"]),
            unhexed(receipt["logsBloom"]),
            [
                [
                    unhexed(log["address"]),
                    [unhexed(topic) for topic in log["topics"]],
                    unhexed(log["data"]),
                ]
                for log in receipt["logs"]
            ],
        ]
    )
    return type_prefix(receipt) + bytes(body)


def encode_transaction(transaction: JsonObject) -> bytes:
    """EIP-155, EIP-2930 or EIP-1559."""
    names = {
        "0x0": "nonce gasPrice gas to value input v r s",
        "0x1": "chainId nonce gasPrice gas to value input accessList yParity r s",
        "0x2": "chainId nonce maxPriorityFeePerGas maxFeePerGas gas to value input accessList"
        " yParity r s",
    }[transaction["type"]].split()
    body = rlp.encode([transaction_field(name, transaction[name]) for name in names])
    return type_prefix(transaction) + bytes(body)


def transaction_field(name: str, value: Any) -> Any:
    if name == "accessList":
        return [
            [unhexed(entry["address"]), [unhexed(key) for key in entry["storageKeys"]]]
            for entry in value
        ]
    if name in {"to", "input"}:
        return b"" if value is None else unhexed(value)
    return number(value)


def type_prefix(typed: JsonObject) -> bytes:
    return b"" if typed["type"] == "0x0" else bytes([number(typed["type"])])


def trie_root(leaves: list[bytes]) -> str:
    trie = HexaryTrie({})
    for index, leaf in enumerate(leaves):
        trie[rlp.encode(index)] = leaf
    return hexed(trie.root_hash)


def seal_varied_blocks(client: Client) -> list[JsonObject]:
    """An empty block, and ones with transactions of every type, with logs and failures."""
    first, second, *_ = client.devnet.accounts
    client.ask("evm_mine")
    recorder_hash = client.send(first, data=creation(RECORD_CONTEXT))
    emitter_hash = client.send(first, data=creation(logger(3)))
    reverter_hash = client.send(first, data=creation(ECHO_REVERT))
    client.ask("evm_mine")
    recorder, emitter, reverter = (
        client.ask("eth_getTransactionReceipt", each)["contractAddress"]
        for each in (recorder_hash, emitter_hash, reverter_hash)
    )
    accessed = [{"address": emitter, "storageKeys": [hexed(words(7)), hexed(words(0))]}]
    client.send(first, to=second.address, value=1, gasPrice=10**11)
    client.send(first, to=emitter, data=words(1, 2, 3, 4), gasPrice=10**11, accessList=accessed)
    client.send(second, to=emitter, data=words(5, 6, 7, 8), accessList=accessed)
    client.send(first, to=reverter, data=b"no", value=0)
    client.send(second, to=emitter, data=words(9))
    client.send(second, to=recorder)
    client.ask("evm_mine")
    for _ in range(130):  # beyond 127 the keys of the tries have two bytes
        client.send(second, to=first.address, value=1, gas=21_000)
    client.ask("evm_mine")
    head = number(client.ask("eth_blockNumber"))
    return [client.ask("eth_getBlockByNumber", hex(height), True) for height in range(head + 1)]


@pytest.fixture
def blocks(pooled: Client) -> list[JsonObject]:
    blocks = seal_varied_blocks(pooled)
    assert [len(block["transactions"]) for block in blocks] == [0, 0, 3, 6, 130]
    assert {each["type"] for each in blocks[3]["transactions"]} == {"0x0", "0x1", "0x2"}
    return blocks


def test_the_header_encodes_to_the_block_hash(blocks: list[JsonObject]) -> None:
    assert [hexed(keccak(encode_header(block))) for block in blocks] == [
        block["hash"] for block in blocks
    ]


def test_every_header_field_changes_the_hash(blocks: list[JsonObject]) -> None:
    block = blocks[3]
    for name in HEADER_FIELDS:
        changed = "0x01" if name == "extraData" else hex(number(block[name]) ^ 1)
        padded = f"0x{changed[2:].zfill(len(block[name]) - 2)}"
        assert hexed(keccak(encode_header({**block, name: padded}))) != block["hash"], name


def test_each_block_names_the_one_before(blocks: list[JsonObject]) -> None:
    assert [block["parentHash"] for block in blocks[1:]] == [block["hash"] for block in blocks[:-1]]


def test_the_transactions_encode_to_their_root_and_hashes(blocks: list[JsonObject]) -> None:
    for block in blocks:
        encoded = [encode_transaction(transaction) for transaction in block["transactions"]]
        assert trie_root(encoded) == block["transactionsRoot"]
        assert [hash_of(each) for each in encoded] == [
            transaction["hash"] for transaction in block["transactions"]
        ]


def test_the_receipts_encode_to_their_root(pooled: Client, blocks: list[JsonObject]) -> None:
    for block in blocks:
        receipts = pooled.ask("eth_getBlockReceipts", block["hash"])
        assert trie_root([encode_receipt(receipt) for receipt in receipts]) == block["receiptsRoot"]


def test_a_block_is_as_long_as_it_says(blocks: list[JsonObject]) -> None:
    for block in blocks:
        body = [
            encoded if encoded[0] < 0xC0 else rlp.decode(encoded)
            for encoded in map(encode_transaction, block["transactions"])
        ]
        encoded = rlp.encode([rlp.decode(encode_header(block)), body, []])
        assert number(block["size"]) == len(encoded)


def test_receipts_agree_with_their_block(pooled: Client, blocks: list[JsonObject]) -> None:
    for block in blocks:
        receipts = pooled.ask("eth_getBlockReceipts", block["number"])
        log_index = 0
        gas_used = 0
        for position, receipt in enumerate(receipts):
            gas_used += number(receipt["gasUsed"])
            assert number(receipt["cumulativeGasUsed"]) == gas_used
            assert number(receipt["transactionIndex"]) == position
            assert receipt["blockHash"] == block["hash"]
            for log in receipt["logs"]:
                assert number(log["logIndex"]) == log_index
                assert log["transactionHash"] == receipt["transactionHash"]
                assert log["blockHash"] == block["hash"]
                assert log["removed"] is False
                log_index += 1
        assert gas_used == number(block["gasUsed"])


def test_executing_the_chain_again_gives_the_same_blocks(
    pooled: Client, blocks: list[JsonObject]
) -> None:
    node = pooled.devnet._node
    original = node.backend.chain
    store = AtomicDB()
    genesis = Backend.make_genesis(
        store,
        node.chain_id,
        node.accounts,
        balance_wei=GENESIS_BALANCE_WEI,
        timestamp=number(blocks[0]["timestamp"]),
    )
    assert hexed(genesis.block.hash) == blocks[0]["hash"]
    again = Backend(store, node.chain_id, node.accounts)
    for height in range(1, len(blocks)):
        again.chain.import_block(original.get_canonical_block_by_number(BlockNumber(height)))
    assert hexed(again.head().hash) == blocks[-1]["hash"]

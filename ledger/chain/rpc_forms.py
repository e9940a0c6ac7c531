"""JSON-RPC objects of the Ethereum execution API, read into our types and their RLP encodings."""

from collections.abc import Mapping
from typing import Any

import rlp

from ledger.chain.port import Block, Log, Receipt
from ledger.types import Address, BlockRef, UnixTime, parse_address

_HEADER_BYTES = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
)
_HEADER_INTEGERS = ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")
_HEADER_SEAL = ("extraData", "mixHash", "nonce")
# Each fork since London appended to the header; a field is there only if all before it are.
_HEADER_FORKS = (
    ("baseFeePerGas", int),
    ("withdrawalsRoot", bytes),
    ("blobGasUsed", int),
    ("excessBlobGas", int),
    ("parentBeaconBlockRoot", bytes),
    ("requestsHash", bytes),
)


def integer(text: str) -> int:
    """Read a QUANTITY."""
    return int(text, 16)


def octets(text: str) -> bytes:
    """Read DATA."""
    return bytes.fromhex(text.removeprefix("0x"))


def read_block(form: Mapping[str, Any]) -> Block:
    """Read a block object, and encode its header in RLP (yellow paper, section 4.3)."""
    base_fee = form.get("baseFeePerGas")
    return Block(
        ref=BlockRef(integer(form["number"]), octets(form["hash"])),
        parent_hash=octets(form["parentHash"]),
        timestamp=UnixTime(integer(form["timestamp"])),
        base_fee_per_gas=None if base_fee is None else integer(base_fee),
        header=_encode_header(form),
    )


def _encode_header(form: Mapping[str, Any]) -> bytes:
    fields: list[bytes | int] = [octets(form[name]) for name in _HEADER_BYTES]
    fields += [integer(form[name]) for name in _HEADER_INTEGERS]
    fields += [octets(form[name]) for name in _HEADER_SEAL]
    for name, kind in _HEADER_FORKS:
        if form.get(name) is None:
            break
        fields.append(integer(form[name]) if kind is int else octets(form[name]))
    encoded: bytes = rlp.encode(fields)
    return encoded


def read_log(form: Mapping[str, Any]) -> Log:
    """Read a log object."""
    return Log(
        address=parse_address(form["address"]),
        topics=tuple(octets(topic) for topic in form["topics"]),
        data=octets(form["data"]),
        block=BlockRef(integer(form["blockNumber"]), octets(form["blockHash"])),
        transaction_hash=octets(form["transactionHash"]),
        transaction_index=integer(form["transactionIndex"]),
        log_index=integer(form["logIndex"]),
    )


def read_receipt(form: Mapping[str, Any]) -> Receipt:
    """Read a receipt object, and encode the receipt as it stands in the trie (EIP-2718)."""
    logs = tuple(read_log(log) for log in form["logs"])
    payload = rlp.encode(
        [
            integer(form["status"]),
            integer(form["cumulativeGasUsed"]),
            octets(form["logsBloom"]),
            [[octets(log.address), list(log.topics), log.data] for log in logs],
        ]
    )
    kind = integer(form.get("type", "0x0"))
    return Receipt(
        transaction_hash=octets(form["transactionHash"]),
        transaction_index=integer(form["transactionIndex"]),
        block=BlockRef(integer(form["blockNumber"]), octets(form["blockHash"])),
        succeeded=integer(form["status"]) == 1,
        gas_used=integer(form["gasUsed"]),
        logs=logs,
        encoded=payload if kind == 0 else bytes([kind]) + payload,
    )


def write_call(sender: Address | None, to: Address | None, data: bytes) -> dict[str, str]:
    """A transaction object for eth_call and eth_estimateGas."""
    form = {"data": "0x" + data.hex()}
    if to is not None:
        form["to"] = to
    if sender is not None:
        form["from"] = sender
    return form

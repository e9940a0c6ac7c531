"""JSON-RPC objects of the Ethereum execution API, read into our types and their RLP encodings.

Readers raise KeyError, TypeError, AttributeError or ValueError on a form that is not of the API;
the adapter makes one error of them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

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


_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_HASH_BYTES = 32
_LAST_TYPE = 0x7F  # EIP-2718
_LARGEST_COUNT = 2**63 - 1  # what the database can hold

_Form = TypeVar("_Form")


def integer(text: str) -> int:
    """Read a QUANTITY."""
    if _QUANTITY.fullmatch(text) is None:
        raise ValueError(f"{text[:80]!r} is not a QUANTITY")
    return int(text, 16)


def octets(text: str) -> bytes:
    """Read DATA."""
    if _DATA.fullmatch(text) is None:
        raise ValueError(f"{text[:80]!r} is not DATA")
    return bytes.fromhex(text[2:])


def optional(read: Callable[[Any], _Form]) -> Callable[[Any], _Form | None]:
    """A reader that takes null for None."""
    return lambda form: None if form is None else read(form)


def each(read: Callable[[Any], _Form]) -> Callable[[Any], tuple[_Form, ...]]:
    """A reader of an array."""

    def read_array(forms: Any) -> tuple[_Form, ...]:
        if not isinstance(forms, list):
            raise TypeError("not an array")
        return tuple(read(form) for form in forms)

    return read_array


def _count(text: str) -> int:
    """Read a QUANTITY that counts: a height, a position, a time in seconds."""
    number = integer(text)
    if number > _LARGEST_COUNT:
        raise ValueError(f"{text} is too large")
    return number


def _hash(text: str) -> bytes:
    """Read DATA of 32 bytes."""
    data = octets(text)
    if len(data) != _HASH_BYTES:
        raise ValueError(f"{text[:80]!r} has not 32 bytes")
    return data


def read_block(form: Mapping[str, Any]) -> Block:
    """Read a block object, and encode its header in RLP (yellow paper, section 4.3)."""
    base_fee = form.get("baseFeePerGas")
    return Block(
        ref=BlockRef(_count(form["number"]), _hash(form["hash"])),
        timestamp=UnixTime(_count(form["timestamp"])),
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
        topics=each(_hash)(form["topics"]),
        data=octets(form["data"]),
        block=BlockRef(_count(form["blockNumber"]), _hash(form["blockHash"])),
        transaction_hash=_hash(form["transactionHash"]),
        transaction_index=_count(form["transactionIndex"]),
        log_index=_count(form["logIndex"]),
    )


def read_receipt(form: Mapping[str, Any]) -> Receipt:
    """Read a receipt object, and encode the receipt as it stands in the trie (EIP-2718)."""
    logs = each(read_log)(form["logs"])
    payload = rlp.encode(
        [
            integer(form["status"]),
            integer(form["cumulativeGasUsed"]),
            octets(form["logsBloom"]),
            [[octets(log.address), list(log.topics), log.data] for log in logs],
        ]
    )
    kind = integer(form.get("type", "0x0"))
    if kind > _LAST_TYPE:
        raise ValueError(f"{kind} is no type of transactions")
    return Receipt(
        transaction_hash=_hash(form["transactionHash"]),
        transaction_index=_count(form["transactionIndex"]),
        block=BlockRef(_count(form["blockNumber"]), _hash(form["blockHash"])),
        succeeded=integer(form["status"]) == 1,
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

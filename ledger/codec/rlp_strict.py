"""Recursive length prefix (Ethereum yellow paper, appendix B), canonical encodings only."""

from typing import TypeAlias

import rlp
from rlp.exceptions import DecodingError

from ledger.errors import VerificationError

RlpItem: TypeAlias = "bytes | list[RlpItem]"

MAX_INTEGER_BYTES = 8


def parse_rlp_strict(data: bytes, what: str) -> RlpItem:
    """Read one RLP item from untrusted bytes.

    what: how messages call the bytes.

    Raises VerificationError unless the bytes are exactly the canonical encoding of an item.
    """
    try:
        item: RlpItem = rlp.decode(data)  # strict: canonical, and nothing after the item
    except (DecodingError, RecursionError) as error:
        raise VerificationError(f"{what} is not one item of canonical RLP") from error
    return item


def rlp_list(item: RlpItem, what: str) -> list[RlpItem]:
    """An item that must be a list."""
    if not isinstance(item, list):
        raise VerificationError(f"{what} is not an RLP list")
    return item


def rlp_bytes(item: RlpItem, what: str, *, length: int | None = None) -> bytes:
    """An item that must be a string of bytes, and of a length if one is given."""
    if not isinstance(item, bytes):
        raise VerificationError(f"{what} is not an RLP string")
    if length is not None and len(item) != length:
        raise VerificationError(f"{what} has {len(item)} bytes, and must have {length}")
    return item


def rlp_integer(item: RlpItem, what: str) -> int:
    """An item that must be an integer of at most 64 bits, without leading zeros."""
    octets = rlp_bytes(item, what)
    if len(octets) > MAX_INTEGER_BYTES or octets[:1] == b"\x00":
        raise VerificationError(f"{what} is not an RLP integer of at most 64 bits")
    return int.from_bytes(octets, "big")

"""Block headers in RLP (yellow paper, section 4.3): the fields that evidence needs."""

from dataclasses import dataclass
from functools import lru_cache

from eth_utils.crypto import keccak

from ledger.codec import parse_rlp_strict, rlp_bytes, rlp_integer, rlp_list
from ledger.errors import VerificationError
from ledger.types import BlockRef, UnixTime

# The first fifteen fields and their lengths in bytes, None where they vary. Forks since London
# only append to them.
_LENGTHS = (32, 32, 20, 32, 32, 32, 256, None, None, None, None, None, None, 32, 8)
_PARENT_HASH, _STATE_ROOT, _RECEIPTS_ROOT, _NUMBER, _TIMESTAMP = 0, 3, 5, 8, 11
_INTEGERS = (7, _NUMBER, 9, 10, _TIMESTAMP)  # with difficulty, gas limit and gas used
_MAX_FIELDS = 32


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """What a block header says.

    ref: number of the block, and keccak-256 of the header's encoding.
    parent_hash, state_root, receipts_root: 32 bytes each.
    timestamp: Unix time in seconds, as the block's proposer set it.
    """

    ref: BlockRef
    parent_hash: bytes
    state_root: bytes
    receipts_root: bytes
    timestamp: UnixTime


@lru_cache(maxsize=8)  # documents that were anchored together have it in common
def decode_header(encoded: bytes) -> BlockHeader:
    """Read a header of any fork; what later forks append is hashed and not interpreted.

    Raises VerificationError if it is not one canonical RLP list of a header's fields.
    """
    fields = rlp_list(parse_rlp_strict(encoded, "the block header"), "the block header")
    if not len(_LENGTHS) <= len(fields) <= _MAX_FIELDS:
        raise VerificationError(f"the block header has {len(fields)} fields, and no fork's does")
    for index, field in enumerate(fields):
        length = _LENGTHS[index] if index < len(_LENGTHS) else None
        rlp_bytes(field, f"field {index} of the block header", length=length)
    integers = {i: rlp_integer(fields[i], f"field {i} of the block header") for i in _INTEGERS}
    return BlockHeader(
        ref=BlockRef(integers[_NUMBER], keccak(encoded)),
        parent_hash=rlp_bytes(fields[_PARENT_HASH], "the parent hash"),
        state_root=rlp_bytes(fields[_STATE_ROOT], "the state root"),
        receipts_root=rlp_bytes(fields[_RECEIPTS_ROOT], "the receipts root"),
        timestamp=UnixTime(integers[_TIMESTAMP]),
    )

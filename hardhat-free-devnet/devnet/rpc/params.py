"""Reading the parameters of JSON-RPC methods (EIP-1474, EIP-1898).

Each function takes a JSON value and raises InvalidParams when it is not what it must be.
"""

import re
from collections.abc import Callable
from typing import Final, TypeVar

from devnet.errors import InvalidParams
from devnet.node import BlockId, BlockTag
from devnet.rpc.values import Json

T = TypeVar("T")
Parser = Callable[[Json], T]

WORD_BYTES: Final = 32
MOST_HEIGHT: Final = 2**63 - 1
_QUANTITY: Final = re.compile(r"0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})")
_DATA: Final = re.compile(r"0x([0-9a-fA-F]{2})*")
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_SLOT: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")


def quantity(value: Json) -> int:
    """A number of at most 256 bits: 0x and hex digits without leading zeros."""
    return int(_matching(value, _QUANTITY, "a quantity such as 0x1f, without leading zeros"), 16)


def height(value: Json) -> int:
    """A quantity that counts blocks or places in a block: at most 63 bits."""
    counted = quantity(value)
    if counted > MOST_HEIGHT:
        raise InvalidParams(f"{_shown(value)} is more than {MOST_HEIGHT:#x}")
    return counted


def number(value: Json) -> int:
    """A height or time as a quantity or, as test tools send it, as a JSON integer."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_HEIGHT:
        return value
    return height(value)


def data(value: Json) -> bytes:
    """Bytes: 0x and an even number of hex digits."""
    return bytes.fromhex(_matching(value, _DATA, "0x and an even number of hex digits")[2:])


def address(value: Json) -> bytes:
    """An address of 20 bytes; the checksum is not looked at."""
    return bytes.fromhex(_matching(value, _ADDRESS, "an address, 0x and 40 hex digits")[2:])


def block_hash(value: Json) -> bytes:
    """A hash of 32 bytes."""
    return bytes.fromhex(_matching(value, _HASH, "a hash, 0x and 64 hex digits")[2:])


def storage_slot(value: Json) -> int:
    """A storage slot: at most 32 bytes in hex, with or without leading zeros."""
    return int(_matching(value, _SLOT, "a storage slot, 0x and at most 64 hex digits"), 16)


def boolean(value: Json) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidParams(f"{_shown(value)} is not true or false")
    return value


def block(value: Json) -> BlockId:
    """A height, a hash, a tag, or an EIP-1898 object with blockNumber or blockHash."""
    if isinstance(value, dict):
        return _block_object(value)
    if isinstance(value, str) and value in set(BlockTag):
        return BlockTag(value)
    if isinstance(value, str) and _HASH.fullmatch(value) is not None:
        return block_hash(value)
    return height(value)


def _block_object(value: dict[str, Json]) -> BlockId:
    if "blockHash" in value and "blockNumber" not in value:
        # Every block here is canonical, so requireCanonical changes nothing.
        return block_hash(value["blockHash"])
    if "blockNumber" in value and "blockHash" not in value:
        return height(value["blockNumber"])
    raise InvalidParams("a block object has either blockNumber or blockHash")


def array(parse: Parser[T], *, longest: int) -> Parser[tuple[T, ...]]:
    """An array of at most `longest` values that `parse` reads."""

    def read(value: Json) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) > longest:
            raise InvalidParams(f"{_shown(value)} is not an array of at most {longest}")
        return tuple(parse(each) for each in value)

    return read


def members(value: Json) -> dict[str, Json]:
    """A JSON object; members that are null count as absent."""
    if not isinstance(value, dict):
        raise InvalidParams(f"{_shown(value)} is not an object")
    return {name: member for name, member in value.items() if member is not None}


def _matching(value: Json, pattern: re.Pattern[str], wanted: str) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise InvalidParams(f"{_shown(value)} is not {wanted}")
    return value


def _shown(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004

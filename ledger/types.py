"""Names for the values that cross module borders.

Bytes and integers that mean different things have different types, so that mypy refuses to mix
them. Parsers raise `ValueError`; the border that took the text turns it into its own error.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NewType

Digest = NewType("Digest", bytes)
"""A SHA-256 digest or commitment: 32 bytes."""

RecordId = NewType("RecordId", bytes)
"""Name of a transferable record on the chain: 32 bytes."""

MemberId = NewType("MemberId", str)
"""Readable name of a member organisation, such as `lei:5493001KJTIIGC8Y1R12`."""

Address = NewType("Address", str)
"""An account or contract on an EVM chain, with the EIP-55 checksum."""

Units = NewType("Units", int)
"""Indivisible parts of a record: 0 to 2**80 - 1."""

UnixTime = NewType("UnixTime", int)
"""Whole seconds since 1970-01-01T00:00:00Z."""

DIGEST_BYTES = 32
MAX_UNITS = 2**80 - 1

_MEMBER_ID = re.compile(r"[a-z][a-z0-9]{1,11}:[A-Za-z0-9._-]{1,28}")
_MEMBER_ID_BYTES = 32
_HEX_32 = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_LAST_WRITABLE_TIME = 253_402_300_799  # 9999-12-31T23:59:59Z
_CHAIN = re.compile(r"eip155:([1-9][0-9]{0,31})")


@dataclass(frozen=True, slots=True)
class BlockRef:
    """One block, named so that it cannot be mistaken after a reorganisation.

    number: height, from zero.
    hash: the block's 32-byte hash.
    """

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainId:
    """An EVM chain (CAIP-2, namespace `eip155`)."""

    reference: int

    @classmethod
    def parse(cls, text: str) -> "ChainId":
        """Read `eip155:<decimal>`; ValueError for anything else."""
        match = _CHAIN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text[:60]!r} is not a CAIP-2 name such as eip155:1337")
        return cls(int(match.group(1)))

    def __str__(self) -> str:
        return f"eip155:{self.reference}"


@dataclass(frozen=True, slots=True)
class AccountName:
    """An account or contract on a chain (CAIP-10)."""

    chain: ChainId
    address: Address

    @classmethod
    def parse(cls, text: str) -> "AccountName":
        """Read `eip155:<decimal>:0x<address>`; ValueError for anything else."""
        chain, _, address = text.rpartition(":")
        return cls(ChainId.parse(chain), parse_address(address))

    def __str__(self) -> str:
        return f"{self.chain}:{self.address}"


def parse_member_id(text: str) -> MemberId:
    """Read a member's name: `scheme:value`, at most 32 ASCII characters; ValueError otherwise."""
    if len(text) > _MEMBER_ID_BYTES or _MEMBER_ID.fullmatch(text) is None:
        raise ValueError(
            f"{text[:60]!r} is not a member: write scheme:identifier in at most 32 characters,"
            " for example lei:5493001KJTIIGC8Y1R12"
        )
    return MemberId(text)


def parse_address(text: str) -> Address:
    """Read an EVM address in hex and give it its EIP-55 checksum; ValueError otherwise."""
    if _ADDRESS.fullmatch(text) is None:
        raise ValueError(f"{text[:60]!r} is not an address: write 0x and 40 hex digits")
    # Imported here, because eth_utils takes longer to load than all that reads an invoice.
    from eth_utils.address import to_checksum_address  # noqa: PLC0415

    return Address(to_checksum_address(text))


def parse_hex32(text: str) -> bytes:
    """Read 32 bytes from 0x and 64 lower-case hex digits, the one form that is written."""
    if _HEX_32.fullmatch(text) is None:
        raise ValueError(f"{text[:80]!r} is not 0x and 64 lower-case hex digits")
    return bytes.fromhex(text[2:])


def to_hex(value: bytes) -> str:
    """Write bytes as 0x and lower-case hex digits."""
    return "0x" + value.hex()


@lru_cache(maxsize=16)
def utc_text(time: UnixTime) -> str:
    """Write a time as RFC 3339 in UTC, such as 2026-01-31T09:00:00Z.

    Times after the year 9999, which the contracts can hold, are written as its last second.
    """
    shown = min(time, _LAST_WRITABLE_TIME)
    return datetime.fromtimestamp(shown, UTC).isoformat().replace("+00:00", "Z")

"""Keyed fingerprints: identity keys that cannot be guessed without the consortium's key.

Numbers, dates and amounts of invoices are easy to enumerate, so a bare hash of them on a shared
ledger would be an open book.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from ledger.errors import ConfigurationError

if TYPE_CHECKING:
    from hashlib import _Hash

KEY_BYTES = 32
"""Least length of a fingerprint key."""

MAX_VERSION = 255

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_DOMAIN = b"sealbook/invoice-identity"
_BLOCK_BYTES = 64  # of SHA-256


class IdentityRule(IntEnum):
    """Which fields of an invoice a key is made from."""

    SAME_FILE = 0
    """K0: SHA-256 of the bytes."""
    SAME_INVOICE = 1
    """K1: issuer, number, issue date, class and whether it is self-billed."""
    SAME_NUMBER = 2
    """K2: issuer, number, class and whether it is self-billed."""
    SAME_AMOUNT = 3
    """K3: seller, buyer, currency, total and issue date."""
    SIMILAR_NUMBER = 4
    """K4: issuer, and the number without what is easily misread."""
    SAME_RECEIPT = 5
    """K5: buyer, number, currency and total."""


Message = tuple[IdentityRule, bytes]
"""What a key is made from: the rule, and the fields that it takes, in one string of bytes."""


class Fingerprint(Protocol):
    """A keyed function that members agree on.

    It takes the messages of an invoice together: a threshold OPRF (RFC 9497), under which no member
    holds the key, has to ask the others over the network, and one round can serve them all.
    """

    def __call__(self, messages: Sequence[Message]) -> list[bytes]:
        """Return 32 bytes for each message, in their order; rules never share a value."""
        ...


@dataclass(frozen=True, slots=True)
class HmacFingerprint:
    """HMAC-SHA256 under one key that all members hold.

    key: at least KEY_BYTES secret bytes.
    version: 0 to MAX_VERSION; members change it together with the key.

    Raises ConfigurationError for a short key or a version out of range.
    """

    key: bytes = field(repr=False)
    version: int
    _inner: "list[_Hash]" = field(init=False, repr=False, compare=False)
    _outer: "_Hash" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.key) < KEY_BYTES:
            raise ConfigurationError(
                f"the fingerprint key has {len(self.key)} bytes; it needs at least {KEY_BYTES}"
            )
        if not 0 <= self.version <= MAX_VERSION:
            raise ConfigurationError(f"the fingerprint key's version must be 0 to {MAX_VERSION}")
        # What the messages of a rule begin with is hashed once (RFC 2104, section 4): that makes
        # it twice as fast.
        key = self.key if len(self.key) <= _BLOCK_BYTES else sha256(self.key).digest()
        block = key.ljust(_BLOCK_BYTES, b"\0")
        inner, outer = (bytes(byte ^ mask for byte in block) for mask in (0x36, 0x5C))
        tags = [_DOMAIN + bytes((self.version, rule)) for rule in IdentityRule]
        object.__setattr__(self, "_inner", [sha256(inner + tag) for tag in tags])
        object.__setattr__(self, "_outer", sha256(outer))

    @classmethod
    def from_hex(cls, text: str, *, version: int) -> "HmacFingerprint":
        """Take a key written in hex digits, with or without 0x; ConfigurationError otherwise."""
        digits = text.strip().removeprefix("0x")
        if _HEX.fullmatch(digits) is None:
            raise ConfigurationError(
                f"the fingerprint key must be written as at least {2 * KEY_BYTES} hex digits"
            )
        return cls(bytes.fromhex(digits), version)

    def __call__(self, messages: Sequence[Message]) -> list[bytes]:
        """HMAC over a fixed domain tag, one byte of version, one byte of rule, and the message."""
        digests = []
        for rule, message in messages:
            inner, outer = self._inner[rule].copy(), self._outer.copy()
            inner.update(message)
            outer.update(inner.digest())
            digests.append(outer.digest())
        return digests


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """The keyed functions that are in use: one, or two while the consortium changes its key.

    During a rotation every registration names the keys of both versions, so that a receivable that
    was registered under the old one is refused when it comes again. Members begin at different
    times, and may, as long as nobody ends the rotation before the last one has begun: until then a
    registration under the new version alone and one under the old alone would pass each other.

    A rotation may end when no record that still counts was registered under the old version alone.
    Those are among the registrations from before the day on which the last member began: once the
    rotation is over the verifier refutes them, and nothing refuses the same invoice under the new
    version. A settled record counts for as long as somebody might take its invoice for an unpaid
    one. Records that were registered during the rotation are known by either version.
    """

    current: Fingerprint
    previous: Fingerprint | None = None

    @property
    def in_use(self) -> tuple[Fingerprint, ...]:
        """The current version, and the previous one during a rotation."""
        if self.previous is None or self.previous == self.current:
            return (self.current,)
        return self.current, self.previous

    @property
    def registrations(self) -> "tuple[Fingerprints, ...]":
        """The versions under which a record can have been registered, the likeliest first.

        During a rotation: both; the previous one, before it; the current one, by a member that has
        ended it already.
        """
        if self.previous is None:
            return (self,)
        return self, Fingerprints(self.previous), Fingerprints(self.current)

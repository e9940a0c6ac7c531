"""Keyed fingerprints: identity keys that cannot be guessed without the consortium's key.

Numbers, dates and amounts of invoices are easy to enumerate, so a bare hash of them on a shared
ledger would be an open book.
"""

import hmac
import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from ledger.errors import ConfigurationError

KEY_BYTES = 32
"""Least length of a fingerprint key."""

MAX_VERSION = 255

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_DOMAIN = b"sealbook/invoice-identity"


class IdentityRule(IntEnum):
    """Which fields of an invoice a key is made from."""

    SAME_FILE = 0
    """K0: SHA-256 of the bytes."""
    SAME_INVOICE = 1
    """K1: issuer, number, issue date and class."""
    SAME_NUMBER = 2
    """K2: issuer, number and class."""
    SAME_AMOUNT = 3
    """K3: seller, buyer, currency, total and issue date."""
    SIMILAR_NUMBER = 4
    """K4: issuer, and the number without what is easily misread."""
    SAME_RECEIPT = 5
    """K5: the issuer's counterparty, number, currency and total."""


class Fingerprint(Protocol):
    """A keyed function that members agree on."""

    def __call__(self, rule: IdentityRule, message: bytes) -> bytes:
        """Return 32 bytes for a message under a rule; rules never share a value."""
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

    def __post_init__(self) -> None:
        if len(self.key) < KEY_BYTES:
            raise ConfigurationError(
                f"the fingerprint key has {len(self.key)} bytes; it needs at least {KEY_BYTES}"
            )
        if not 0 <= self.version <= MAX_VERSION:
            raise ConfigurationError(f"the fingerprint key's version must be 0 to {MAX_VERSION}")

    @classmethod
    def from_hex(cls, text: str, *, version: int) -> "HmacFingerprint":
        """Take a key written in hex digits, with or without 0x; ConfigurationError otherwise."""
        digits = text.strip().removeprefix("0x")
        if _HEX.fullmatch(digits) is None:
            raise ConfigurationError(
                f"the fingerprint key must be written as at least {2 * KEY_BYTES} hex digits"
            )
        return cls(bytes.fromhex(digits), version)

    def __call__(self, rule: IdentityRule, message: bytes) -> bytes:
        """HMAC over a fixed domain tag, one byte of version, one byte of rule, and the message."""
        tagged = _DOMAIN + bytes((self.version, rule)) + message
        return hmac.digest(self.key, tagged, "sha256")

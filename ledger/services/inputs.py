"""What members may say in numbers and words, before the contracts are asked."""

from ledger.errors import InvalidRequest
from ledger.types import MAX_UNITS, Units

_REASON_BYTES = 32


def require_units(units: Units) -> None:
    """Raise InvalidRequest for what cannot be a number of units to act on."""
    if not 0 < units <= MAX_UNITS:
        raise InvalidRequest(f"units must be 1 to {MAX_UNITS}", code="invalid-units")


def reason_word(reason: str) -> bytes:
    """A reason as it stands on the chain: 32 bytes. Raises InvalidRequest for a longer one."""
    text = reason.encode()
    if len(text) > _REASON_BYTES:
        raise InvalidRequest(
            f"the reason has {len(text)} bytes; shorten it to {_REASON_BYTES}",
            code="reason-too-long",
        )
    return text.ljust(_REASON_BYTES, b"\x00")

"""What a check found, in the words of who has to act on it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ledger.errors import ChainMismatch, SealbookError, TransportError


class Status(StrEnum):
    """What a finding amounts to."""

    OK = "ok"
    WARNING = "warning"
    """It works, and will not for long, or not as well as it should."""

    WRONG = "wrong"
    """Something does not work until somebody acts."""

    NOT_REACHED = "not-reached"
    """Node or database did not answer, so that nothing is known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    check: its stable name. says: what is so. remedy: what to do about it; None if nothing is.
    """

    check: str
    status: Status
    says: str
    remedy: str | None = None


def ok(check: str, says: str) -> Finding:
    """It is as it should be."""
    return Finding(check, Status.OK, says)


def warning(check: str, says: str, remedy: str) -> Finding:
    """Somebody should look at it."""
    return Finding(check, Status.WARNING, says, remedy)


def wrong(check: str, says: str, remedy: str | None) -> Finding:
    """Somebody has to act."""
    return Finding(check, Status.WRONG, says, remedy)


def not_reached(check: str, says: str, remedy: str | None) -> Finding:
    """It could not be looked at."""
    return Finding(check, Status.NOT_REACHED, says, remedy)


def looking(
    check: str, look: Callable[[], Iterable[Finding]], remedy: str | None
) -> Iterator[Finding]:
    """What a look finds; if it ends with an error of ours, that is the last finding.

    remedy: what to do about an error; None if the error says it.
    """
    try:
        yield from look()
    except ChainMismatch as error:
        yield wrong(check, str(error), remedy)
    except TransportError as error:
        yield not_reached(check, str(error), remedy)
    except SealbookError as error:
        yield wrong(check, str(error), remedy)


def counted(number: int, what: str) -> str:
    """A number of things, such as `1 block` and `1,200 blocks`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def time_text(seconds: float) -> str:
    """A time span as people say it, such as `3 minutes`."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}s"
    whole = max(0, int(seconds))
    return f"{whole} second{'' if whole == 1 else 's'}"

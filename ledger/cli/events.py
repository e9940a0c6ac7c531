"""What happened to a record, in plain words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.cli.output import printable
from ledger.cli.sentences import SENTENCES
from ledger.cli.words import units_of
from ledger.store.events import ChainEvent
from ledger.types import UnixTime, parse_hex32, utc_text

_UNITS = frozenset({"units", "upheld"})
_TIMES = frozenset({"expiresAt", "enforceableFrom", "maturesAt"})

# What there is one event for each of, in one transaction.
_COUNTED: Mapping[str, str] = {
    "StrictKeyHeld": "identity key",
    "StrictKeyFreed": "identity key",
    "AlertKeyNoted": "similarity key",
    "AlertKeySeen": "similarity key",
}


def known_events() -> frozenset[str]:
    """Names of the events that have a sentence."""
    return frozenset(SENTENCES)


def describe_events(events: Sequence[ChainEvent], total: int) -> list[str]:
    """What the events of one transaction say, those that say the same once and with their number.

    total: the units of their record.
    """
    alike = Counter((event.name, _describe_event(event, total)) for event in events)
    return [words + _count(name, count) for (name, words), count in alike.items()]


def _count(name: str, count: int) -> str:
    if name not in _COUNTED and count == 1:
        return ""
    return f" ({count} {_COUNTED.get(name, 'event')}{'' if count == 1 else 's'})"


def _describe_event(event: ChainEvent, total: int) -> str:
    if event.name not in SENTENCES:
        return event.name
    arguments = {name: _readable(name, value, total) for name, value in event.arguments.items()}
    return SENTENCES[event.name].format(**arguments)


def _readable(name: str, value: Any, total: int) -> str:
    if name in _UNITS:
        return units_of(value, total)
    if name in _TIMES:
        return utc_text(UnixTime(value)) if value else "no date"
    if value is None:
        return "the council"
    return _text(value) if name == "reason" else str(value)


def _text(word: str) -> str:
    """Text that a member wrote into 32 bytes on the chain."""
    shown = printable(parse_hex32(word).rstrip(b"\x00").decode("utf-8", "replace"))
    return shown or "no reason given"

"""What happened to a record, in plain words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.cli.output import printable
from ledger.cli.words import units_of
from ledger.store.events import ChainEvent
from ledger.types import UnixTime, parse_hex32, utc_text

# By event of the invoice book, with its arguments.
_SENTENCES: Mapping[str, str] = {
    "InvoiceRegistered": "{supplier} registered the invoice: {units}, for {buyer} to accept",
    "StrictKeyHeld": "no other record can be for the same invoice from now on",
    "StrictKeyFreed": "the same invoice may be registered again from now on",
    "AlertKeyNoted": "similar invoices will be noticed from now on",
    "AlertKeySeen": "it resembles record {first}, which was there before: compare the two",
    "InvoiceAccepted": "{buyer} accepted the invoice",
    "InvoiceRejected": "{buyer} rejected the invoice: {reason}",
    "InvoiceCancelled": "{supplier} cancelled the invoice",
    "Offered": "{from} offered {units} to {to} until {expiresAt} (offer {offer})",
    "OfferAccepted": "{to} took {units} from {from} (offer {offer})",
    "OfferRejected": "{to} declined offer {offer}",
    "OfferWithdrawn": "{from} took offer {offer} back",
    "OfferExpired": "{by} noted that offer {offer} had expired",
    "UnitsRetired": "{units} of {member} were retired",
}

# What there is one event for each of, in one transaction.
_COUNTED: Mapping[str, str] = {
    "StrictKeyHeld": "identity key",
    "StrictKeyFreed": "identity key",
    "AlertKeyNoted": "similarity key",
    "AlertKeySeen": "similarity key",
}


def known_events() -> frozenset[str]:
    """Names of the events that have a sentence."""
    return frozenset(_SENTENCES)


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
    if event.name not in _SENTENCES:
        return event.name
    arguments = {name: _readable(name, value, total) for name, value in event.arguments.items()}
    return _SENTENCES[event.name].format(**arguments)


def _readable(name: str, value: Any, total: int) -> str:
    if name == "units":
        return units_of(value, total)
    if name == "expiresAt":
        return utc_text(UnixTime(value))
    return _text(value) if name == "reason" else str(value)


def _text(word: str) -> str:
    """Text that a member wrote into 32 bytes on the chain."""
    shown = printable(parse_hex32(word).rstrip(b"\x00").decode("utf-8", "replace"))
    return shown or "no reason given"

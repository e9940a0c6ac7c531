"""What happened to a record, in plain words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.cli.output import printable
from ledger.cli.words import units_of
from ledger.store.events import ChainEvent
from ledger.types import UnixTime, parse_hex32, utc_text

# By event of the books, with its arguments.
_SENTENCES: Mapping[str, str] = {
    "InvoiceRegistered": "{supplier} registered the invoice: {units}, for {buyer} to accept",
    "StrictKeyHeld": "no other record can be for the same invoice from now on",
    "StrictKeyFreed": "the same invoice may be registered again from now on",
    "AlertKeyNoted": "similar invoices will be noticed from now on",
    "AlertKeySeen": "it resembles record {first}, which was there before: compare the two",
    "InvoiceAccepted": "{buyer} accepted the invoice",
    "InvoiceAcceptedInPart": "{buyer} accepted {units} of the invoice and no more: {reason}",
    "PaymentUndertaken": "{buyer} undertook irrevocably to pay whoever holds the invoice",
    "InvoiceRejected": "{buyer} rejected the invoice: {reason}",
    "InvoiceCancelled": "{supplier} cancelled the invoice",
    "InvoiceCredited": "{supplier} entered a credit note for {units}",
    "InvoiceSettled": "the invoice is settled: no unit is left",
    "Offered": "{from} offered {units} to {to} until {expiresAt} (offer {offer})",
    "OfferAccepted": "{to} took {units} from {from} (offer {offer})",
    "OfferRejected": "{to} declined offer {offer}",
    "OfferWithdrawn": "{from} took offer {offer} back",
    "OfferExpired": "{by} noted that offer {offer} had expired",
    "Pledged": "{pledgor} pledged {units} to {pledgee} in rank {rank}, enforceable from"
    " {enforceableFrom} (pledge {pledge})",
    "PledgeReleased": "{pledgee} released {units} of {pledgor} (pledge {pledge})",
    "PledgeEnforced": "{pledgee} took {units} that {pledgor} had pledged (pledge {pledge})",
    "PledgeCutTo": "{units} are left for pledge {pledge} to secure with",
    "UnitsUnlocked": "{units} of {pledgor} are free of pledges again",
    "RecordFrozen": "{by} froze the record ({cause}): {reason}",
    "RecordUnfrozen": "{by} lifted the freeze ({cause})",
    "RecordVoided": "the council declared the record void: {reason}",
    "DisputeRaised": "{buyer} disputes {units}: {reason}",
    "DisputeWithdrawn": "{buyer} withdrew the dispute",
    "DisputeConceded": "{supplier} conceded the dispute about {units}",
    "DisputeDecided": "the council decided the dispute: {upheld} need not be paid: {reason}",
    "PaymentDeclared": "{buyer} declared that it paid {holder} for {units} (payment {payment})",
    "PaymentConfirmed": "{holder} confirmed the payment for {units} (payment {payment})",
    "PaymentConfirmedByCouncil": "the council confirmed the payment for {units} of {holder}, which"
    " is suspended (payment {payment})",
    "PaymentDenied": "{holder} denied that payment {payment} arrived: {reason}",
    "PaymentWithdrawn": "{buyer} took the declaration of payment {payment} back",
    "UnitsRetired": "{units} of {member} were retired",
}

_UNITS = frozenset({"units", "upheld"})
_TIMES = frozenset({"expiresAt", "enforceableFrom"})

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
    if name in _UNITS:
        return units_of(value, total)
    if name in _TIMES:
        return utc_text(UnixTime(value))
    if value is None:
        return "the council"
    return _text(value) if name == "reason" else str(value)


def _text(word: str) -> str:
    """Text that a member wrote into 32 bytes on the chain."""
    shown = printable(parse_hex32(word).rstrip(b"\x00").decode("utf-8", "replace"))
    return shown or "no reason given"

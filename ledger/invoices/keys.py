"""Identity keys: what two documents about the same receivable have in common.

**Strict** keys decide whether a receivable is registered already: K1, one key for each strong
identifier of the issuer, since renderings of one invoice in different syntaxes drop identifiers,
and any one in common is a match. The number belongs to the series of the party that issues it
(VAT Directive, art. 226(2)): the seller, or the buyer where it bills itself, which is a series
apart from that of its own sales.

The class (invoice or credit) is part of K1 and K2, as credit notes may have a series of their own;
the type code (BT-3) is not, so a corrected (384), prepayment (386) or partial (326) invoice is told
from one of the same number by its issue date alone. One that bears the same date too is blocked: a
correction that keeps number and date is the same receivable, and of the others only a person can
tell. One of another date shares the alert key K2 with it.

A weak identifier alone binds nobody, as many a seller is customer no. 1 of somebody, and neither
does a name. An issuer without any strong identifier gets K1 over each weak one together with its
name, and without any identifier over its name and country, so that every invoice that can be read
has a strict key.

**Alert** keys inform a person who reviews. K0 (the same file) is one of them: the same bytes have
the same strict keys anyway, so it would block nothing more and cost a slot; what it adds is that a
receivable which was cancelled, and so freed its strict keys, comes back as the very same file.
"""

from dataclasses import dataclass
from typing import NamedTuple

from ledger.errors import DocumentError
from ledger.invoices.fingerprint import Fingerprints, IdentityRule, Message
from ledger.invoices.identifiers import names_of
from ledger.invoices.model import Invoice, Party
from ledger.invoices.normalise import fold, skeleton
from ledger.invoices.values import minor_units

_K0, _K1, _K2, _K3, _K4, _K5 = IdentityRule

MAX_STRICT_KEYS = 6
"""Of one version. Each has a key of K2 beside it, so that no identifier that was registered is
crowded out by invented ones: the alert keys, not the 16 strict ones that the ledger takes, are what
bounds them.
"""

MAX_ALERT_KEYS = 16
"""Of one version: half of what the ledger takes, so that two versions fit during a rotation.

At most 2 of K0, MAX_STRICT_KEYS of K2, 4 of K3, 2 of K4 and 2 of K5.
"""


class AlertKey(NamedTuple):
    """A key that informs. kind: the rule that made it; key: 32 bytes."""

    kind: IdentityRule
    key: bytes


@dataclass(frozen=True, slots=True)
class IdentityKeys:
    """The keys of one invoice, without repetition and in a fixed order.

    strict: keys of 32 bytes: 1 to MAX_STRICT_KEYS for each version of the fingerprint in use, those
        of the current version first.
    alert: at most MAX_ALERT_KEYS for each version, likewise.
    """

    strict: tuple[bytes, ...]
    alert: tuple[AlertKey, ...]


def identity_keys(invoice: Invoice, fingerprints: Fingerprints) -> IdentityKeys:
    """Compute the identity keys of an invoice under every version in use.

    Raises DocumentError if the number has no letter or digit, or if the issuer has no name and no
    identifier, or more than MAX_STRICT_KEYS identifiers that bind.
    """
    strict_messages, alert_messages = _messages(invoice)
    messages, count = strict_messages + alert_messages, len(strict_messages)
    kinds = [kind for kind, _ in alert_messages]
    strict: list[bytes] = []
    alert: list[AlertKey] = []
    for fingerprint in fingerprints.in_use:
        keys = fingerprint(messages)
        strict += keys[:count]
        alert += map(AlertKey, kinds, keys[count:])
    return IdentityKeys(tuple(strict), tuple(alert))


class _Side(NamedTuple):
    """A party as messages say it.

    binding: what binds. telling: the most telling identifier, and the name, which no rendering
    drops; each only if it has one.
    """

    binding: list[bytes]
    telling: list[bytes]


def _messages(invoice: Invoice) -> tuple[list[Message], list[Message]]:
    """What strict and alert keys are made from."""
    folded = fold(invoice.number)
    if not folded:
        raise DocumentError("the invoice number (BT-1) has neither a letter nor a digit")
    seller, buyer = _side(invoice.seller), _side(invoice.buyer)
    issuer = buyer if invoice.self_billed else seller
    _check_issuer(issuer)

    number, similar = _message(folded), _message(skeleton(folded))
    day, series = _message(invoice.issue_date.isoformat()), _message(*_series(invoice))
    money = _message(invoice.gross.currency, str(minor_units(invoice.gross)))
    strict = [(_K1, one + number + day + series) for one in issuer.binding]
    alert = [(_K0, _message(file.hex())) for file in dict.fromkeys(invoice.files)]
    alert += [(_K2, one + number + series) for one in issuer.binding]
    pairs = [one + other for one in seller.telling for other in buyer.telling]
    alert += [(_K3, pair + money + day) for pair in pairs]
    alert += [(_K4, one + similar) for one in issuer.telling]
    alert += [(_K5, one + number + money) for one in buyer.telling]
    return strict, alert


def _series(invoice: Invoice) -> tuple[str, ...]:
    """Which of its issuer's series the number is of."""
    if invoice.self_billed:
        return invoice.invoice_class, "self-billed"
    return (invoice.invoice_class,)


def _side(party: Party) -> _Side:
    names = names_of(party)
    ids = [_message(*one) for one in names.strong + names.weak]
    name = [_message(*one) for one in names.name]
    telling = ids[:1] + name
    if names.strong:
        return _Side(ids[: len(names.strong)], telling)
    told = name[0] if ids and name else _message("country", fold(party.country))
    return _Side([one + told for one in ids or name], telling)


def _check_issuer(issuer: _Side) -> None:
    if not issuer.binding:
        raise DocumentError(
            "the party that numbers the invoice has neither a name nor an identifier, so nothing"
            " tells this receivable from others"
        )
    if len(issuer.binding) > MAX_STRICT_KEYS:
        raise DocumentError(
            f"the party that numbers the invoice has {len(issuer.binding)} identifiers; at most"
            f" {MAX_STRICT_KEYS} can be kept"
        )


def _message(*parts: str) -> bytes:
    """Join texts so that no other texts give the same bytes: each after its length.

    Two messages one after the other are the message of all their parts.
    """
    text = ""
    for part in parts:
        text += f"{len(part)}:{part}"
    return text.encode()

"""Identity keys: what two documents about the same receivable have in common.

**Strict** keys decide whether a receivable is registered already: K1, one key for each strong
identifier of the issuer, since renderings of one invoice in different syntaxes drop identifiers,
and any one in common is a match. The number belongs to the series of the party that issues it
(VAT Directive, art. 226(2)): the seller, or the buyer where it bills itself.

The class (invoice or credit) is part of K1 and K2, as credit notes may have a series of their own;
the type code (BT-3) is not, so a corrected (384), prepayment (386) or partial (326) invoice is told
from one of the same number by its issue date alone. One that bears the same date too is blocked: a
correction that keeps number and date is the same receivable, and of the others only a person can
tell. One of another date shares the alert key K2 with it.

An issuer without any strong identifier gets K1 over each weak one and over its name, so that every
invoice that can be read has a strict key.

**Alert** keys inform a person who reviews. K0 (the same file) is one of them: the same bytes have
the same strict keys anyway, so it would block nothing more and cost a slot; what it adds is that a
receivable which was cancelled, and so freed its strict keys, comes back as the very same file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ledger.errors import DocumentError
from ledger.invoices.fingerprint import Fingerprints, IdentityRule, Message
from ledger.invoices.identifiers import Identifier, PartyNames, names_of
from ledger.invoices.model import Invoice
from ledger.invoices.normalise import fold, skeleton
from ledger.invoices.values import minor_units

MAX_STRICT_KEYS = 8
"""Of one version: half of what the ledger takes, so that two versions fit during a rotation."""

MAX_ALERT_KEYS = 16
"""Of one version, likewise."""


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
    identifier, or more than MAX_STRICT_KEYS of them.
    """
    messages = list(_messages(invoice))
    strict: list[bytes] = []
    alert: list[AlertKey] = []
    same_invoice = IdentityRule.SAME_INVOICE
    for fingerprint in fingerprints.in_use:
        for (rule, _), key in zip(messages, fingerprint(messages), strict=True):
            if rule is same_invoice:
                strict.append(key)
            else:
                alert.append(AlertKey(rule, key))
    return IdentityKeys(tuple(strict), tuple(alert))


def _messages(invoice: Invoice) -> Iterator[Message]:
    folded = fold(invoice.number)
    if not folded:
        raise DocumentError("the invoice number (BT-1) has neither a letter nor a digit")
    seller, buyer = names_of(invoice.seller), names_of(invoice.buyer)
    issuer, counterparty = (buyer, seller) if invoice.self_billed else (seller, buyer)
    _check_issuer(issuer)

    said = {one: _message(*one) for one in seller.all + buyer.all}
    number, similar = _message(folded), _message(skeleton(folded))
    day, kind = _message(invoice.issue_date.isoformat()), _message(invoice.invoice_class)
    money = _message(invoice.gross.currency, str(minor_units(invoice.gross)))
    for file in dict.fromkeys(invoice.files):
        yield IdentityRule.SAME_FILE, _message(file.hex())
    for one in issuer.binding:
        yield IdentityRule.SAME_INVOICE, said[one] + number + day + kind
    for one in issuer.binding[:3]:
        yield IdentityRule.SAME_NUMBER, said[one] + number + kind
    for one in _first_and_name(seller, 1):
        for other in _first_and_name(buyer, 1):
            yield IdentityRule.SAME_AMOUNT, said[one] + said[other] + money + day
    for one in _first_and_name(issuer, 3):
        yield IdentityRule.SIMILAR_NUMBER, said[one] + similar
    for one in _first_and_name(counterparty, 2):
        yield IdentityRule.SAME_RECEIPT, said[one] + number + money


def _check_issuer(issuer: PartyNames) -> None:
    if not issuer.all:
        raise DocumentError(
            "the party that numbers the invoice has neither a name nor an identifier, so nothing"
            " tells this receivable from others"
        )
    if len(issuer.binding) > MAX_STRICT_KEYS:
        raise DocumentError(
            f"the party that numbers the invoice has {len(issuer.binding)} identifiers; at most"
            f" {MAX_STRICT_KEYS} can be kept"
        )


def _first_and_name(party: PartyNames, count: int) -> tuple[Identifier, ...]:
    """The `count` most telling identifiers, and the name, which no rendering drops."""
    return (party.strong + party.weak)[:count] + party.name


def _message(*parts: str) -> bytes:
    """Join texts so that no other texts give the same bytes: each after its length.

    Two messages one after the other are the message of all their parts.
    """
    text = ""
    for part in parts:
        text += f"{len(part)}:{part}"
    return text.encode()

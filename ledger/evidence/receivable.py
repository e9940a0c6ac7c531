"""Step 8: whether the receivable on the chain is the invoice's, and where it stands."""

from dataclasses import dataclass, replace

from ledger.codec import record_id
from ledger.documents import StatementKind
from ledger.errors import DocumentError, VerificationError
from ledger.evidence.model import Evidence, RecordName
from ledger.evidence.node import NodeAccess, PinnedNode
from ledger.evidence.policy import Scope, TrustPolicy
from ledger.evidence.report import AlertKeyFacts, Finding, Outcome, ReceivableFacts
from ledger.evidence.view import FreezeCause, Receivable, ReceivableStatus
from ledger.invoices import Fingerprints, IdentityKeys, Invoice, identity_keys
from ledger.types import RecordId, to_hex, utc_text

FINGERPRINT_DOUBT = "the fingerprint key given is not the consortium's"
"""How an invoice's identity can differ though nothing is wrong with invoice and record."""

# Why a receivable that is right in itself is nothing to finance.
_ENDED = {
    ReceivableStatus.REJECTED: "The buyer {buyer} rejected the invoice.",
    ReceivableStatus.CANCELLED: "The supplier {supplier} cancelled the invoice.",
    ReceivableStatus.SETTLED: "The invoice is settled: no unit is left, and nothing to finance.",
    ReceivableStatus.VOIDED: "The council declared the record void.",
}
_FROZEN = {
    FreezeCause.COUNCIL: "by the council",
    FreezeCause.KEEPER: "by its keeper",
    FreezeCause.DISPUTE: "because the buyer {buyer} disputes {disputed:,} of {total:,} units",
    FreezeCause.LOSS: "because it was reported lost",
}


@dataclass(frozen=True, slots=True)
class InvoiceInHand:
    """What step 8 knows of the document.

    invoice: what it says; or why that is not known.
    fingerprints: the members' keyed functions; None where the caller does not hold them.
    """

    invoice: Invoice | str
    fingerprints: Fingerprints | None


ReceivableFinding = Finding[ReceivableFacts | None]


def judge_receivable(
    evidence: Evidence, invoice: InvoiceInHand, policy: TrustPolicy, node: NodeAccess
) -> ReceivableFinding:
    """Judge the record that the evidence names.

    Raises VerificationError if the record is not this invoice's, TransportError if the policy asks
    for the receivable and no node answers.
    """
    record = evidence.record
    if record is not None:
        _require_own_name(evidence, record)
    if evidence.opening.statement.kind is not StatementKind.INVOICE:
        return _without_facts(Outcome.NOT_APPLICABLE, "It was not notarised as an invoice.")
    if policy.scope is Scope.DOCUMENT:
        return _without_facts(Outcome.NOT_APPLICABLE, "The receivable was not asked for.")
    if record is None:
        return _without_facts(
            Outcome.UNKNOWN,
            "The evidence names no receivable; the document alone can be verified without one.",
        )
    if policy.invoice_book is None:
        return _without_facts(Outcome.UNKNOWN, "No invoice book was named that is trusted.")
    if record.book.address != policy.invoice_book:
        raise VerificationError(f"the invoice book {record.book.address} is not the trusted one")
    return _judge_record(evidence, record.id, invoice, node.require())


def _require_own_name(evidence: Evidence, record: RecordName) -> None:
    """The name of a record follows from chain, book, supplier and commitment."""
    statement = evidence.opening.statement
    if statement.kind is not StatementKind.INVOICE:
        raise VerificationError("the evidence names a receivable, and the document is no invoice")
    if record.book.chain != evidence.anchor.notary.chain:
        raise VerificationError("the receivable is on another chain than the anchor")
    if record.id != record_id(record.book, statement.member, evidence.opening.commitment):
        raise VerificationError("the receivable that the evidence names is not this invoice's")


def _judge_record(
    evidence: Evidence, record: RecordId, invoice: InvoiceInHand, node: PinnedNode
) -> ReceivableFinding:
    receivable = node.view.receivable(record, at=node.head)
    if receivable is None:
        return _without_facts(
            Outcome.UNKNOWN,
            f"The invoice is not registered as a receivable up to block {node.head.number}.",
        )
    if receivable.commitment != evidence.opening.commitment:
        raise VerificationError("the receivable was registered with another statement")
    if receivable.supplier != evidence.opening.statement.member:
        raise VerificationError(f"the receivable was registered by {receivable.supplier}")
    facts = ReceivableFacts(record, receivable, node.head, alert_keys=None)
    if (obstacle := _obstacle(receivable)) is not None:
        return Finding(Outcome.REVOKED, obstacle, facts)
    keys = _recompute_keys(invoice)
    if isinstance(keys, str):
        return Finding(Outcome.UNKNOWN, f"The identity of the invoice is unchecked: {keys}.", facts)
    return _judge_identity(facts, keys, node)


def _judge_identity(
    facts: ReceivableFacts, possible: tuple[IdentityKeys, ...], node: PinnedNode
) -> ReceivableFinding:
    """possible: the invoice's keys under each choice of versions that a registration may name."""
    held = facts.receivable.strict_keys
    named = _named_keys(held, possible)
    if named is None:
        raise VerificationError(
            f"the receivable was registered with another invoice's identity, or {FINGERPRINT_DOUBT}"
        )
    for key in sorted({key for keys in possible for key in keys.strict} - held):
        other = node.view.strict_key_holder(key, at=node.head)
        if other is not None:
            return Finding(
                Outcome.UNKNOWN,
                "The same invoice is registered twice, under the two versions of the fingerprint"
                f" key: also as {to_hex(other)}. Take neither until one of them is gone.",
                facts,
            )
    # Of a version that the registration did not use no key was left out.
    alert_keys = _alert_keys(named, node)
    unchecked = len(held) - len(named.strict)
    return _judge_units(replace(facts, alert_keys=alert_keys, unchecked_keys=unchecked))


def _named_keys(held: frozenset[bytes], possible: tuple[IdentityKeys, ...]) -> IdentityKeys | None:
    """What the registration named of the keys that are possible; None if it is another invoice's.

    A version gives as many keys as any other, and a registration names one or two. So beside those
    of one version as many again may stand, of a version that the caller does not hold any more, or
    not yet: the record was registered during a rotation.
    """
    of_one_version = min(len(keys.strict) for keys in possible)
    if len(held) not in {of_one_version, 2 * of_one_version}:
        return None
    return next((keys for keys in possible if held.issuperset(keys.strict)), None)


def _judge_units(facts: ReceivableFacts) -> ReceivableFinding:
    receivable = facts.receivable
    held = sum(holding.total for holding in receivable.holdings)
    if held + receivable.retired != receivable.total:
        return Finding(
            Outcome.UNKNOWN,
            f"The node accounts for {held + receivable.retired:,} of {receivable.total:,} units.",
            facts,
        )
    if receivable.status is ReceivableStatus.REGISTERED:
        return Finding(
            Outcome.UNKNOWN, f"The buyer {receivable.buyer} has not accepted the invoice.", facts
        )
    return Finding(Outcome.PASSED, _standing_sentence(facts), facts)


def _obstacle(receivable: Receivable) -> str | None:
    """Why nothing of the receivable can be taken now; None if nothing keeps it from that."""
    ended = _ENDED.get(receivable.status)
    if ended is not None:
        return ended.format(buyer=receivable.buyer, supplier=receivable.supplier)
    if not receivable.freezes:
        return None
    causes = " and ".join(_FROZEN[cause] for cause in receivable.freezes).format(
        buyer=receivable.buyer, disputed=receivable.disputed, total=receivable.total
    )
    return f"The record is frozen {causes}: no unit changes hands until that is lifted."


def _standing_sentence(facts: ReceivableFacts) -> str:
    receivable = facts.receivable
    accepted = f"The buyer {receivable.buyer} accepted the invoice"
    if receivable.undertaken_at is not None:
        since = utc_text(receivable.undertaken_at)
        accepted += f", and undertook irrevocably at {since} to pay it"
    holders = ", ".join(f"{holding.member} {holding.total:,}" for holding in receivable.holdings)
    notes = [
        f"{accepted}.",
        f"Of {receivable.total:,} units {receivable.retired:,} are retired; held by: {holders}.",
    ]
    if receivable.pledged:
        notes.append(f"{receivable.pledged:,} of them are pledged.")
    if receivable.overdue:
        notes.append("It is overdue.")
    if facts.alerts:
        notes.append(f"Similar to {len(facts.alerts)} earlier: review them.")
    elif facts.repeats:
        notes.append("Later ones are similar to it: review them.")
    if facts.unchecked_keys:
        notes.append(
            "It was registered while the fingerprint key was changed. Identity keys of a version"
            f" that was not given, and unchecked: {facts.unchecked_keys}."
        )
    if facts.left_out:
        notes.append(
            f"Similarity keys that no registration named: {facts.left_out}. Similar invoices may"
            " have gone unnoticed, and it cannot be taken with a clearance."
        )
    return " ".join(notes)


def _recompute_keys(invoice: InvoiceInHand) -> tuple[IdentityKeys, ...] | str:
    """The keys that a registration can have named, or why they are not known."""
    if invoice.fingerprints is None:
        return "no fingerprint key was given"
    if isinstance(invoice.invoice, str):
        return invoice.invoice
    try:
        return tuple(
            identity_keys(invoice.invoice, choice) for choice in invoice.fingerprints.registrations
        )
    except DocumentError as error:
        return str(error)


def _alert_keys(keys: IdentityKeys, node: PinnedNode) -> tuple[AlertKeyFacts, ...]:
    view, at = node.view, node.head
    return tuple(
        AlertKeyFacts(
            alert.key,
            view.alert_key_first(alert.key, at=at),
            view.alert_repeats(alert.key, at=at),
        )
        for alert in keys.alert
    )


def _without_facts(outcome: Outcome, sentence: str) -> ReceivableFinding:
    return Finding(outcome, sentence, None)

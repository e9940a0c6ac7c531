"""Corrections and credit notes: what a file refers to, and what refers to it."""

from collections.abc import Iterator, Sequence

from ledger.chain.invoice_forms import InvoiceState
from ledger.invoices import IdentityRule, InvoiceClass
from ledger.invoices.normalise import fold
from ledger.services.screening.gather import Gathered
from ledger.services.screening.keyed import ENDED, UNREAD, carriers_of
from ledger.services.screening.model import Candidate, Exhibit, Finding, Reference
from ledger.services.screening.points import FindingKind
from ledger.types import RecordId, Units

_CREDIT = (
    "It is a credit note: it gives money back, and reduces what is owed on the invoice that it"
    " refers to"
)
_TYPES = {
    "384": "It is a corrected invoice (type 384): it takes the place of the one that it refers to,"
    " and may bear its number",
    "386": "It is a prepayment invoice (type 386): the final invoice, which may bear the same"
    " number, takes it off its total",
    "326": "It is a partial invoice (type 326): others bill the rest of the same delivery",
    "389": "It is self-billed (type 389): the buyer wrote it, and its number is of the buyer's"
    " series",
}


def judge_lineage(
    candidate: Candidate, together: Sequence[Candidate], gathered: Gathered
) -> Iterator[Finding]:
    """What a file is, what it refers to, what refers to it, and what was credited on its records.

    together: all files of the screening.
    """
    yield from _document_type(candidate)
    for reference in candidate.references:
        yield from _reference(candidate, reference, together, gathered)
    yield from _referred_to(candidate, together, gathered)
    yield from _credited(candidate, gathered)


def _document_type(candidate: Candidate) -> Iterator[Finding]:
    invoice = candidate.invoice
    told = _TYPES.get(invoice.type_code)
    if invoice.invoice_class is InvoiceClass.CREDIT:
        told = _CREDIT
    if told is not None:
        yield Finding(FindingKind.DOCUMENT_TYPE, told)


def _reference(
    candidate: Candidate, reference: Reference, together: Sequence[Candidate], gathered: Gathered
) -> Iterator[Finding]:
    carriers = carriers_of(((IdentityRule.SAME_NUMBER, key) for key in reference.keys), gathered)
    seen = gathered.history[candidate.name].references.get(fold(reference.number), ())
    exhibits = (
        *(exhibit for shown in carriers.records.values() for exhibit in shown),
        *(Exhibit(file=other.name) for other in together if _is_named(other, reference, candidate)),
        *(Exhibit(seen=item) for item in seen),
    )
    expected = candidate.upload.record
    others = [record for record in carriers.records if record != expected]
    standing = [record for record in others if _stands(record, gathered)]
    if expected in carriers.records and not others:
        fate = "which has the number of the record that it was offered as"
    elif standing:
        fate = "which is registered"
    else:
        fate = "whose record has ended" if others else "of which no record is known"
    kind, told = FindingKind.REFERS_TO, f"It refers to invoice {reference.number[:80]}, {fate}"
    if standing and candidate.invoice.invoice_class is InvoiceClass.INVOICE:
        kind = FindingKind.REFERS_TO_REGISTERED
        told += ": part of what it bills may be financed there already"
    yield Finding(kind, told, exhibits)
    if carriers.unread:
        yield Finding(FindingKind.UNREAD_EVENTS, UNREAD, carriers.unread)


def _is_named(one: Candidate, reference: Reference, other: Candidate) -> bool:
    """Whether one file is the invoice that another of the same seller refers to."""
    return (
        one is not other
        and one.seen.folded_number == fold(reference.number)
        and not set(one.links.seller).isdisjoint(other.links.seller)
    )


def _stands(record: RecordId, gathered: Gathered) -> bool:
    """Whether a record was not taken back; one of another deployment counts as standing."""
    known = gathered.records.get(record)
    if known is None:
        return True
    return known.invoice.state not in ENDED or known.invoice.state is InvoiceState.SETTLED


def _referred_to(
    candidate: Candidate, together: Sequence[Candidate], gathered: Gathered
) -> Iterator[Finding]:
    here = [
        other
        for other in together
        if any(_is_named(candidate, reference, other) for reference in other.references)
    ]
    seen = gathered.history[candidate.name].referring
    exhibits = (
        *(Exhibit(file=other.name) for other in here),
        *(Exhibit(seen=item) for item in seen),
    )
    if not exhibits:
        return
    classes = {item.fields.invoice_class for item in seen} | {
        other.invoice.invoice_class for other in here
    }
    what = "A credit note" if InvoiceClass.CREDIT in classes else "A later invoice"
    sentence = f"{what} that you have seen refers to it: less may be owed on it than it says"
    yield Finding(FindingKind.REFERRED_TO, sentence, exhibits)


def _credited(candidate: Candidate, gathered: Gathered) -> Iterator[Finding]:
    holders = (gathered.keys.holders.get(key) for key in candidate.keys.strict)
    records = dict.fromkeys(record for record in holders if record is not None)
    for record in records:
        entered = gathered.credits.get(record, ())
        known = gathered.records.get(record)
        if not entered or known is None:
            continue
        units = sum(int(event.arguments["units"]) for event in entered)
        yield Finding(
            FindingKind.CREDITED,
            f"Credit notes for {units:,} of {known.invoice.total:,} units were entered on its"
            " record: these are retired, and nobody can finance them",
            tuple(
                Exhibit(
                    record=record,
                    block=event.block_number,
                    time=event.timestamp,
                    units=Units(int(event.arguments["units"])),
                )
                for event in entered
            ),
        )

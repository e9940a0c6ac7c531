"""Corrections and credit notes: what a file refers to, and what refers to it."""

from collections.abc import Iterator, Sequence

from ledger.chain.invoice_forms import InvoiceState
from ledger.invoices import IdentityRule, InvoiceClass
from ledger.invoices.normalise import fold
from ledger.services.screening.gather import Gathered
from ledger.services.screening.keyed import ENDED, carriers_of
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
        yield _reference(candidate, reference, together, gathered)
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
) -> Finding:
    number = reference.number[:80]
    carriers = carriers_of(((IdentityRule.SAME_NUMBER, key) for key in reference.keys), gathered)
    seen = gathered.history[candidate.name].references.get(fold(reference.number), ())
    sightings = (
        *(Exhibit(file=other.name) for other in together if _is_named(other, reference, candidate)),
        *(Exhibit(seen=item) for item in seen),
    )
    exhibits = tuple(
        exhibit
        for record, shown in carriers.records.items()
        if record != candidate.upload.record
        for exhibit in shown
    )
    standing = [exhibit for exhibit in exhibits if _stands(exhibit.record, gathered)]
    if standing and candidate.invoice.invoice_class is InvoiceClass.INVOICE:
        return Finding(
            FindingKind.REFERS_TO_REGISTERED,
            f"It refers to invoice {number}, which is registered: part of what it bills may be"
            " financed there already",
            (*exhibits, *sightings),
        )
    told = f"It refers to invoice {number}"
    if exhibits:
        told += ", which is registered" if standing else ", whose record has ended"
    elif carriers.unread:
        told += ", and records share its number whose events this service has not read"
        exhibits = carriers.unread
    else:
        told += ", of which no record is known"
    return Finding(FindingKind.REFERS_TO, told, (*exhibits, *sightings))


def _is_named(one: Candidate, reference: Reference, other: Candidate) -> bool:
    """Whether one file is the invoice that another of the same seller refers to."""
    return (
        one is not other
        and one.seen.folded_number == fold(reference.number)
        and not set(one.links.seller).isdisjoint(other.links.seller)
    )


def _stands(record: RecordId | None, gathered: Gathered) -> bool:
    """Whether a record can still be owed; one of another deployment counts as standing."""
    known = None if record is None else gathered.records.get(record)
    if known is None:
        return record is not None
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

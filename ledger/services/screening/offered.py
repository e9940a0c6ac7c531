"""How the record stands that a file was offered as: whether there is something to take of it.

Everything is of the screening's block. What is offered to a member is said to members that can take
units: not to the record's supplier, nor to the council and auditors.
"""

from collections.abc import Iterator, Sequence

from ledger.chain.holdings import Holdings
from ledger.chain.invoice_forms import InvoiceRecord, InvoiceState
from ledger.chain.record_forms import Offer, OfferState
from ledger.services.principals import Principal
from ledger.services.screening.gather import SEES_ALL, Gathered
from ledger.services.screening.keyed import ENDED
from ledger.services.screening.model import Candidate, Exhibit, Finding, KnownRecord
from ledger.services.screening.points import FindingKind
from ledger.types import MemberId, RecordId, Units, UnixTime, utc_text

_MOST_TOLD = 5


def judge_offered(
    candidate: Candidate, principal: Principal, gathered: Gathered
) -> Iterator[Finding]:
    """What speaks against taking units of the record that a file was offered as, and what for."""
    known = offered_record(candidate, gathered)
    if known is None or known.invoice.state in ENDED:
        return
    yield from _standing(known.invoice)
    takes = principal.role not in SEES_ALL and principal.member != known.invoice.supplier
    if takes and known.holdings is not None:
        now = gathered.book.block.timestamp
        yield from _to_take(known.invoice, known.holdings, principal.member, now)


def offered_record(candidate: Candidate, gathered: Gathered) -> KnownRecord | None:
    """The record that a file was offered as; None if it was as none, or is of another invoice."""
    expected = candidate.upload.record
    if expected is None:
        return None
    carried = (
        event.record
        for key in candidate.keys.strict
        for event in gathered.projected.carriers.get(key, ())
    )
    standing = (gathered.keys.holders.get(key) for key in candidate.keys.strict)
    return gathered.records.get(expected) if expected in {*carried, *standing} else None


def _standing(invoice: InvoiceRecord) -> Iterator[Finding]:
    if invoice.state is InvoiceState.REGISTERED:
        sentence = (
            f"{invoice.buyer} has not accepted it: nobody has said that it is owed, and no unit can"
            " be taken"
        )
        yield _finding(FindingKind.NOT_ACCEPTED, sentence, invoice.id)
    if invoice.overdue and invoice.due_date is not None:
        day = utc_text(invoice.due_date)[:10]
        sentence = f"It was due on {day}, and is not paid in full"
        yield _finding(FindingKind.OVERDUE, sentence, invoice.id)
    if invoice.pledged:
        sentence = f"Pledged are {_part(invoice.pledged, invoice)}: others come first there"
        yield _finding(FindingKind.PLEDGED, sentence, invoice.id, invoice.pledged)
    if invoice.retired:
        sentence = (
            f"Retired are {_part(invoice.retired, invoice)}: paid, credited, or never owed by its"
            " buyer"
        )
        yield _finding(FindingKind.PART_RETIRED, sentence, invoice.id, invoice.retired)


def _to_take(
    invoice: InvoiceRecord, holdings: Holdings, member: MemberId, now: UnixTime
) -> Iterator[Finding]:
    mine = holdings.positions.get(member)
    held = Units(0) if mine is None else mine.total
    if held:
        sentence = f"You hold {held:,} of {invoice.outstanding:,} units in circulation"
        yield _finding(FindingKind.YOU_HOLD, sentence, invoice.id, held)
    to_me = [
        offer
        for offer in holdings.offers
        if offer.recipient == member and offer.state is OfferState.OPEN and not offer.expired(now)
    ]
    # Another bank's units count once that bank offers them: until then the invoice is sold.
    free = holdings.positions[invoice.supplier].free
    if to_me:
        units = Units(sum(offer.units for offer in to_me))
        yield _finding(FindingKind.OFFERED, _offers(to_me), invoice.id, units)
    elif not free and held < invoice.outstanding:
        sentence = (
            "Nothing is left to take: its supplier has no free unit, and none is offered to you"
        )
        yield _finding(FindingKind.NOTHING_LEFT, sentence, invoice.id)
    elif free and invoice.state is InvoiceState.ACCEPTED:
        sentence = f"No unit of it is offered to you; its supplier has {free:,} free"
        yield _finding(FindingKind.NOT_OFFERED, sentence, invoice.id)


def _offers(offers: Sequence[Offer]) -> str:
    told = [
        f"{offer.units:,} units of {offer.sender} until {utc_text(offer.expires_at)} (offer"
        f" {offer.id})"
        for offer in offers[:_MOST_TOLD]
    ]
    more = len(offers) - len(told)
    return f"Offered to you are {', '.join(told)}" + (f" and {more} more offers" if more else "")


def _part(units: Units, invoice: InvoiceRecord) -> str:
    return f"{units:,} of {invoice.total:,} units"


def _finding(
    kind: FindingKind, sentence: str, record: RecordId, units: Units | None = None
) -> Finding:
    return Finding(kind, sentence, (Exhibit(record=record, units=units),))

"""Records, as they stand on the chain at one block, and their history."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field

from api.schemas.base import MemberName, Resource, Time, Word
from api.schemas.parts import (
    OfferResource,
    PaymentResource,
    PledgeResource,
    PositionResource,
)
from ledger.chain.invoice_forms import InvoiceState
from ledger.chain.port import Block
from ledger.chain.record_book import NEWEST_SHOWN
from ledger.chain.record_forms import Freeze, History
from ledger.services.records import RecordState
from ledger.services.trace import Provenance
from ledger.store.events import ChainEvent
from ledger.types import RecordId, UnixTime, to_hex, utc_text

InvoiceStateName = Literal["registered", "accepted", "rejected", "cancelled", "settled", "voided"]
FreezeName = Literal["council", "keeper", "dispute", "loss"]

INVOICE_STATES: Mapping[InvoiceState, InvoiceStateName] = {
    InvoiceState.REGISTERED: "registered",
    InvoiceState.ACCEPTED: "accepted",
    InvoiceState.REJECTED: "rejected",
    InvoiceState.CANCELLED: "cancelled",
    InvoiceState.SETTLED: "settled",
    InvoiceState.VOIDED: "voided",
}
FREEZES: Mapping[Freeze, FreezeName] = {
    Freeze.COUNCIL: "council",
    Freeze.KEEPER: "keeper",
    Freeze.DISPUTE: "dispute",
    Freeze.LOSS: "loss",
}


_NEWEST = f"the newest {NEWEST_SHOWN}, oldest first; the history names all"


class BlockResource(Resource):
    """The block that an answer is read at."""

    number: int
    hash: Word
    time: Time

    @classmethod
    def of(cls, block: Block) -> Self:
        """Show a block."""
        return cls(
            number=block.ref.number, hash=to_hex(block.ref.hash), time=utc_text(block.timestamp)
        )


class HistoryResource(Resource):
    """Counter and running hash of all that happened to a record."""

    count: int
    digest: Word

    @classmethod
    def of(cls, history: History) -> Self:
        """Show a history's head."""
        return cls(count=history.count, digest=to_hex(history.digest))


class RecordLinks(Resource):
    """Where to go on."""

    self: str
    history: str


class RecordResource(Resource):
    """A record at one block: free, reserved, pledged and retired units add up to the total."""

    id: Word
    block: BlockResource
    supplier: MemberName
    buyer: MemberName
    state: InvoiceStateName
    commitment: Word
    freezes: list[FreezeName] = Field(
        description="why it is frozen: while there is a cause, no unit changes hands, is pledged"
        " or retires"
    )
    total: int
    retired: int
    pledged: int = Field(description="units under pledge, of all positions together")
    disputed: int = Field(description="units that the buyer does not want to pay for")
    dispute: int | None = Field(
        default=None, description="number of the open dispute, by which it is ended"
    )
    registered_at: Time
    accepted_at: Time | None = None
    undertaken_at: Time | None = Field(
        default=None, description="when the buyer undertook irrevocably to pay whoever holds it"
    )
    due_at: Time | None = Field(default=None, description="midnight UTC of the due date")
    overdue: bool = Field(description="whether it is accepted, and not paid in full when due")
    payment_declared: bool = Field(
        description="whether any payment was ever declared: it cannot be cancelled after that"
    )
    positions: list[PositionResource]
    offers: list[OfferResource] = Field(description=_NEWEST)
    offer_count: int = Field(description="offers that were ever made")
    pledges: list[PledgeResource] = Field(description=_NEWEST)
    pledge_count: int = Field(description="pledges that were ever made")
    payments: list[PaymentResource] = Field(description=_NEWEST)
    payment_count: int = Field(description="payments that were ever declared")
    history: HistoryResource
    links: RecordLinks

    @classmethod
    def of(cls, state: RecordState) -> Self:
        """Show a record."""
        invoice, block, holdings = state.invoice, state.block, state.holdings
        path = record_path(invoice.id)
        return cls(
            id=to_hex(invoice.id),
            block=BlockResource.of(block),
            supplier=invoice.supplier,
            buyer=invoice.buyer,
            state=INVOICE_STATES[invoice.state],
            commitment=to_hex(invoice.commitment),
            freezes=[FREEZES[cause] for cause in invoice.freezes],
            total=invoice.total,
            retired=invoice.retired,
            pledged=invoice.pledged,
            disputed=invoice.disputed,
            dispute=None if invoice.dispute is None else invoice.dispute.number,
            registered_at=utc_text(invoice.registered_at),
            accepted_at=_time(invoice.accepted_at),
            undertaken_at=_time(invoice.undertaken_at),
            due_at=_time(invoice.due_date),
            overdue=invoice.overdue,
            payment_declared=invoice.payment_declared,
            positions=[PositionResource.of(*held) for held in holdings.positions.items()],
            offers=[OfferResource.of(offer, block.timestamp) for offer in holdings.offers],
            offer_count=holdings.offer_count,
            pledges=[PledgeResource.of(pledge) for pledge in holdings.pledges],
            pledge_count=holdings.pledge_count,
            payments=[PaymentResource.of(payment) for payment in state.payments],
            payment_count=state.payment_count,
            history=HistoryResource.of(state.history),
            links=RecordLinks(self=path, history=f"{path}/history"),
        )


class EventResource(Resource):
    """One event of the record's contract."""

    block: int = Field(description="the block's number")
    time: Time
    transaction: Word
    name: str
    arguments: dict[str, Any] = Field(
        description="by name; members readable, null where the council acted; other words in hex"
    )

    @classmethod
    def of(cls, event: ChainEvent) -> Self:
        """Show an event."""
        return cls(
            block=event.block_number,
            time=utc_text(event.timestamp),
            transaction=to_hex(event.transaction_hash),
            name=event.name,
            arguments=dict(event.arguments),
        )


class ProvenanceResource(Resource):
    """Everything that happened to a record up to one block."""

    record: Word
    block: BlockResource
    complete: bool = Field(
        description="whether counter and running hash on the chain agree with these events:"
        " none is left out, and none added"
    )
    events: list[EventResource] = Field(description="oldest first")

    @classmethod
    def of(cls, provenance: Provenance) -> Self:
        """Show a provenance."""
        return cls(
            record=to_hex(provenance.state.invoice.id),
            block=BlockResource.of(provenance.state.block),
            complete=provenance.complete,
            events=[EventResource.of(event) for event in provenance.events],
        )


def record_path(record: RecordId) -> str:
    """Where a record is."""
    return f"/v1/records/{to_hex(record)}"


def _time(time: UnixTime | None) -> str | None:
    return None if time is None else utc_text(time)

"""Records, as they stand on the chain at one block, and their history."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field

from api.schemas.base import MemberName, Resource, Time, Word
from ledger.chain.invoice_book import (
    OFFERS_SHOWN,
    History,
    InvoiceState,
    Offer,
    OfferState,
    Position,
)
from ledger.chain.port import Block
from ledger.services.records import RecordState
from ledger.services.trace import Provenance
from ledger.store.events import ChainEvent
from ledger.types import MemberId, RecordId, UnixTime, to_hex, utc_text

InvoiceStateName = Literal["registered", "accepted", "rejected", "cancelled"]
OfferStateName = Literal["open", "accepted", "rejected", "withdrawn", "expired"]

_INVOICE_STATES: Mapping[InvoiceState, InvoiceStateName] = {
    InvoiceState.REGISTERED: "registered",
    InvoiceState.ACCEPTED: "accepted",
    InvoiceState.REJECTED: "rejected",
    InvoiceState.CANCELLED: "cancelled",
}
_OFFER_STATES: Mapping[OfferState, OfferStateName] = {
    OfferState.OPEN: "open",
    OfferState.ACCEPTED: "accepted",
    OfferState.REJECTED: "rejected",
    OfferState.WITHDRAWN: "withdrawn",
    OfferState.EXPIRED: "expired",
}


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


class PositionResource(Resource):
    """What one member holds, in units."""

    member: MemberName
    free: int
    reserved: int = Field(description="in offers that nobody has closed, expired ones included")
    pledged: int

    @classmethod
    def of(cls, member: MemberId, position: Position) -> Self:
        """Show a position."""
        return cls(
            member=member,
            free=position.free,
            reserved=position.reserved,
            pledged=position.pledged,
        )


class OfferResource(Resource):
    """An offer of units by one member to another."""

    id: int
    sender: MemberName = Field(serialization_alias="from")
    recipient: MemberName = Field(serialization_alias="to")
    units: int
    expires_at: Time = Field(description="the last second in which it can be accepted")
    state: OfferStateName
    reserved: bool = Field(
        description="whether its units are still reserved: while it is open, and after that until"
        " anybody expires it"
    )

    @classmethod
    def of(cls, offer: Offer, now: UnixTime) -> Self:
        """Show an offer as it stands at a block's time, by which nobody may have closed it."""
        return cls(
            id=offer.id,
            sender=offer.sender,
            recipient=offer.recipient,
            units=offer.units,
            expires_at=utc_text(offer.expires_at),
            state="expired" if offer.expired(now) else _OFFER_STATES[offer.state],
            reserved=offer.state is OfferState.OPEN,
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
    total: int
    retired: int
    registered_at: Time
    accepted_at: Time | None = None
    due_at: Time | None = Field(default=None, description="midnight UTC of the due date")
    positions: list[PositionResource]
    offers: list[OfferResource] = Field(
        description=f"the newest {OFFERS_SHOWN}, oldest first; the history names all"
    )
    offer_count: int = Field(description="offers that were ever made")
    history: HistoryResource
    links: RecordLinks

    @classmethod
    def of(cls, state: RecordState) -> Self:
        """Show a record."""
        invoice, block = state.invoice, state.block
        path = record_path(invoice.id)
        return cls(
            id=to_hex(invoice.id),
            block=BlockResource.of(block),
            supplier=invoice.supplier,
            buyer=invoice.buyer,
            state=_INVOICE_STATES[invoice.state],
            commitment=to_hex(invoice.commitment),
            total=invoice.total,
            retired=invoice.retired,
            registered_at=utc_text(invoice.registered_at),
            accepted_at=_time(invoice.accepted_at),
            due_at=_time(invoice.due_date),
            positions=[PositionResource.of(*position) for position in state.positions],
            offers=[OfferResource.of(offer, block.timestamp) for offer in state.offers],
            offer_count=state.offer_count,
            history=HistoryResource.of(state.history),
            links=RecordLinks(self=path, history=f"{path}/history"),
        )


class EventResource(Resource):
    """One event of the record's contract."""

    block: int = Field(description="the block's number")
    time: Time
    transaction: Word
    name: str
    arguments: dict[str, Any] = Field(description="by name; members readable, other words in hex")

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

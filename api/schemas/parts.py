"""What stands in a record: positions, offers, pledges and payments."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field

from api.schemas.base import MemberName, Resource, Time, Word
from ledger.chain.invoice_forms import Payment, PaymentState
from ledger.chain.record_forms import Offer, OfferState, Pledge, PledgeState, Position
from ledger.types import MemberId, UnixTime, to_hex, utc_text

OfferStateName = Literal["open", "accepted", "rejected", "withdrawn", "expired"]
PledgeStateName = Literal["open", "released", "enforced", "extinguished"]
PaymentStateName = Literal["declared", "confirmed", "denied", "withdrawn"]

_OFFER_STATES: Mapping[OfferState, OfferStateName] = {
    OfferState.OPEN: "open",
    OfferState.ACCEPTED: "accepted",
    OfferState.REJECTED: "rejected",
    OfferState.WITHDRAWN: "withdrawn",
    OfferState.EXPIRED: "expired",
}
_PLEDGE_STATES: Mapping[PledgeState, PledgeStateName] = {
    PledgeState.OPEN: "open",
    PledgeState.RELEASED: "released",
    PledgeState.ENFORCED: "enforced",
    PledgeState.EXTINGUISHED: "extinguished",
}
_PAYMENT_STATES: Mapping[PaymentState, PaymentStateName] = {
    PaymentState.DECLARED: "declared",
    PaymentState.CONFIRMED: "confirmed",
    PaymentState.DENIED: "denied",
    PaymentState.WITHDRAWN: "withdrawn",
}


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
    terms: Word = Field(description="commitment to the terms of the offer; zeros if none")
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
            terms=to_hex(offer.terms),
            expires_at=utc_text(offer.expires_at),
            state="expired" if offer.expired(now) else _OFFER_STATES[offer.state],
            reserved=offer.state is OfferState.OPEN,
        )


class PledgeResource(Resource):
    """A pledge of units by one member to another. Units that are locked once may secure several."""

    id: int
    pledgor: MemberName
    pledgee: MemberName
    units: int = Field(description="units that it still secures with")
    lot: int = Field(description="the units that it is a pledge of, by number")
    rank: int | None = Field(default=None, description="in its lot, from one, while it is open")
    enforceable_from: Time
    terms: Word = Field(description="commitment to the terms of the secured debt; zeros if none")
    state: PledgeStateName

    @classmethod
    def of(cls, pledge: Pledge) -> Self:
        """Show a pledge."""
        security = pledge.security
        return cls(
            id=pledge.id,
            pledgor=pledge.pledgor,
            pledgee=security.pledgee,
            units=security.units,
            lot=pledge.lot,
            rank=pledge.rank,
            enforceable_from=utc_text(security.enforceable_from),
            terms=to_hex(security.terms),
            state=_PLEDGE_STATES[pledge.state],
        )


class PaymentResource(Resource):
    """A payment that the buyer declared, and what its holder says of it."""

    id: int
    holder: MemberName
    units: int
    advice: Word = Field(description="commitment to its particulars; zeros if there is none")
    declared_at: Time
    state: PaymentStateName

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """Show a payment."""
        return cls(
            id=payment.id,
            holder=payment.holder,
            units=payment.units,
            advice=to_hex(payment.advice),
            declared_at=utc_text(payment.declared_at),
            state=_PAYMENT_STATES[payment.state],
        )

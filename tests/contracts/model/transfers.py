"""Offers and pledges."""

from tests.contracts.model.invoice import LIVE, Invoice, Offer
from tests.contracts.model.lots import RANKS, Lot, require_takeable
from tests.contracts.model.refusal import refuse


def offer(invoice: Invoice, offered: Offer) -> None:
    """Offer units."""
    invoice.require_transferable()
    refuse("RecordBookSelfOffer", when=offered.sender == offered.receiver)
    invoice.require_taker(offered.receiver)
    invoice.require_free(offered.sender, offered.units)
    invoice.offers.append(offered)


def accept_offer(invoice: Invoice, member: str, number: int, now: int) -> None:
    """Accept an offer at a time."""
    offered = _open(invoice, number)
    refuse("RecordBookNotParty", when=member != offered.receiver)
    refuse("RecordBookOfferExpired", when=now > offered.expires_at)
    invoice.require_transferable()
    offered.open = False
    invoice.move(offered.sender, offered.receiver, offered.units)


def reject_offer(invoice: Invoice, member: str, number: int, _now: int) -> None:
    """Reject an offer."""
    offered = _open(invoice, number)
    refuse("RecordBookNotParty", when=member != offered.receiver)
    _take_back(invoice, offered)


def withdraw_offer(invoice: Invoice, member: str, number: int, _now: int) -> None:
    """Withdraw an offer."""
    offered = _open(invoice, number)
    refuse("RecordBookNotParty", when=member != offered.sender)
    _take_back(invoice, offered)


def expire_offer(invoice: Invoice, _member: str, number: int, now: int) -> None:
    """Free the units of an offer after its time, or of a suspended member's at any time."""
    offered = _open(invoice, number)
    waiting = now <= offered.expires_at and offered.sender not in invoice.suspended
    refuse("RecordBookOfferNotExpired", when=waiting)
    _take_back(invoice, offered)


def pledge(invoice: Invoice, pledgor: str, pledgee: str, units: int, date: int) -> None:
    """Pledge free units as a new lot."""
    invoice.require_transferable()
    invoice.require_free(pledgor, units)
    lot = Lot(pledgor)
    invoice.lots.append(lot)
    _secure(invoice, lot, pledgee, units, date)


def pledge_behind(
    invoice: Invoice, pledgor: str, senior: int, pledgee: str, units: int, date: int
) -> None:
    """Pledge units of a lot once more, in the last rank."""
    invoice.require_transferable()
    refuse("RecordBookPledgeNotOpen", when=not invoice.pledges[senior].open)
    lot = invoice.pledges[senior].lot
    refuse("RecordBookNotParty", when=pledgor != lot.pledgor)
    refuse("RecordBookTooManyRanks", when=len(lot.ranking) == RANKS)
    refuse("RecordBookNoUnits", when=units == 0)
    refuse("RecordBookPledgeTooSmall", when=units > lot.units)
    _secure(invoice, lot, pledgee, units, date)


def release_pledge(invoice: Invoice, member: str, number: int, units: int, _now: int) -> None:
    """Give up a pledge or a part of it."""
    pledged = invoice.pledges[number]
    require_takeable(pledged, member, units)
    invoice.require_state(*LIVE)
    pledged.lot.reduce(pledged, units)


def enforce_pledge(invoice: Invoice, member: str, number: int, units: int, now: int) -> None:
    """Take pledged units."""
    pledged = invoice.pledges[number]
    require_takeable(pledged, member, units)
    refuse("RecordBookPledgeNotEnforceable", when=now < pledged.enforceable_from)
    refuse("RecordBookPledgeNotFirst", when=pledged.rank != 1)
    invoice.require_transferable()
    pledged.lot.take(pledged, units)
    invoice.move(pledged.lot.pledgor, member, units)


def _secure(invoice: Invoice, lot: Lot, pledgee: str, units: int, date: int) -> None:
    refuse("RecordBookSelfPledge", when=pledgee == lot.pledgor)
    invoice.require_taker(pledgee)
    invoice.pledges.append(lot.add(pledgee, units, date))


def _open(invoice: Invoice, number: int) -> Offer:
    offered = invoice.offers[number]
    refuse("RecordBookOfferNotOpen", when=not offered.open)
    return offered


def _take_back(invoice: Invoice, offered: Offer) -> None:
    invoice.require_state(*LIVE)
    offered.open = False

"""Offers of a record's units, and their answers."""

from typing import Annotated

from fastapi import APIRouter

from api.deps import JsonBody, JsonBodyIfAny
from api.openapi import RECORDS
from api.routes.acts import Answer, TheCaller, acts, item_number
from api.schemas.base import RecordParameter
from api.schemas.operations import OperationResource
from api.schemas.requests import ClearanceTerms, OfferTerms, read_json
from ledger.services.finance import (
    NO_TERMS,
    accept_offer,
    expire_offer,
    offer_units,
    reject_offer,
    withdraw_offer,
)
from ledger.types import Units

OfferParameter = Annotated[int, item_number("offer")]

router = APIRouter(prefix="/v1/records/{record}/offers", tags=[RECORDS])


@router.post("", **acts("offerUnits", OfferTerms))
def offer(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Offer units that the member holds free to a financier. For suppliers and financiers.

    They are reserved until the financier answers, the offer is withdrawn, or, after its time or
    when the member is suspended, anybody expires it.
    """
    terms = read_json(OfferTerms, body)
    operation = offer_units(
        caller,
        record,
        to=terms.to,
        units=Units(terms.units),
        terms=terms.terms or NO_TERMS,
        expires_at=terms.expiry(caller.ledger.clock()),
    )
    return answer(operation)


@router.post("/{offer}/acceptance", **acts("acceptOffer", ClearanceTerms, form_required=False))
def accept(
    record: RecordParameter,
    offer: OfferParameter,
    body: JsonBodyIfAny,
    caller: TheCaller,
    answer: Answer,
) -> OperationResource:
    """Take the units that were offered to the member. For financiers, and for suppliers.

    With a clearance as its body, they are taken only if the offer is what was promised, and the
    record still what was verified: the contract checks and takes in one transaction. A supplier
    gets units back from holders that have recourse to it.
    """
    clearance = None if body is None else read_json(ClearanceTerms, body).clearance()
    return answer(accept_offer(caller, record, offer, clearance))


@router.post("/{offer}/rejection", **acts("rejectOffer"))
def reject(
    record: RecordParameter, offer: OfferParameter, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Refuse the units that were offered to the member. For financiers, and for suppliers."""
    return answer(reject_offer(caller, record, offer))


@router.post("/{offer}/withdrawal", **acts("withdrawOffer"))
def withdraw(
    record: RecordParameter, offer: OfferParameter, caller: TheCaller, answer: Answer
) -> OperationResource:
    """The member takes an offer back that was not answered yet. For suppliers and financiers."""
    return answer(withdraw_offer(caller, record, offer))


@router.post("/{offer}/expiry", **acts("expireOffer"))
def expire(
    record: RecordParameter, offer: OfferParameter, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Free the units of an offer whose time is over, or whose maker is suspended.

    For all roles but auditors, of any member.
    """
    return answer(expire_offer(caller, record, offer))

"""Offers of a record's units, and their answers."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.deps import JsonBody, JsonBodyIfAny, NoBody, SmallKey, TheLedger, ThePrincipal
from api.openapi import RECORDS, json_body, takes_in
from api.routes.accepted import ACT_PROBLEMS, accepted
from api.schemas.base import GREATEST_NUMBER, RecordParameter
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

OfferParameter = Annotated[
    int, Path(ge=0, le=GREATEST_NUMBER, description="the offer's `id` in its record")
]

router = APIRouter(prefix="/v1/records/{record}/offers", tags=[RECORDS])


@router.post(
    "",
    **takes_in("offerUnits", *ACT_PROBLEMS, 415, body=json_body(OfferTerms)),
)
def offer(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Offer units that the member holds free to a financier. For suppliers and financiers.

    They are reserved until the financier answers, the offer is withdrawn, or, after its time or
    when the member is suspended, anybody expires it.
    """
    terms = read_json(OfferTerms, body)
    operation = offer_units(
        ledger,
        principal,
        record,
        to=terms.to,
        units=Units(terms.units),
        terms=terms.terms or NO_TERMS,
        expires_at=terms.expiry(ledger.clock()),
        key=key,
    )
    return accepted(ledger, operation, response)


@router.post(
    "/{offer}/acceptance",
    **takes_in("acceptOffer", *ACT_PROBLEMS, 415, body=json_body(ClearanceTerms, required=False)),
)
def accept(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    offer: OfferParameter,
    body: JsonBodyIfAny,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Take the units that were offered to the member. For financiers, and for suppliers.

    With a clearance as its body, they are taken only if the offer is what was promised, and the
    record still what was verified: the contract checks and takes in one transaction. A supplier
    gets units back from holders that have recourse to it.
    """
    clearance = None if body is None else read_json(ClearanceTerms, body).clearance()
    operation = accept_offer(ledger, principal, record, offer, clearance, key)
    return accepted(ledger, operation, response)


@router.post(
    "/{offer}/rejection",
    dependencies=[NoBody],
    **takes_in("rejectOffer", *ACT_PROBLEMS),
)
def reject(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    offer: OfferParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Refuse the units that were offered to the member. For financiers, and for suppliers."""
    return accepted(ledger, reject_offer(ledger, principal, record, offer, key), response)


@router.post(
    "/{offer}/withdrawal",
    dependencies=[NoBody],
    **takes_in("withdrawOffer", *ACT_PROBLEMS),
)
def withdraw(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    offer: OfferParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """The member takes an offer back that was not answered yet. For suppliers and financiers."""
    return accepted(ledger, withdraw_offer(ledger, principal, record, offer, key), response)


@router.post(
    "/{offer}/expiry",
    dependencies=[NoBody],
    **takes_in("expireOffer", *ACT_PROBLEMS),
)
def expire(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    offer: OfferParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Free the units of an offer whose time is over, or whose maker is suspended.

    For all roles but auditors, of any member.
    """
    return accepted(ledger, expire_offer(ledger, principal, record, offer, key), response)

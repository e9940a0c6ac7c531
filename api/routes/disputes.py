"""Disputes about accepted invoices."""

from fastapi import APIRouter, Response

from api.deps import JsonBody, SmallKey, TheLedger, ThePrincipal
from api.openapi import RECORDS, json_body, takes_in
from api.routes.accepted import ACT_PROBLEMS, accepted
from api.schemas.base import RecordParameter
from api.schemas.operations import OperationResource
from api.schemas.requests import NamedDispute, Part, read_json
from ledger.services.paying import concede_dispute, raise_dispute, withdraw_dispute
from ledger.types import Units

router = APIRouter(prefix="/v1/records/{record}/dispute", tags=[RECORDS])


@router.post("", **takes_in("raiseDispute", *ACT_PROBLEMS, 415, body=json_body(Part)))
def dispute(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Dispute units of an accepted invoice, and freeze its record. For buyers.

    A buyer that undertook to pay cannot dispute.
    """
    part = read_json(Part, body)
    operation = raise_dispute(ledger, principal, record, Units(part.units), part.reason, key)
    return accepted(ledger, operation, response)


@router.post(
    "/withdrawal", **takes_in("withdrawDispute", *ACT_PROBLEMS, 415, body=json_body(NamedDispute))
)
def withdraw(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """End the member's dispute in favour of the holders. For buyers."""
    named = read_json(NamedDispute, body)
    operation = withdraw_dispute(ledger, principal, record, named.dispute, key)
    return accepted(ledger, operation, response)


@router.post(
    "/concession", **takes_in("concedeDispute", *ACT_PROBLEMS, 415, body=json_body(NamedDispute))
)
def concede(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """End a dispute in favour of the buyer: the disputed units retire. For suppliers.

    They retire from what the supplier holds free itself.
    """
    named = read_json(NamedDispute, body)
    operation = concede_dispute(ledger, principal, record, named.dispute, key)
    return accepted(ledger, operation, response)

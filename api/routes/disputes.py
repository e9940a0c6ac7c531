"""Disputes about accepted invoices."""

from fastapi import APIRouter

from api.deps import JsonBody
from api.openapi import RECORDS
from api.routes.acts import Answer, TheCaller, acts
from api.schemas.base import RecordParameter
from api.schemas.operations import OperationResource
from api.schemas.requests import NamedDispute, Part, read_json
from ledger.services.paying import concede_dispute, raise_dispute, withdraw_dispute
from ledger.types import Units

router = APIRouter(prefix="/v1/records/{record}/dispute", tags=[RECORDS])


@router.post("", **acts("raiseDispute", Part))
def dispute(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Dispute units of an accepted invoice, and freeze its record. For buyers.

    A buyer that undertook to pay cannot dispute.
    """
    part = read_json(Part, body)
    return answer(raise_dispute(caller, record, Units(part.units), part.reason))


@router.post("/withdrawal", **acts("withdrawDispute", NamedDispute))
def withdraw(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """End the member's dispute in favour of the holders. For buyers."""
    named = read_json(NamedDispute, body)
    return answer(withdraw_dispute(caller, record, named.dispute))


@router.post("/concession", **acts("concedeDispute", NamedDispute))
def concede(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """End a dispute in favour of the buyer: the disputed units retire. For suppliers.

    They retire from what the supplier holds free itself.
    """
    named = read_json(NamedDispute, body)
    return answer(concede_dispute(caller, record, named.dispute))

"""Records on the chain: reading them, and what buyer and supplier say of their invoices."""

from fastapi import APIRouter, Response

from api.deps import JsonBody, NoBody, SmallKey, TheLedger, ThePrincipal
from api.openapi import RECORDS, json_body, shows, takes_in
from api.routes.accepted import ACT_PROBLEMS, accepted
from api.schemas.base import RecordParameter
from api.schemas.operations import OperationResource
from api.schemas.records import ProvenanceResource, RecordResource
from api.schemas.requests import Part, Rejection, read_json
from ledger.services.finance import accept_invoice, accept_part, cancel_invoice, reject_invoice
from ledger.services.records import read_record
from ledger.services.trace import trace_record
from ledger.types import Units

router = APIRouter(prefix="/v1/records/{record}", tags=[RECORDS])


@router.get("", **shows("getRecord", 401, 404, 422, 503))
def show_record(
    ledger: TheLedger, _principal: ThePrincipal, record: RecordParameter
) -> RecordResource:
    """A record as it stands on the chain, read at one block."""
    return RecordResource.of(read_record(ledger.chain, ledger.deployment, record))


@router.get("/history", **shows("getRecordHistory", 401, 404, 422, 503))
def show_history(
    ledger: TheLedger, _principal: ThePrincipal, record: RecordParameter
) -> ProvenanceResource:
    """Everything that happened to a record, and whether that is all."""
    return ProvenanceResource.of(trace_record(ledger.chain, ledger.deployment, record))


@router.post(
    "/acceptance",
    dependencies=[NoBody],
    **takes_in("acceptInvoice", *ACT_PROBLEMS),
)
def accept(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """The buyer says that it owes the invoice. For buyers."""
    return accepted(ledger, accept_invoice(ledger, principal, record, key), response)


@router.post(
    "/partial-acceptance",
    **takes_in("acceptPartOfInvoice", *ACT_PROBLEMS, 415, body=json_body(Part)),
)
def accept_a_part(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """The buyer says that it owes a part of the invoice; the other units retire. For buyers."""
    part = read_json(Part, body)
    operation = accept_part(ledger, principal, record, Units(part.units), part.reason, key)
    return accepted(ledger, operation, response)


@router.post(
    "/rejection",
    **takes_in("rejectInvoice", *ACT_PROBLEMS, 415, body=json_body(Rejection)),
)
def reject(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """The buyer says that it does not owe the invoice, and why, in at most 32 bytes. For buyers."""
    reason = read_json(Rejection, body).reason
    return accepted(ledger, reject_invoice(ledger, principal, record, reason, key), response)


@router.post(
    "/cancellation",
    dependencies=[NoBody],
    **takes_in("cancelInvoice", *ACT_PROBLEMS),
)
def cancel(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """The supplier takes an invoice back of which nobody else holds anything. For suppliers."""
    return accepted(ledger, cancel_invoice(ledger, principal, record, key), response)

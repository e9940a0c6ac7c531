"""Records on the chain: reading them, and what buyer and supplier say of their invoices."""

from fastapi import APIRouter

from api.deps import JsonBody, TheLedger, ThePrincipal
from api.openapi import RECORDS, shows
from api.routes.acts import Answer, TheCaller, acts
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


@router.post("/acceptance", **acts("acceptInvoice"))
def accept(record: RecordParameter, caller: TheCaller, answer: Answer) -> OperationResource:
    """The buyer says that it owes the invoice. For buyers."""
    return answer(accept_invoice(caller, record))


@router.post("/partial-acceptance", **acts("acceptPartOfInvoice", Part))
def accept_a_part(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """The buyer says that it owes a part of the invoice; the other units retire. For buyers."""
    part = read_json(Part, body)
    return answer(accept_part(caller, record, Units(part.units), part.reason))


@router.post("/rejection", **acts("rejectInvoice", Rejection))
def reject(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """The buyer says that it does not owe the invoice, and why, in at most 32 bytes. For buyers."""
    reason = read_json(Rejection, body).reason
    return answer(reject_invoice(caller, record, reason))


@router.post("/cancellation", **acts("cancelInvoice"))
def cancel(record: RecordParameter, caller: TheCaller, answer: Answer) -> OperationResource:
    """The supplier takes an invoice back of which nobody else holds anything. For suppliers."""
    return answer(cancel_invoice(caller, record))

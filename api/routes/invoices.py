"""Registration of invoices."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.deps import InvoiceXml, TheLedger, ThePrincipal
from api.openapi import INVOICES, bytes_body, takes_in
from api.routes.accepted import ACT_PROBLEMS, accepted
from api.schemas.base import MemberParameter
from api.schemas.operations import OperationResource
from ledger.services.register import DEFAULT_UNITS, InvoiceUpload, register_invoice
from ledger.types import Units

router = APIRouter(prefix="/v1/invoices", tags=[INVOICES])


@router.post(
    "",
    **takes_in(
        "registerInvoice",
        *ACT_PROBLEMS,
        415,
        body=bytes_body("application/xml", "text/xml"),
    ),
)
def register(
    ledger: TheLedger,
    principal: ThePrincipal,
    upload: InvoiceXml,
    response: Response,
    buyer: Annotated[MemberParameter, Query(description="the member that is to accept it")],
    units: Annotated[
        int, Query(ge=1, description="parts that it is divided into, at most 2^80 - 1")
    ] = DEFAULT_UNITS,
) -> OperationResource:
    """Register an invoice as a record, and notarise its document. For suppliers.

    The body is the invoice in UBL 2.1 or UN/CEFACT CII. An invoice that is registered already, in
    whichever syntax, is refused with the record that stands.
    """
    invoice = InvoiceUpload(upload.content, upload.media_type, buyer, Units(units))
    return accepted(ledger, register_invoice(ledger, principal, invoice, upload.key), response)

"""Registration of invoices."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.deps import InvoiceBody, TheLedger, ThePrincipal
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
        body=bytes_body("application/xml", "text/xml", "application/pdf", "application/json"),
    ),
)
def register(
    ledger: TheLedger,
    principal: ThePrincipal,
    upload: InvoiceBody,
    response: Response,
    buyer: Annotated[MemberParameter, Query(description="the member that is to accept it")],
    units: Annotated[
        int, Query(ge=1, description="parts that it is divided into, at most 2^80 - 1")
    ] = DEFAULT_UNITS,
) -> OperationResource:
    """Register an invoice as a record, and notarise its document. For suppliers.

    The body is the invoice: XML in UBL 2.1 or UN/CEFACT CII, a Factur-X PDF with exactly one such
    XML in it, or the JSON form sealbook-invoice/1. Its content tells which, whatever it is called.
    An invoice that is registered already, in whichever form, is refused with the record that
    stands.
    """
    invoice = InvoiceUpload(upload.content, upload.media_type, buyer, Units(units))
    return accepted(ledger, register_invoice(ledger, principal, invoice, upload.key), response)

"""Screening of invoices."""

from fastapi import APIRouter

from api.deps import AnyKey, DocumentsBody, TheLedger, ThePrincipal
from api.openapi import SCREENINGS, json_body, shows
from api.schemas.requests import read_json
from api.schemas.screening_files import ScreeningFiles
from api.schemas.screenings import ScreeningResource
from ledger.services.screening import screen_invoices

router = APIRouter(prefix="/v1/screenings", tags=[SCREENINGS])


@router.post(
    "",
    dependencies=[AnyKey],
    **shows("screenInvoices", 401, 413, 415, 422, 503, body=json_body(ScreeningFiles)),
)
def screen(ledger: TheLedger, principal: ThePrincipal, body: DocumentsBody) -> ScreeningResource:
    """Say of each file which records, earlier sightings and other files are it, or are like it.

    For all roles. The files are read and not kept. What is kept of each, for this member alone, is
    its digest, number, date, type and total, the numbers that it refers to, and the identifiers of
    its parties: later screenings are compared with that. All files together may be as large as one
    document.
    """
    form = read_json(ScreeningFiles, body)
    uploads = [file.upload() for file in form.files]
    return ScreeningResource.of(screen_invoices(ledger, principal, uploads))

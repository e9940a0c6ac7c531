"""Notarised documents and their evidence."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.deps import IdempotencyHeader, JsonBody, NoBody, SmallKey, TheLedger, ThePrincipal
from api.intake import PATH, take_document
from api.openapi import DOCUMENTS, bytes_body, json_body, shows, takes_in
from api.schemas.documents import Declared, DocumentPage, DocumentResource
from api.schemas.requests import read_json
from ledger.invoices.disclosed import FIELD_NAMES, select_names
from ledger.services.declare import notarise_declared
from ledger.services.erase import erase_opening
from ledger.services.evidence import make_evidence
from ledger.services.notarise import get_document, list_documents
from ledger.store.documents import StoredDocument

MAX_PAGE = 200

router = APIRouter(prefix=PATH, tags=[DOCUMENTS])


@router.post(
    "",
    response_model=DocumentResource,
    **takes_in("notariseDocument", 401, 403, 409, 413, 415, 422, 503, body=bytes_body("*/*")),
)
async def notarise_document(
    request: Request, _principal: ThePrincipal, _key: IdempotencyHeader = None
) -> Response:
    """Accept a document: its bytes are the body, and Content-Type says what they are.

    The bytes are hashed and not kept. What is accepted will be anchored, exactly once. For all
    roles but auditors.
    """
    return await take_document(request)


@router.post(
    "/declared",
    **takes_in("declareDocument", 401, 403, 409, 413, 415, 422, 503, body=json_body(Declared)),
)
def declare_document(
    ledger: TheLedger, principal: ThePrincipal, body: JsonBody, key: SmallKey, response: Response
) -> DocumentResource:
    """Accept a document that is no e-invoice, with fields that its member declares.

    The document itself is not sent: its digest and size stand in the body. Its evidence shows the
    fields, one by one if wanted, as declared by the member and not as proved by the document. For
    all roles but auditors.
    """
    declaration = read_json(Declared, body).declaration()
    return _accepted(notarise_declared(ledger, principal, declaration, key), response)


@router.get("", **shows("listDocuments", 401, 422, 503))
def show_documents(
    ledger: TheLedger,
    principal: ThePrincipal,
    after: Annotated[UUID | None, Query(description="the `next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> DocumentPage:
    """The member's documents, oldest first, page by page."""
    found = list_documents(ledger, principal, after=after, limit=limit + 1)
    shown = found[:limit]
    return DocumentPage(
        items=[DocumentResource.of(document) for document in shown],
        next=shown[-1].id if len(found) > limit else None,
    )


@router.get("/{document}", **shows("getDocument", 401, 404, 422, 503))
def show_document(ledger: TheLedger, principal: ThePrincipal, document: UUID) -> DocumentResource:
    """A document, and how far its anchor is."""
    return DocumentResource.of(get_document(ledger, principal, document))


@router.delete(
    "/{document}/opening",
    dependencies=[NoBody],
    **shows("eraseOpening", 401, 403, 404, 413, 422, 503),
)
def erase(ledger: TheLedger, principal: ThePrincipal, document: UUID) -> DocumentResource:
    """Erase what opens a document's commitment: its statement, its fields and its secret.

    Afterwards nothing here shows what was notarised, and no evidence can be made; the commitment
    stays in its tree, and evidence of other documents stays good. Evidence that was handed out,
    backups, and the record of a registered invoice with its identity keys are not reached. It
    cannot be undone, and doing it again changes nothing. For all roles but auditors.
    """
    return DocumentResource.of(erase_opening(ledger, principal, document))


_EVIDENCE = shows("getEvidence", 401, 404, 409, 410, 422, 503)
_EVIDENCE["responses"][200] = {
    "description": "The evidence file (sealbook-evidence/1), byte for byte as it is to be kept.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@router.get("/{document}/evidence", response_class=Response, **_EVIDENCE)
def download_evidence(
    ledger: TheLedger,
    principal: ThePrincipal,
    document: UUID,
    show: Annotated[
        list[str] | None,
        Query(
            max_length=len(FIELD_NAMES),
            description="a field to be shown, or `document`, `seller` or `buyer` for all of theirs;"
            " may be given several times. What is not named is hidden; without it, all is shown",
        ),
    ] = None,
) -> Response:
    """The evidence of a final document; 409 with Retry-After until it is final.

    `sealbook disclose` makes copies that show less of a file that is at hand.
    """
    names = None if show is None else select_names(show)
    evidence = make_evidence(ledger, principal, document)
    if names is not None:
        evidence = evidence.showing(names)
    return Response(
        evidence.serialise(),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{document}.evidence.json"'},
    )


def _accepted(stored: StoredDocument, response: Response) -> DocumentResource:
    document = DocumentResource.of(stored)
    response.headers["Location"] = document.links.self
    return document

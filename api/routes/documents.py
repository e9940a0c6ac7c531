"""Notarised documents and their evidence."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.deps import AnyUpload, TheLedger, ThePrincipal
from api.openapi import DOCUMENTS, bytes_body, shows, takes_in
from api.schemas.documents import DocumentPage, DocumentResource
from ledger.services.evidence import make_evidence
from ledger.services.notarise import get_document, list_documents, notarise

MAX_PAGE = 200

router = APIRouter(prefix="/v1/documents", tags=[DOCUMENTS])


@router.post(
    "",
    **takes_in("notariseDocument", 401, 403, 409, 413, 415, 422, 503, body=bytes_body("*/*")),
)
def notarise_document(
    ledger: TheLedger, principal: ThePrincipal, upload: AnyUpload, response: Response
) -> DocumentResource:
    """Accept a document: its bytes are the body, and Content-Type says what they are.

    The bytes are hashed and not kept. What is accepted will be anchored, exactly once. For all
    roles but auditors.
    """
    document = DocumentResource.of(
        notarise(ledger, principal, upload.content, upload.media_type, upload.key)
    )
    response.headers["Location"] = document.links.self
    return document


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


_EVIDENCE = shows("getEvidence", 401, 404, 409, 422, 503)
_EVIDENCE["responses"][200] = {
    "description": "The evidence file (sealbook-evidence/1), byte for byte as it is to be kept.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@router.get("/{document}/evidence", response_class=Response, **_EVIDENCE)
def download_evidence(ledger: TheLedger, principal: ThePrincipal, document: UUID) -> Response:
    """The evidence of a final document; 409 with Retry-After until it is final."""
    evidence = make_evidence(ledger, principal, document)
    return Response(
        evidence.serialise(),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{document}.evidence.json"'},
    )

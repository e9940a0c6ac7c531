"""Bundles: many documents at once, and their evidence."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from api.bundle_uploads import FILES, LINES, TheBundle
from api.deps import NoBody, TheLedger, ThePrincipal
from api.openapi import BUNDLES, shows, takes_in
from api.routes.documents import MAX_PAGE
from api.schemas.bundles import BundlePage, BundleResource
from ledger.services.bundle import (
    MAX_DOCUMENTS,
    erase_in_bundle,
    get_bundle,
    list_bundles,
    notarise_bundle,
)
from ledger.services.bundle_evidence import bundle_evidence, evidence_in_bundle

router = APIRouter(prefix="/v1/bundles", tags=[BUNDLES])

_Index = Annotated[
    int,
    Path(ge=0, lt=MAX_DOCUMENTS, description="the document's place in the bundle, from zero"),
]
_BODY = {
    "required": True,
    "content": {
        LINES: {
            "schema": {"type": "string"},
            "example": f'{{"digest":"0x{"5e" * 32}","size":48213}}\n',
        },
        FILES: {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "array", "items": {"type": "string", "format": "binary"}}
                },
            }
        },
    },
}


@router.post("", **takes_in("notariseBundle", 401, 403, 409, 413, 415, 422, 503, body=_BODY))
def notarise(
    ledger: TheLedger, principal: ThePrincipal, upload: TheBundle, response: Response
) -> BundleResource:
    """Accept up to 65536 documents, all of them or none, and all in one batch.

    Either by digest and size: a line for each, of exactly these two members. Or as files, under
    whatever names, which are hashed and not kept. They have one media type. A document that stands
    there twice is two documents, each under a secret of its own. For all roles but auditors.
    """
    stored = notarise_bundle(ledger, principal, upload.documents, upload.media_type, upload.key)
    bundle = BundleResource.of(stored)
    response.headers["Location"] = bundle.links.self
    return bundle


@router.get("", **shows("listBundles", 401, 422, 503))
def show_bundles(
    ledger: TheLedger,
    principal: ThePrincipal,
    after: Annotated[UUID | None, Query(description="the `next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> BundlePage:
    """The member's bundles, oldest first, page by page."""
    found = list_bundles(ledger, principal, after=after, limit=limit + 1)
    shown = found[:limit]
    return BundlePage(
        items=[BundleResource.of(bundle) for bundle in shown],
        next=shown[-1].id if len(found) > limit else None,
    )


@router.get("/{bundle}", **shows("getBundle", 401, 404, 422, 503))
def show_bundle(ledger: TheLedger, principal: ThePrincipal, bundle: UUID) -> BundleResource:
    """A bundle, and how far its anchor is."""
    return BundleResource.of(get_bundle(ledger, principal, bundle))


def _evidence(operation_id: str, *problems: int, media_type: str, description: str) -> Any:
    described = shows(operation_id, *problems)
    described["responses"][200] = {
        "description": description,
        "content": {media_type: {"schema": {"type": "object"}}},
    }
    return described


@router.get(
    "/{bundle}/evidence",
    response_class=StreamingResponse,
    **_evidence(
        "getBundleEvidence",
        401,
        404,
        409,
        422,
        503,
        media_type=LINES,
        description="The evidence files (sealbook-evidence/1), a line each, in the documents'"
        ' order. Where a document was erased, the line is `{"erased":true}`.',
    ),
)
def download_evidence(
    ledger: TheLedger, principal: ThePrincipal, bundle: UUID
) -> StreamingResponse:
    """The evidence of all documents of a final bundle; 409 with Retry-After until it is final.

    Each line without its line break is a document's evidence file, byte for byte.
    """
    return StreamingResponse(
        bundle_evidence(ledger, principal, bundle),
        media_type=LINES,
        headers={"Content-Disposition": f'attachment; filename="{bundle}.evidence.ndjson"'},
    )


@router.get(
    "/{bundle}/documents/{index}/evidence",
    response_class=Response,
    **_evidence(
        "getEvidenceInBundle",
        401,
        404,
        409,
        410,
        422,
        503,
        media_type="application/json",
        description="The evidence file (sealbook-evidence/1), byte for byte as it is to be kept.",
    ),
)
def download_one(
    ledger: TheLedger, principal: ThePrincipal, bundle: UUID, index: _Index
) -> Response:
    """The evidence of one document of a final bundle; 409 with Retry-After until it is final."""
    return Response(
        evidence_in_bundle(ledger, principal, bundle, index),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{bundle}-{index}.evidence.json"'},
    )


@router.delete(
    "/{bundle}/documents/{index}/opening",
    dependencies=[NoBody],
    **shows("eraseInBundle", 401, 403, 404, 413, 422, 503),
)
def erase(
    ledger: TheLedger, principal: ThePrincipal, bundle: UUID, index: _Index
) -> BundleResource:
    """Erase digest, size and secret of one document of a bundle.

    Afterwards nothing here shows what was notarised there, and no evidence of it can be made; its
    commitment stays in its tree, and the evidence of the other documents stays good. Evidence that
    was handed out, and backups, are not reached. It cannot be undone, and doing it again changes
    nothing. For all roles but auditors.
    """
    return BundleResource.of(erase_in_bundle(ledger, principal, bundle, index))

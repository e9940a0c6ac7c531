"""Notarising many documents by one request: all of them or none, and all in one batch."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from ledger.anchoring.observer import Kind
from ledger.documents import DocumentDigests, SealedBundle, seal_documents
from ledger.errors import InvalidRequest, NotFound
from ledger.services.acceptance import Submission, accept_once, accepting
from ledger.services.context import Ledger
from ledger.services.erase import empty_log
from ledger.services.principals import ACTING, Principal
from ledger.services.submissions import check_operator
from ledger.store import bundles
from ledger.store.bundles import NewBundle, StoredBundle, StoredOpenings
from ledger.store.idempotency import IdempotencyKey
from ledger.types import UnixTime

MAX_DOCUMENTS = 65_536
"""The most documents of one bundle."""


def notarise_bundle(
    ledger: Ledger,
    principal: Principal,
    documents: DocumentDigests,
    media_type: str,
    key: IdempotencyKey | None,
) -> StoredBundle:
    """Accept documents by digest and size. Each gets a statement and a secret of its own.

    Documents that are named twice are two documents, as if they had been handed in one by one.

    Raises DocumentError if there is none or one of no size, InvalidRequest for too many, and a
    refusal if the key or the member may not act.
    """
    principal.require(*ACTING)
    if len(documents) > MAX_DOCUMENTS:
        raise too_many()
    sealed = seal_documents(documents, media_type=media_type, member=principal.member)
    now = ledger.clock()
    accepted = accept_once(
        ledger,
        _ACCEPT,
        Submission(principal.member, key, now, sealed, weight=len(documents), kind=Kind.BUNDLE),
        check=lambda: check_operator(ledger, principal.member),
    )
    if not accepted.is_new:
        return get_bundle(ledger, principal, accepted.id)
    return StoredBundle(accepted.id, sealed.member, sealed.media_type, len(documents), now)


def too_many() -> InvalidRequest:
    """The refusal of more documents than a bundle has."""
    return InvalidRequest(
        f"these are more than {MAX_DOCUMENTS} documents; hand them in as several bundles",
        code="bundle-too-large",
        max_documents=MAX_DOCUMENTS,
    )


def get_bundle(ledger: Ledger, principal: Principal, identifier: UUID) -> StoredBundle:
    """A member's bundle. Raises NotFound."""
    with ledger.store.reading() as connection:
        found = bundles.find(connection, principal.member, identifier)
    if found is None:
        raise NotFound(f"you have no bundle {identifier}", code="unknown-bundle")
    return found


def list_bundles(
    ledger: Ledger, principal: Principal, *, after: UUID | None, limit: int
) -> list[StoredBundle]:
    """A page of a member's bundles, oldest first."""
    with ledger.store.reading() as connection:
        return bundles.page(connection, principal.member, after=after, limit=limit)


def require_document(bundle: StoredBundle, index: int) -> None:
    """Raise NotFound unless the bundle has a document at the index, which begins at zero."""
    if not 0 <= index < bundle.size:
        raise NotFound(
            f"bundle {bundle.id} has the documents 0 to {bundle.size - 1}, and no {index}",
            code="unknown-document",
        )


def erase_in_bundle(
    ledger: Ledger, principal: Principal, identifier: UUID, index: int
) -> StoredBundle:
    """Destroy digest, size and secret of one document of a member's bundle.

    What is erased already stays so. The leaf keeps its place, so that the bundle is anchored as it
    was accepted and the evidence of its other documents stays as it is. What the requests
    asked for by which the bundle was accepted is forgotten as well: one that is repeated under its
    Idempotency-Key is a Conflict while other documents of the bundle are left, and a new request
    after the last. What was handed out before, evidence and backups, is beyond reach.

    Raises NotFound, and Forbidden for a key that only looks.
    """
    principal.require(*ACTING)
    bundle = get_bundle(ledger, principal, identifier)
    require_document(bundle, index)
    with ledger.store.writing() as connection:
        bundles.erase(connection, identifier, index)
    empty_log(ledger)
    return bundle


def _keep_new(connection: Connection, new: Sequence[tuple[UUID, Submission[SealedBundle]]]) -> None:
    bundles.add(connection, ((given, _stored(one.item, one.now)) for given, one in new))


def _stored(sealed: SealedBundle, now: UnixTime) -> NewBundle:
    documents = sealed.documents
    return NewBundle(
        member=sealed.member,
        media_type=sealed.media_type,
        openings=StoredOpenings(documents.digests, documents.sizes, sealed.secrets),
        leaves=sealed.leaves,
        accepted_at=now,
    )


_ACCEPT = accepting(_keep_new)

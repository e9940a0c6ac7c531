"""Notarising a document: accepted means anchored, sooner or later, exactly once."""

from uuid import UUID

from sqlalchemy import Connection

from ledger.codec import canonical_json
from ledger.documents import SealedDocument, hash_document
from ledger.errors import NotFound
from ledger.services.context import Ledger
from ledger.services.principals import ACTING, Principal
from ledger.services.submissions import accept_once, check_operator
from ledger.store import documents
from ledger.store.documents import StoredDocument, StoredOpening
from ledger.store.idempotency import IdempotencyKey
from ledger.store.ids import new_id
from ledger.types import RecordId


def notarise(
    ledger: Ledger,
    principal: Principal,
    content: bytes,
    media_type: str,
    key: IdempotencyKey | None,
) -> StoredDocument:
    """Accept a document. Its bytes are hashed and not kept.

    Raises DocumentError if it is empty, too large or of no media type, and a refusal if the key or
    the member may not act.
    """
    principal.require(*ACTING)
    hashed = hash_document(content, max_bytes=ledger.max_document_bytes)
    sealed = SealedDocument.plain(hashed, media_type=media_type, member=principal.member)
    return notarise_sealed(ledger, principal, sealed, key)


def notarise_sealed(
    ledger: Ledger, principal: Principal, sealed: SealedDocument, key: IdempotencyKey | None
) -> StoredDocument:
    """Accept a document that is no receivable. Raises a refusal if the member may not act."""

    def keep(connection: Connection) -> UUID:
        return keep_document(connection, ledger, sealed, record=None)

    identifier = accept_once(
        ledger,
        principal.member,
        key,
        check=lambda: check_operator(ledger, principal.member),
        keep=keep,
    )
    return get_document(ledger, principal, identifier)


def get_document(ledger: Ledger, principal: Principal, identifier: UUID) -> StoredDocument:
    """A member's document. Raises NotFound."""
    with ledger.store.reading() as connection:
        found = documents.find(connection, principal.member, identifier)
    if found is None:
        raise NotFound(f"you have no document {identifier}", code="unknown-document")
    return found


def list_documents(
    ledger: Ledger, principal: Principal, *, after: UUID | None, limit: int
) -> list[StoredDocument]:
    """A page of a member's documents, oldest first."""
    with ledger.store.reading() as connection:
        return documents.page(connection, principal.member, after=after, limit=limit)


def keep_document(
    connection: Connection, ledger: Ledger, sealed: SealedDocument, *, record: RecordId | None
) -> UUID:
    """Write an accepted document down, in the caller's database transaction."""
    identifier = new_id()
    documents.add(
        connection,
        identifier=identifier,
        member=sealed.statement.member,
        opening=_stored(sealed),
        leaf_hash=sealed.opening.leaf_hash,
        record=record,
        now=ledger.clock(),
    )
    return identifier


def _stored(sealed: SealedDocument) -> StoredOpening:
    values = {field.name: field.value for field in sealed.fields}
    return StoredOpening(
        statement=sealed.statement.canonical,
        secret=sealed.secret,
        fields=canonical_json(values) if values else None,
    )

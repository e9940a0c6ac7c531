"""Notarising a document: accepted means anchored, sooner or later, exactly once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from ledger.codec import canonical_json, commit, leaf_hash
from ledger.documents import DocumentDigest, SealedDocument, Statement, hash_document
from ledger.errors import DocumentError, NotFound
from ledger.services.acceptance import (
    Submission,
    accept_once,
    accepted_before,
    accepting,
    tell_accepted,
)
from ledger.services.context import Ledger
from ledger.services.principals import ACTING, Principal
from ledger.services.submissions import ask_about_operator, check_operator
from ledger.store import documents
from ledger.store.documents import NewDocument, StoredDocument, StoredOpening
from ledger.store.idempotency import IdempotencyKey
from ledger.types import Digest, RecordId, UnixTime


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
    submission = _submission(ledger, sealed, key)
    accepted = accept_once(
        ledger, _ACCEPT, submission, check=lambda: check_operator(ledger, principal.member)
    )
    if not accepted.is_new:
        return get_document(ledger, principal, accepted.id)
    return _as_accepted(accepted.id, submission.item)


@dataclass(frozen=True, slots=True)
class Notarised:
    """A document that was accepted just now.

    commitment: what is to be anchored.
    """

    id: UUID
    statement: Statement
    document: DocumentDigest
    commitment: Digest
    accepted_at: UnixTime


async def notarise_hashed(
    ledger: Ledger,
    principal: Principal,
    document: DocumentDigest,
    media_type: str,
    key: IdempotencyKey | None,
) -> Notarised | StoredDocument:
    """Accept a document, without holding a thread while it waits for its commit.

    Returns what is kept already if the request was accepted before. Raises what `notarise` does.
    """
    principal.require(*ACTING)
    if document.size == 0:
        raise DocumentError("the document is empty")
    sealed = SealedDocument.plain(document, media_type=media_type, member=principal.member)
    submission = _submission(ledger, sealed, key)
    accepted = None
    if ledger.operators.get(principal.member) is None:
        accepted = await asyncio.to_thread(accepted_before, ledger, submission)
        if accepted is None:
            await ask_about_operator(ledger, principal.member)
    if accepted is None:
        accepted = await ledger.intake.keep(_ACCEPT, submission)
        tell_accepted(ledger, submission, accepted)
    if not accepted.is_new:
        return await asyncio.to_thread(get_document, ledger, principal, accepted.id)
    new = submission.item
    return Notarised(accepted.id, sealed.statement, document, new.commitment, new.accepted_at)


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


def new_document(sealed: SealedDocument, now: UnixTime, *, record: RecordId | None) -> NewDocument:
    """What is kept of a document that is accepted."""
    values = {field.name: field.value for field in sealed.fields}
    statement = sealed.statement.canonical
    return NewDocument(
        member=sealed.statement.member,
        opening=StoredOpening(
            statement=statement,
            secret=sealed.secret,
            fields=canonical_json(values) if values else None,
        ),
        commitment=commit(statement, sealed.opening.salt),
        record=record,
        accepted_at=now,
    )


def _submission(
    ledger: Ledger, sealed: SealedDocument, key: IdempotencyKey | None
) -> Submission[NewDocument]:
    now = ledger.clock()
    member = sealed.statement.member
    return Submission(member, key, now, new_document(sealed, now, record=None))


def _keep_documents(
    connection: Connection, new: Sequence[tuple[UUID, Submission[NewDocument]]]
) -> None:
    documents.add(connection, [(identifier, one.item) for identifier, one in new])


_ACCEPT = accepting(_keep_documents)


def _as_accepted(identifier: UUID, document: NewDocument) -> StoredDocument:
    """A document as it is found again before anything else has happened to it."""
    return StoredDocument(
        id=identifier,
        member=document.member,
        opening=document.opening,
        leaf_hash=leaf_hash(document.commitment),
        accepted_at=document.accepted_at,
        erased_at=None,
        batch_id=None,
        leaf_index=None,
        record=None,
        state=None,
        problem=None,
    )

"""Accepted documents: what opens their commitments, and the batch that each is in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update

from ledger.codec import leaf_hash
from ledger.store import idempotency
from ledger.store.inserts import insert_rows
from ledger.store.outbox import State
from ledger.store.schema import (
    batches,
    documents,
    operations,
    transactions,
)
from ledger.types import Digest, MemberId, RecordId, UnixTime


@dataclass(frozen=True, slots=True)
class StoredOpening:
    """What opens the commitment of a document.

    statement: canonical bytes. secret: 32 bytes from which all salts follow.
    fields: the values of the statement's fields by name, in canonical JSON; None if it has none.
    """

    statement: bytes
    secret: bytes = field(repr=False)
    fields: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as it is accepted.

    commitment: what is to be anchored.
    record: the transferable record that it is to describe; None for plain documents.
    """

    member: MemberId
    opening: StoredOpening
    commitment: Digest
    record: RecordId | None
    accepted_at: UnixTime


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """An accepted document.

    opening: None once it was erased, at erased_at.
    record: the transferable record that the document describes; None for plain documents, and
    while its registration is not done.
    state: how far the batch's transaction is; None while no batch holds the document.
    problem: why that transaction waits, as JSON; None while all is well.
    """

    id: UUID
    member: MemberId
    opening: StoredOpening | None
    leaf_hash: Digest
    accepted_at: UnixTime
    erased_at: UnixTime | None
    batch_id: UUID | None
    leaf_index: int | None
    record: RecordId | None
    state: State | None
    problem: str | None


def add(connection: Connection, accepted: Iterable[tuple[UUID, NewDocument]]) -> None:
    """Keep accepted documents, each under its id."""
    rows = [
        (
            identifier,
            document.member,
            document.opening.statement,
            document.opening.secret,
            document.opening.fields,
            leaf_hash(document.commitment),
            document.record,
            document.accepted_at,
        )
        for identifier, document in accepted
    ]
    insert_rows(connection, _ACCEPTED, rows)


def find(connection: Connection, member: MemberId, identifier: UUID) -> StoredDocument | None:
    """A member's document; None if this member has no such document."""
    query = _SELECT.where(documents.c.id == identifier, documents.c.member == member)
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def erase(connection: Connection, identifier: UUID, now: UnixTime) -> None:
    """Forget what opens the commitment of a document, unless it is forgotten already.

    Also under which client's keys it was accepted: their fingerprints are made from the document's
    bytes, without a secret.
    """
    connection.execute(
        update(documents)
        .where(documents.c.id == identifier, documents.c.erased_at.is_(None))
        .values(statement=None, secret=None, fields=None, erased_at=now)
    )
    registrations = select(operations.c.id).where(operations.c.document_id == identifier)
    idempotency.forget(connection, [identifier, *connection.execute(registrations).scalars()])


def page(
    connection: Connection, member: MemberId, *, after: UUID | None, limit: int
) -> list[StoredDocument]:
    """A member's documents, oldest first, after the one named."""
    query = _SELECT.where(documents.c.member == member).order_by(documents.c.id).limit(limit)
    if after is not None:
        query = query.where(documents.c.id > after)
    return [_read(row) for row in connection.execute(query)]


_ACCEPTED = (
    documents.c.id,
    documents.c.member,
    documents.c.statement,
    documents.c.secret,
    documents.c.fields,
    documents.c.leaf_hash,
    documents.c.record,
    documents.c.accepted_at,
)
_registrations = transactions.alias("registrations")
# A registration that was refused, or still may be, has made no record that could be named.
_registered = (
    select(operations.c.id)
    .join_from(operations, _registrations)
    .where(operations.c.document_id == documents.c.id, _registrations.c.state == State.FINAL)
    .correlate(documents)
    .exists()
    .label("registered")
)
_SELECT = select(documents, transactions.c.state, transactions.c.problem, _registered).join_from(
    documents.outerjoin(batches, documents.c.batch_id == batches.c.id),
    transactions,
    batches.c.transaction_id == transactions.c.id,
    isouter=True,
)


def _read(row: Row[Any]) -> StoredDocument:
    return StoredDocument(
        id=row.id,
        member=MemberId(row.member),
        opening=None
        if row.erased_at is not None
        else StoredOpening(row.statement, row.secret, row.fields),
        leaf_hash=Digest(row.leaf_hash),
        accepted_at=UnixTime(row.accepted_at),
        erased_at=None if row.erased_at is None else UnixTime(row.erased_at),
        batch_id=row.batch_id,
        leaf_index=row.leaf_index,
        record=RecordId(row.record) if row.registered else None,
        state=None if row.state is None else State(row.state),
        problem=row.problem,
    )

"""Bundles: documents that one request handed in together, and that one batch anchors together.

What is kept of their documents is flat: no row, and no object, is any one document's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from ledger.store import idempotency
from ledger.store.outbox import State
from ledger.store.schema import batches, bundles, transactions
from ledger.types import DIGEST_BYTES, MemberId, UnixTime

SIZE_BYTES = 8
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class StoredOpenings:
    """What opens the commitments of documents, in their order.

    digests: 32 bytes each. sizes: 8 bytes each, big-endian. secrets: 32 bytes each. All three are
    zeros for a document whose opening was erased: no document has no bytes.
    """

    digests: bytes = field(repr=False)
    sizes: bytes = field(repr=False)
    secrets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewBundle:
    """A bundle as it is accepted. leaves: the leaf hashes of its documents, 32 bytes each."""

    member: MemberId
    media_type: str
    openings: StoredOpenings
    leaves: bytes = field(repr=False)
    accepted_at: UnixTime


@dataclass(frozen=True, slots=True)
class StoredBundle:
    """An accepted bundle.

    size: number of its documents.
    first_leaf: where its leaves begin in its batch, which has them in the documents' order.
    state: how far the batch's transaction is; None while no batch holds the bundle.
    problem: why that transaction waits, as JSON; None while all is well.
    """

    id: UUID
    member: MemberId
    media_type: str
    size: int
    accepted_at: UnixTime
    batch_id: UUID | None = None
    first_leaf: int | None = None
    state: State | None = None
    problem: str | None = None


def add(connection: Connection, accepted: Iterable[tuple[UUID, NewBundle]]) -> None:
    """Keep accepted bundles, each under its id."""
    rows = [
        {
            "id": identifier,
            "member": bundle.member,
            "media_type": bundle.media_type,
            "size": len(bundle.leaves) // DIGEST_BYTES,
            "digests": bundle.openings.digests,
            "sizes": bundle.openings.sizes,
            "secrets": bundle.openings.secrets,
            "leaves": bundle.leaves,
            "accepted_at": bundle.accepted_at,
        }
        for identifier, bundle in accepted
    ]
    connection.execute(insert(bundles), rows)


def find(connection: Connection, member: MemberId, identifier: UUID) -> StoredBundle | None:
    """A member's bundle; None if this member has no such bundle."""
    query = _SELECT.where(bundles.c.id == identifier, bundles.c.member == member)
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def page(
    connection: Connection, member: MemberId, *, after: UUID | None, limit: int
) -> list[StoredBundle]:
    """A member's bundles, oldest first, after the one named."""
    query = _SELECT.where(bundles.c.member == member).order_by(bundles.c.id).limit(limit)
    if after is not None:
        query = query.where(bundles.c.id > after)
    return [_read(row) for row in connection.execute(query)]


def openings(connection: Connection, identifier: UUID) -> StoredOpenings:
    """What opens the commitments of all documents of a bundle."""
    query = select(bundles.c.digests, bundles.c.sizes, bundles.c.secrets)
    row = connection.execute(query.where(bundles.c.id == identifier)).one()
    return StoredOpenings(row.digests, row.sizes, row.secrets)


def opening(connection: Connection, identifier: UUID, index: int) -> StoredOpenings:
    """What opens the commitment of one document of a bundle, which must have one at the index."""
    query = select(
        _part(bundles.c.digests, index, DIGEST_BYTES).label("digest"),
        _part(bundles.c.sizes, index, SIZE_BYTES).label("size"),
        _part(bundles.c.secrets, index, _SECRET_BYTES).label("secret"),
    )
    row = connection.execute(query.where(bundles.c.id == identifier)).one()
    return StoredOpenings(bytes(row.digest), bytes(row.size), bytes(row.secret))


def erase(connection: Connection, identifier: UUID, index: int) -> None:
    """Forget what opens the commitment of one document of a bundle.

    Also what was asked for under the client's keys, whose fingerprints are made from the documents'
    digests, without a secret. While other documents of the bundle are left, the keys are taken all
    the same, so that a late retry does not have those anchored again.
    """
    mine = bundles.c.id == identifier
    query = select(bundles.c.digests, bundles.c.sizes, bundles.c.secrets)
    row = connection.execute(query.where(mine).with_for_update()).one()
    sizes = _without(row.sizes, index, SIZE_BYTES)
    connection.execute(
        update(bundles)
        .where(mine)
        .values(
            digests=_without(row.digests, index, DIGEST_BYTES),
            sizes=sizes,
            secrets=_without(row.secrets, index, _SECRET_BYTES),
        )
    )
    if any(sizes):
        idempotency.outdate(connection, identifier)
    else:
        idempotency.forget(connection, [identifier])


def _part(column: Any, index: int, length: int) -> Any:
    return func.substr(column, index * length + 1, length)


def _without(flat: bytes, index: int, length: int) -> bytes:
    start = index * length
    return flat[:start] + bytes(length) + flat[start + length :]


_FLAT = {"digests", "sizes", "secrets", "leaves"}
_SHOWN: list[ColumnElement[Any]] = [
    *(column for column in bundles.c if column.name not in _FLAT),
    transactions.c.state,
    transactions.c.problem,
]
_SELECT = select(*_SHOWN).join_from(
    bundles.outerjoin(batches, bundles.c.batch_id == batches.c.id),
    transactions,
    batches.c.transaction_id == transactions.c.id,
    isouter=True,
)


def _read(row: Row[Any]) -> StoredBundle:
    return StoredBundle(
        id=row.id,
        member=MemberId(row.member),
        media_type=row.media_type,
        size=row.size,
        accepted_at=UnixTime(row.accepted_at),
        batch_id=row.batch_id,
        first_leaf=row.first_leaf,
        state=None if row.state is None else State(row.state),
        problem=row.problem,
    )

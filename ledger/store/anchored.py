"""Everything that is kept about batches and their places on the chain, for deriving it anew."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from ledger.store.batches import Batch, StoredAnchor
from ledger.store.bundles import StoredOpenings
from ledger.store.documents import StoredOpening
from ledger.store.outbox import State
from ledger.store.schema import anchors, batches, bundles, documents, transactions
from ledger.types import Digest, MemberId

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """A batch with what is kept of its transaction and its anchor.

    transaction_hash, block_hash: where the chain was found to hold it; None before.
    anchor: the proof of it; None until it is final.
    """

    batch: Batch
    transaction: UUID
    state: State
    transaction_hash: bytes | None
    block_hash: bytes | None
    anchor: StoredAnchor | None


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document's place in a batch. opening: None once it was erased."""

    id: UUID
    leaf_index: int
    leaf_hash: Digest
    opening: StoredOpening | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """A bundle's place in a batch."""

    id: UUID
    member: MemberId
    media_type: str
    size: int
    first_leaf: int
    openings: StoredOpenings


def count(connection: Connection) -> int:
    """Number of batches."""
    return connection.execute(select(func.count()).select_from(batches)).scalar_one()


def batch_names(connection: Connection, *, after: UUID | None) -> list[UUID]:
    """A page of batches, oldest first, after the one named; empty at the end."""
    query = select(batches.c.id).order_by(batches.c.id).limit(_PAGE)
    if after is not None:
        query = query.where(batches.c.id > after)
    return list(connection.execute(query).scalars())


def get(connection: Connection, identifier: UUID) -> KeptBatch:
    """A batch."""
    query = (
        select(batches, transactions, anchors)
        .join_from(batches, transactions, batches.c.transaction_id == transactions.c.id)
        .join(anchors, anchors.c.batch_id == batches.c.id, isouter=True)
        .where(batches.c.id == identifier)
    )
    row = connection.execute(query).one()._mapping  # noqa: SLF001 - SQLAlchemy's public accessor
    anchor = None
    if row[anchors.c.batch_id] is not None:
        anchor = StoredAnchor(
            row[anchors.c.header],
            row[anchors.c.transaction_index],
            row[anchors.c.log_index],
            row[anchors.c.nodes],
        )
    return KeptBatch(
        Batch(
            identifier,
            MemberId(row[batches.c.member]),
            Digest(row[batches.c.root]),
            row[batches.c.size],
            row[batches.c.leaves],
        ),
        row[transactions.c.id],
        State(row[transactions.c.state]),
        row[transactions.c.hash],
        row[transactions.c.block_hash],
        anchor,
    )


def has_root(connection: Connection, member: MemberId, root: bytes) -> bool:
    """Whether a batch of the member has this root."""
    query = select(batches.c.id).where(batches.c.member == member, batches.c.root == root)
    return connection.execute(query.limit(1)).first() is not None


def documents_in(connection: Connection, batch: UUID) -> Iterator[KeptDocument]:
    """The documents of a batch, in the order of its leaves."""
    query = select(documents).where(documents.c.batch_id == batch).order_by(documents.c.leaf_index)
    rows = connection.execution_options(yield_per=_PAGE).execute(query)
    return (_read_document(row) for row in rows)


def bundles_in(connection: Connection, batch: UUID) -> Iterator[KeptBundle]:
    """The bundles of a batch, in the order of its leaves."""
    names = select(bundles.c.id).where(bundles.c.batch_id == batch).order_by(bundles.c.first_leaf)
    # One by one: each may be some megabytes.
    for name in connection.execute(names).scalars().all():
        row = connection.execute(select(bundles).where(bundles.c.id == name)).one()
        yield KeptBundle(
            row.id,
            MemberId(row.member),
            row.media_type,
            row.size,
            row.first_leaf,
            StoredOpenings(row.digests, row.sizes, row.secrets),
        )


def _read_document(row: Row[tuple[object, ...]]) -> KeptDocument:
    opening = None
    if row.erased_at is None:
        opening = StoredOpening(row.statement, row.secret, row.fields)
    return KeptDocument(row.id, row.leaf_index, Digest(row.leaf_hash), opening)

"""Batches of documents, and where they stand on the chain."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select

from ledger.store.schema import anchors, batches
from ledger.types import Digest, MemberId, UnixTime


@dataclass(frozen=True, slots=True)
class Batch:
    """The leaves of one anchored tree, 32 bytes each, in order."""

    id: UUID
    member: MemberId
    root: Digest
    size: int
    leaves: bytes


@dataclass(frozen=True, slots=True)
class StoredAnchor:
    """Proof that a final batch is on the chain.

    header: RLP of the block's header.
    transaction_index, log_index: of the receipt in the block, of the event in the receipt.
    nodes: RLP list of the trie nodes from the receipts root to the receipt.
    """

    header: bytes
    transaction_index: int
    log_index: int
    nodes: bytes


def add(connection: Connection, batch: Batch, transaction: UUID, now: UnixTime) -> None:
    """Keep a batch with the transaction that is to anchor it."""
    connection.execute(
        insert(batches).values(
            id=batch.id,
            member=batch.member,
            root=batch.root,
            size=batch.size,
            leaves=batch.leaves,
            transaction_id=transaction,
            created_at=now,
        )
    )


def leaves(connection: Connection, identifier: UUID) -> bytes:
    """The leaf hashes of a batch, 32 bytes each."""
    query = select(batches.c.leaves).where(batches.c.id == identifier)
    found: bytes = connection.execute(query).scalar_one()
    return found


def of_transaction(connection: Connection, transaction: UUID) -> Batch:
    """The batch that a transaction anchors."""
    query = select(batches).where(batches.c.transaction_id == transaction)
    return _read(connection.execute(query).one())


def add_anchor(connection: Connection, batch: UUID, anchor: StoredAnchor) -> None:
    """Keep the proof that a batch is on the chain."""
    connection.execute(
        insert(anchors).values(
            batch_id=batch,
            header=anchor.header,
            transaction_index=anchor.transaction_index,
            log_index=anchor.log_index,
            nodes=anchor.nodes,
        )
    )


def drop_anchor(connection: Connection, transaction: UUID) -> None:
    """Forget the proof of the batch that a transaction anchors: it is proved no more."""
    batch = select(batches.c.id).where(batches.c.transaction_id == transaction).scalar_subquery()
    connection.execute(delete(anchors).where(anchors.c.batch_id == batch))


def anchor(connection: Connection, batch: UUID) -> StoredAnchor | None:
    """The proof that a batch is on the chain; None until it is final."""
    row = connection.execute(select(anchors).where(anchors.c.batch_id == batch)).one_or_none()
    if row is None:
        return None
    return StoredAnchor(row.header, row.transaction_index, row.log_index, row.nodes)


def _read(row: Row[Any]) -> Batch:
    return Batch(row.id, MemberId(row.member), Digest(row.root), row.size, row.leaves)

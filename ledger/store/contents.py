"""What a transaction carries: the batch and its documents, or an operation."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from ledger.store.schema import batches, bundles, documents, operations


@dataclass(frozen=True, slots=True)
class Contents:
    """The names of what depends on one transaction.

    documents: of the batch, in order; those of bundles are not among them.
    """

    batch: UUID | None = None
    documents: tuple[UUID, ...] = ()
    bundles: tuple[UUID, ...] = ()
    operation: UUID | None = None


def of_operation(connection: Connection, transaction: UUID) -> Contents:
    """The operation that a transaction carries out; empty if there is none."""
    query = select(operations.c.id).where(operations.c.transaction_id == transaction)
    return Contents(operation=connection.execute(query).scalar_one_or_none())


def of_anchor(connection: Connection, transaction: UUID) -> Contents:
    """The batch that a transaction anchors, with what is in it; empty if there is none."""
    query = select(batches.c.id).where(batches.c.transaction_id == transaction)
    batch: UUID | None = connection.execute(query).scalar_one_or_none()
    if batch is None:
        return Contents()
    inside = select(documents.c.id).where(documents.c.batch_id == batch)
    whole = select(bundles.c.id).where(bundles.c.batch_id == batch)
    return Contents(
        batch,
        tuple(connection.execute(inside.order_by(documents.c.leaf_index)).scalars()),
        tuple(connection.execute(whole.order_by(bundles.c.first_leaf)).scalars()),
    )

"""Closes batches: gives waiting documents their places in a tree, and the tree a transaction."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from ledger.anchoring.observer import SILENT, ClosedBatch, Observer
from ledger.chain.notary import Notary
from ledger.merkle import MerkleTree
from ledger.store import batches, documents, outbox
from ledger.store.batches import Batch
from ledger.store.engine import Store
from ledger.store.ids import new_id
from ledger.types import MemberId, UnixTime


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """When a batch closes: at this many documents, or when the oldest waited this long."""

    max_documents: int
    max_age_seconds: int


class Batcher:
    """Closes the batches that are full or old enough."""

    def __init__(
        self, store: Store, notary: Notary, limits: BatchLimits, observer: Observer = SILENT
    ) -> None:
        self._store = store
        self._notary = notary
        self._limits = limits
        self._observer = observer

    def step(self, now: UnixTime) -> int:
        """Close what is to be closed. Returns the number of batches."""
        with self._store.reading() as connection:
            members = documents.members_waiting(connection)
        return sum(self._close(member, now) for member in members)

    def _close(self, member: MemberId, now: UnixTime) -> bool:
        with self._store.writing() as connection:
            waiting = documents.waiting(connection, member, self._limits.max_documents)
            if not waiting:
                return False
            full = len(waiting) == self._limits.max_documents
            if not full and now - waiting[0].accepted_at < self._limits.max_age_seconds:
                return False
            batch, transaction = self._enqueue(
                connection, member, b"".join(item.leaf_hash for item in waiting), now
            )
            documents.assign(connection, batch.id, waiting)
        placed = [item.id for item in waiting]
        self._observer.batched(ClosedBatch(batch.id, member, transaction, batch.size, placed, ()))
        return True

    def _enqueue(
        self, connection: Connection, member: MemberId, leaves: bytes, now: UnixTime
    ) -> tuple[Batch, UUID]:
        tree = MerkleTree(leaves)
        call = self._notary.anchor(tree.root, tree.size)
        transaction = outbox.enqueue(
            connection,
            member=member,
            purpose=outbox.Purpose.ANCHOR,
            recipient=call.to,
            data=call.data,
            now=now,
        )
        batch = Batch(new_id(), member, tree.root, tree.size, leaves)
        batches.add(connection, batch, transaction, now)
        return batch, transaction

"""Closes batches: gives what waits its places in a tree, and the tree a transaction.

Documents and bundles wait in one queue. A bundle is never divided: one that is larger than a batch
makes a batch by itself.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from ledger.anchoring.delays import delay_seconds
from ledger.anchoring.observer import SILENT, ClosedBatch, Observer
from ledger.chain.notary import Notary
from ledger.errors import TransportError
from ledger.merkle import MerkleTree
from ledger.store import batches, outbox, waiting
from ledger.store.batches import Batch
from ledger.store.engine import Store
from ledger.store.ids import new_id
from ledger.store.outbox import Overtaken
from ledger.store.waiting import BrokenEntry, Entry
from ledger.types import MemberId, UnixTime

_LOG = logging.getLogger(__name__)
_MOST_TURNS = 16  # of a member in one step


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """When a batch closes: at this many documents, or when the oldest waited this long."""

    max_documents: int
    max_age_seconds: int


@dataclass(frozen=True, slots=True)
class _Failed:
    """What could not go into a batch, the last time at `at`, and `tries` times before."""

    tries: int
    at: UnixTime


class Batcher:
    """Closes the batches that are full or old enough.

    A member's trouble is its own, and what is broken of what it waits for is passed over: it is
    told of, and tried again after a while.
    """

    def __init__(
        self, store: Store, notary: Notary, limits: BatchLimits, observer: Observer = SILENT
    ) -> None:
        self._store = store
        self._notary = notary
        self._limits = limits
        self._observer = observer
        self._failed: dict[MemberId | UUID, _Failed] = {}
        self._unanswered: set[MemberId] = set()

    def step(self, now: UnixTime) -> int:
        """Close what is to be closed. Returns the number of batches.

        Members take turns, batch by batch, so that one with a million documents holds nobody up;
        and it ends after some turns, so that what is closed already is sent meanwhile. Raises
        TransportError if the database does not answer, once the others had their turns if it is
        about one member: that one comes last the next time.
        """
        with self._store.reading() as connection:
            members = waiting.members(connection)
        members.sort(key=self._unanswered.__contains__)
        closed = 0
        trouble: list[TransportError] = []
        for _ in range(_MOST_TURNS):
            members = [member for member in members if self._answered(member, now, trouble)]
            closed += len(members)
            if not members:
                break
        if trouble:
            raise trouble[0]
        return closed

    def _answered(self, member: MemberId, now: UnixTime, trouble: list[TransportError]) -> bool:
        try:
            closed = self._close_alone(member, now)
        except TransportError as error:
            self._unanswered.add(member)
            trouble.append(error)
            if len(trouble) > 1:  # it is not about the members
                raise
            return False
        self._unanswered.discard(member)
        return closed

    def _close_alone(self, member: MemberId, now: UnixTime) -> bool:
        """Close a batch, unless another worker is about to. Whether one was closed."""
        with self._store.turn(f"batch:{member}") as mine:
            if not mine or self._rests(member, now):
                return False
            try:
                closed = self._close(member, now)
            except Overtaken as error:
                _LOG.info("a batch of %s is left to another worker: %s", member, error)
                return False
            except TransportError:
                raise
            except BrokenEntry as error:
                _LOG.error("%s: it is passed over", error)
                self._put_off(error.entry, now)
                self._observer.troubled("batching", error)
                return False
            except Exception as error:  # noqa: BLE001 - a defect met by one must not hold up others
                _LOG.exception("a batch of %s met a defect", member)
                self._put_off(member, now)
                self._observer.troubled("batching", error)
                return False
        self._failed.pop(member, None)
        return closed

    def _rests(self, what: MemberId | UUID, now: UnixTime) -> bool:
        failed = self._failed.get(what)
        # A clock that was set back does not make it longer.
        return failed is not None and failed.at <= now < failed.at + delay_seconds(failed.tries)

    def _put_off(self, what: MemberId | UUID, now: UnixTime) -> None:
        failed = self._failed.get(what)
        self._failed[what] = _Failed(0 if failed is None else failed.tries + 1, now)

    def _close(self, member: MemberId, now: UnixTime) -> bool:
        limit = self._limits.max_documents
        oldest = UnixTime(now - self._limits.max_age_seconds)
        # Looked at first without keeping what is accepted meanwhile from being kept.
        with self._store.reading() as connection:
            if not waiting.is_due(connection, member, leaves=limit, accepted_by=oldest, now=now):
                return False
        with self._store.writing() as connection:
            entries = waiting.entries(connection, member, limit + len(self._failed))
            whole = (entry for entry in entries if not self._rests(entry.id, now))
            chosen, full = _choose(whole, limit)
            if not chosen:
                return False
            if not full and oldest < chosen[0].accepted_at <= now:
                return False
            leaves = waiting.leaves(connection, chosen)
            batch, transaction = self._enqueue(connection, member, leaves, now)
            waiting.place(connection, batch.id, chosen)
        for entry in chosen if self._failed else ():  # what was broken is whole by now
            self._failed.pop(entry.id, None)
        placed = [entry.id for entry in chosen if not entry.is_bundle]
        bundles = [entry.id for entry in chosen if entry.is_bundle]
        self._observer.batched(
            ClosedBatch(batch.id, member, transaction, batch.size, placed, bundles)
        )
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


def _choose(entries: Iterable[Entry], most: int) -> tuple[list[Entry], bool]:
    """The entries that a batch takes, and whether it is full: whether anything is left over.

    The oldest is always among them, so that none that is passed over waits for ever.
    """
    chosen: list[Entry] = []
    size, full = 0, False
    for entry in entries:
        if chosen and size + entry.size > most:
            full = True
            continue
        chosen.append(entry)
        size += entry.size
        if size >= most:
            return chosen, True
    return chosen, full

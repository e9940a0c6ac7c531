"""When batches close, over documents and bundles alike, and who closes them."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select, update

from ledger.anchoring.batcher import Batcher, BatchLimits
from ledger.store import batches, bundles, documents
from ledger.store.batches import Batch
from ledger.store.bundles import NewBundle, StoredOpenings
from ledger.store.documents import NewDocument, StoredOpening
from ledger.store.engine import Store, open_store
from ledger.store.failures import DatabaseUnreachable
from ledger.store.ids import new_id
from ledger.store.migrations import upgrade
from ledger.store.schema import batches as batch_table
from ledger.store.schema import bundles as bundle_table
from ledger.store.schema import documents as document_table
from ledger.types import Digest, MemberId, UnixTime
from tests.support.consortium import Consortium

MEMBER = MemberId("lei:A")
NOW = 1_800_000_000
LIMITS = BatchLimits(max_documents=10, max_age_seconds=5)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    upgrade(opened)
    yield opened
    opened.close()


class Queue:
    """A queue that is filled and emptied by hand."""

    def __init__(self, store: Store, consortium: Consortium) -> None:
        self.store = store
        self.batcher = Batcher(store, consortium.notary, LIMITS)

    def documents(self, count: int, at: int = 0, member: MemberId = MEMBER) -> None:
        opening = StoredOpening(b"{}", bytes(32), None)
        now = UnixTime(NOW + at)
        with self.store.writing() as connection:
            documents.add(
                connection,
                [
                    (new_id(), NewDocument(member, opening, Digest(os.urandom(32)), None, now))
                    for _ in range(count)
                ],
            )

    def bundle(self, size: int, at: int = 0, member: MemberId = MEMBER) -> None:
        openings = StoredOpenings(bytes(32 * size), bytes(8 * size), bytes(32 * size))
        leaves = os.urandom(32 * size)
        kept = NewBundle(member, "text/plain", openings, leaves, UnixTime(NOW + at))
        with self.store.writing() as connection:
            bundles.add(connection, [(new_id(), kept)])

    def close(self, at: int = 0) -> int:
        return self.batcher.step(UnixTime(NOW + at))

    def sizes(self) -> list[int]:
        with self.store.reading() as connection:
            query = select(batch_table.c.size).order_by(batch_table.c.id)
            return list(connection.execute(query).scalars())


@pytest.fixture
def queue(store: Store, consortium: Consortium) -> Queue:
    return Queue(store, consortium)


def test_what_does_not_fill_a_batch_waits_until_the_oldest_is_old_enough(queue: Queue) -> None:
    assert queue.close() == 0
    queue.bundle(3)
    queue.documents(2, at=4)
    assert [queue.close(at) for at in (0, 4, 5, 6)] == [0, 0, 1, 0]
    queue.documents(1, at=10)
    queue.bundle(4, at=14)
    assert [queue.close(at) for at in (14, 15, 16)] == [0, 1, 0]
    assert queue.sizes() == [5, 5]


def test_documents_and_bundles_fill_a_batch_together(queue: Queue) -> None:
    queue.documents(3)
    queue.bundle(4)
    queue.documents(2)
    assert queue.close() == 0
    queue.bundle(1)
    assert queue.close() == 1
    assert queue.sizes() == [10]


@pytest.mark.parametrize("size", [10, 11, 500])
def test_a_bundle_that_is_as_large_as_a_batch_or_larger_closes_at_once(
    queue: Queue, size: int
) -> None:
    queue.bundle(size)
    queue.documents(1)
    assert queue.close() == 1
    assert queue.sizes() == [size]
    assert queue.close(at=5) == 1


def test_what_does_not_fit_is_passed_over_once_and_comes_next(queue: Queue) -> None:
    queue.documents(1)
    queue.bundle(12)
    queue.bundle(6)
    queue.bundle(6)
    queue.documents(2)
    assert queue.close(at=4) == 2
    assert queue.sizes() == [9, 12]
    assert queue.close(at=5) == 1
    assert queue.sizes() == [9, 12, 6]


def test_many_full_batches_close_in_one_step_and_members_take_turns(queue: Queue) -> None:
    other = MemberId("lei:B")
    queue.documents(200)
    queue.documents(10, member=other)
    assert queue.close() == 17
    with queue.store.reading() as connection:
        query = select(batch_table.c.member).order_by(batch_table.c.id).limit(2)
        assert list(connection.execute(query).scalars()) == [MEMBER, other]
    assert queue.close() == 4
    assert queue.sizes() == [10] * 21


class Hasty(Store):
    """A store on which everybody has every turn."""

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:
        assert name.startswith("batch:")
        yield True


def test_workers_at_the_same_time_give_every_leaf_one_place(
    store: Store, store_url: str, consortium: Consortium
) -> None:
    workers = 3
    filling = Queue(store, consortium)
    for _ in range(20):
        filling.documents(7)
        filling.bundle(3)
        filling.bundle(11)
    opened = [open_store(store_url) for _ in range(workers)]
    start = threading.Barrier(workers)

    def work(queue: Queue) -> None:
        start.wait()
        while queue.close(at=60):
            pass

    queues = [Queue(Hasty(each.database), consortium) for each in opened]
    threads = [threading.Thread(target=work, args=(queue,)) for queue in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in opened:
        each.close()
    while filling.close(at=60):  # what was left to a worker that left it to this one
        pass
    assert sum(filling.sizes()) == 20 * (7 + 3 + 11)
    check_places(store)


def check_places(store: Store) -> None:
    """Every document and bundle stands where it is said to stand, and nothing stands twice."""
    with store.reading() as connection:
        found = {row.id: row for row in connection.execute(select(batch_table))}
        taken: list[tuple[object, int]] = []
        for row in connection.execute(select(document_table)):
            leaf = found[row.batch_id].leaves[32 * row.leaf_index :][:32]
            assert leaf == row.leaf_hash
            taken.append((row.batch_id, row.leaf_index))
        for row in connection.execute(select(bundle_table)):
            taken += [(row.batch_id, row.first_leaf + index) for index in range(row.size)]
    places = {(batch, index) for batch, row in found.items() for index in range(row.size)}
    assert len(taken) == len(places)
    assert set(taken) == places


@pytest.mark.parametrize("bundled", [False, True])
def test_what_a_clock_that_was_ahead_has_accepted_does_not_wait_for_that_time(
    queue: Queue, *, bundled: bool
) -> None:
    if bundled:
        queue.bundle(3, at=3600)
    else:
        queue.documents(3, at=3600)
    assert queue.close() == 1
    assert queue.sizes() == [3]


class Troubles:
    """An observer that keeps the troubles it hears of."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def troubled(self, part: str, error: Exception) -> None:
        self.heard.append((part, str(error)))

    def __getattr__(self, _name: str) -> Any:
        return lambda *_arguments, **_named: None


@pytest.mark.parametrize("table", [document_table, bundle_table], ids=["document", "bundle"])
def test_what_cannot_be_batched_holds_up_no_other_member_and_is_told_of(
    queue: Queue, consortium: Consortium, table: Table
) -> None:
    column = table.c.leaf_hash if table is document_table else table.c.leaves
    queue.documents(1) if table is document_table else queue.bundle(2)
    with queue.store.writing() as connection:
        connection.execute(update(table).values({column: b"too short"}))
    queue.documents(10, member=MemberId("lei:B"))
    observer = Troubles()
    queue.batcher = Batcher(queue.store, consortium.notary, LIMITS, observer)
    assert queue.close(at=5) == 1
    assert queue.sizes() == [10]
    assert [part for part, _ in observer.heard] == ["batching"]
    assert "32 bytes" in observer.heard[0][1]
    for _ in range(10):
        queue.close(at=5)
    assert len(observer.heard) == 1, "it is tried again after a while only"
    queue.close(at=10)
    queue.close(at=6)
    assert len(observer.heard) == 3, "and soon by a clock that was set back"
    queue.documents(10)
    assert queue.close(at=6) == 1, "the member's other documents go on"
    whole = bytes(32 if table is document_table else 64)
    with queue.store.writing() as connection:
        waits = update(table).where(table.c.batch_id.is_(None))
        connection.execute(waits.values({column: whole}))
    assert queue.close(at=100) == 1
    assert len(observer.heard) == 3


def test_a_database_that_fails_one_member_fails_no_other(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for member in ("lei:A", "lei:B", "lei:C"):
        queue.documents(10, member=MemberId(member))
    genuine = batches.add
    broken = {"lei:A"}

    def add(connection: Connection, batch: Batch, *rest: Any) -> None:
        if batch.member in broken:  # as of a statement that took too long
            raise DatabaseUnreachable("canceling statement due to statement timeout")
        genuine(connection, batch, *rest)

    monkeypatch.setattr(batches, "add", add)
    with pytest.raises(DatabaseUnreachable):
        queue.close(at=5)
    assert queue.sizes() == [10, 10]
    queue.documents(10, member=MemberId("lei:C"))
    broken |= {"lei:B", "lei:C"}
    with pytest.raises(DatabaseUnreachable):
        queue.close(at=5)
    assert queue.sizes() == [10, 10]
    broken.clear()
    assert queue.close(at=5) == 2
    assert queue.sizes() == [10, 10, 10, 10]

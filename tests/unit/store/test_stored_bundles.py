import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from ledger.store import batches, bundles, documents, idempotency, outbox, waiting
from ledger.store.batches import Batch
from ledger.store.bundles import NewBundle, StoredOpenings
from ledger.store.documents import NewDocument, StoredOpening
from ledger.store.engine import Store, open_store
from ledger.store.idempotency import AcceptedBefore, KeyName
from ledger.store.ids import new_id
from ledger.store.migrations import upgrade
from ledger.store.outbox import Overtaken, Purpose
from ledger.store.waiting import Entry
from ledger.types import Address, Digest, MemberId, UnixTime

MEMBER, OTHER = MemberId("lei:A"), MemberId("lei:B")
NOW = UnixTime(1_800_000_000)
MANY = 10**6


@dataclass(frozen=True)
class Kept:
    """A bundle as it was kept."""

    id: UUID
    bundle: NewBundle


def keep_bundle(store: Store, size: int, member: MemberId = MEMBER) -> Kept:
    flat = StoredOpenings(os.urandom(32 * size), os.urandom(8 * size), os.urandom(32 * size))
    kept = Kept(new_id(), NewBundle(member, "text/plain", flat, os.urandom(32 * size), NOW))
    with store.writing() as connection:
        bundles.add(connection, [(kept.id, kept.bundle)])
    return kept


def keep_documents(store: Store, count: int, member: MemberId = MEMBER) -> list[UUID]:
    opening = StoredOpening(b"{}", bytes(32), None)
    kept = [
        (new_id(), NewDocument(member, opening, Digest(os.urandom(32)), None, NOW))
        for _ in range(count)
    ]
    with store.writing() as connection:
        documents.add(connection, kept)
    return [identifier for identifier, _ in kept]


def waits(store: Store, member: MemberId = MEMBER, limit: int = MANY) -> list[Entry]:
    with store.reading() as connection:
        return list(waiting.entries(connection, member, limit))


def place(store: Store, entries: list[Entry], member: MemberId = MEMBER) -> Batch:
    with store.writing() as connection:
        leaves = waiting.leaves(connection, entries)
        transaction = outbox.enqueue(
            connection,
            member=member,
            purpose=Purpose.ANCHOR,
            recipient=Address("0x" + "00" * 20),
            data=b"",
            now=NOW,
        )
        batch = Batch(new_id(), member, Digest(os.urandom(32)), len(leaves) // 32, leaves)
        batches.add(connection, batch, transaction, NOW)
        waiting.place(connection, batch.id, entries)
    return batch


def test_a_bundle_is_found_again_by_its_member_only(store: Store) -> None:
    kept = keep_bundle(store, 3)
    with store.reading() as connection:
        found = bundles.find(connection, MEMBER, kept.id)
        assert bundles.find(connection, OTHER, kept.id) is None
        openings = bundles.openings(connection, kept.id)
    assert found is not None
    assert (found.id, found.size, found.media_type) == (kept.id, 3, "text/plain")
    assert (found.accepted_at, found.state, found.batch_id) == (NOW, None, None)
    assert openings == kept.bundle.openings


def test_bundles_are_listed_oldest_first_and_none_of_another_member(store: Store) -> None:
    kept = [keep_bundle(store, 1).id for _ in range(3)]
    keep_bundle(store, 1, OTHER)
    with store.reading() as connection:
        found = bundles.page(connection, MEMBER, after=None, limit=2)
        rest = bundles.page(connection, MEMBER, after=found[-1].id, limit=2)
    assert [bundle.id for bundle in (*found, *rest)] == kept


def test_one_opening_is_a_part_of_all(store: Store) -> None:
    kept = keep_bundle(store, 5)
    flat = kept.bundle.openings
    for index in range(5):
        with store.reading() as connection:
            found = bundles.opening(connection, kept.id, index)
        assert found == StoredOpenings(
            flat.digests[32 * index :][:32],
            flat.sizes[8 * index :][:8],
            flat.secrets[32 * index :][:32],
        )


def test_erasing_zeroes_one_opening_alone_and_forgets_what_was_asked_for(
    store: Store,
) -> None:
    kept, other = keep_bundle(store, 4), keep_bundle(store, 3)
    names = [(MEMBER, "mine"), (MEMBER, "again"), (MEMBER, "other")]
    with store.writing() as connection:
        accepted = [AcceptedBefore(b"f" * 32, one) for one in (kept.id, kept.id, other.id)]
        idempotency.add(
            connection, [(name, one, NOW) for name, one in zip(names, accepted, strict=True)]
        )
    gone: set[int] = set()
    for index in (0, 3, 1, 1):
        gone.add(index)
        with store.writing() as connection:
            bundles.erase(connection, kept.id, index)
        with store.reading() as connection:
            found = [bundles.opening(connection, kept.id, each) for each in range(4)]
            assert bundles.openings(connection, other.id) == other.bundle.openings
        nothing = StoredOpenings(bytes(32), bytes(8), bytes(32))
        assert {each for each in range(4) if found[each] == nothing} == gone
        assert fingerprints(store, names, kept.id).isdisjoint({b"f" * 32})
        assert fingerprints(store, names, other.id) == {b"f" * 32}
    with store.writing() as connection:
        bundles.erase(connection, kept.id, 2)
    with store.reading() as connection:
        assert list(idempotency.find(connection, names)) == [(MEMBER, "other")]


def fingerprints(store: Store, names: list[KeyName], resource: UUID) -> set[bytes]:
    """Of the keys that led to a resource, at least one."""
    with store.reading() as connection:
        found = idempotency.find(connection, names).values()
    kept = {one.fingerprint for one in found if one.resource_id == resource}
    assert kept
    return kept


def test_documents_and_bundles_wait_in_the_order_in_which_they_came(store: Store) -> None:
    first = keep_documents(store, 2)
    one = keep_bundle(store, 3)
    second = keep_documents(store, 1)
    other = keep_bundle(store, 1)
    keep_documents(store, 1, OTHER)
    found = waits(store)
    assert [entry.id for entry in found] == [*first, one.id, *second, other.id]
    assert [entry.size for entry in found] == [1, 1, 3, 1, 1]
    assert [entry.is_bundle for entry in found] == [False, False, True, False, True]
    assert {entry.accepted_at for entry in found} == {NOW}
    assert waits(store, limit=3) == found[:3]


def test_what_is_in_a_batch_waits_no_more_and_has_its_leaves_there(store: Store) -> None:
    (document,) = keep_documents(store, 1)
    one, other = keep_bundle(store, 3), keep_bundle(store, 2)
    late = keep_documents(store, 2)
    entries = waits(store)[:3]
    batch = place(store, entries)
    assert [entry.id for entry in waits(store)] == late
    assert batch.leaves[32:] == one.bundle.leaves + other.bundle.leaves
    with store.reading() as connection:
        found = documents.find(connection, MEMBER, document)
        assert found is not None
        assert (found.batch_id, found.leaf_index) == (batch.id, 0)
        places = []
        for kept in (one, other):
            bundle = bundles.find(connection, MEMBER, kept.id)
            assert bundle is not None
            places.append((bundle.batch_id, bundle.first_leaf))
        assert places == [(batch.id, 1), (batch.id, 4)]
        kept_twice = connection.execute(text("SELECT max(length(leaves)) FROM bundles"))
        assert kept_twice.scalar_one() == 0


@pytest.mark.parametrize("of_bundle", [False, True], ids=["document", "bundle"])
def test_nothing_gets_two_places(store: Store, *, of_bundle: bool) -> None:
    keep_documents(store, 2)
    keep_bundle(store, 2)
    entries = waits(store)
    place(store, [entry for entry in entries if entry.is_bundle == of_bundle][:1])
    left = waits(store)
    with pytest.raises(Overtaken):
        place(store, entries)
    assert waits(store) == left
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM batches")).scalar_one() == 1


def test_members_that_wait_are_found_once_each(store: Store) -> None:
    with store.reading() as connection:
        assert waiting.members(connection) == []
    third = MemberId("lei:C")
    keep_documents(store, 2, third)
    keep_documents(store, 1)
    keep_bundle(store, 1)
    keep_bundle(store, 1, OTHER)
    with store.reading() as connection:
        assert waiting.members(connection) == [MEMBER, OTHER, third]
    place(store, waits(store))
    with store.reading() as connection:
        assert waiting.members(connection) == [OTHER, third]


def test_what_waits_is_found_by_indexes_that_hold_nothing_else(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    upgrade(store)
    keep_documents(store, 3)
    keep_bundle(store, 1)
    asked: list[tuple[str, Any]] = []
    with store.reading() as connection:
        event.listen(
            connection,
            "before_cursor_execute",
            lambda _c, _k, statement, parameters, *_: asked.append((statement, parameters)),
        )
        waiting.members(connection)
        list(waiting.entries(connection, MEMBER, 10))
        plans = [
            row[3]
            for statement, parameters in tuple(asked)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    store.close()
    searches = [plan for plan in plans if plan.startswith(("SEARCH", "SCAN"))]
    assert searches
    assert all("_waiting (member" in plan for plan in searches), plans
    assert not any("TEMP B-TREE" in plan for plan in plans), plans


def is_due(store: Store, leaves: int) -> bool:
    """Whether so many leaves wait, of which none is old."""
    by, now = UnixTime(0), UnixTime(NOW + 9)
    with store.reading() as connection:
        return waiting.is_due(connection, MEMBER, leaves=leaves, accepted_by=by, now=now)


def test_a_batch_is_due_when_as_many_leaves_wait_and_not_before(store: Store) -> None:
    keep_bundle(store, 3)
    keep_documents(store, 4)
    keep_bundle(store, 2)
    assert [leaves for leaves in range(1, 12) if is_due(store, leaves)] == list(range(1, 10))


def test_whether_a_batch_is_due_costs_no_more_however_much_waits(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    upgrade(store)
    steps: list[int] = []

    def count_steps(driver: sqlite3.Connection, _record: object) -> None:
        driver.set_progress_handler(lambda: steps.append(1), 10)

    event.listen(store.engine, "connect", count_steps)
    store.engine.dispose()

    def steps_of(leaves: int) -> int:
        assert is_due(store, leaves)
        steps.clear()
        assert is_due(store, leaves)
        return len(steps)

    keep_documents(store, 50)
    few = steps_of(leaves=20)
    keep_documents(store, 3000)
    assert steps_of(leaves=20) <= few + 2
    store.close()

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select

from ledger.errors import Conflict
from ledger.services.acceptance import Accepted, Submission, accepting
from ledger.store import documents
from ledger.store.documents import NewDocument, StoredOpening
from ledger.store.engine import Store, open_store
from ledger.store.group_commit import GroupCommit
from ledger.store.idempotency import IdempotencyKey
from ledger.store.migrations import upgrade
from ledger.store.schema import documents as table
from ledger.types import Digest, MemberId, UnixTime

MEMBER = MemberId("org:some-member")
SECONDS = 30
DOCUMENT = NewDocument(
    MEMBER, StoredOpening(b"{}", b"s" * 32, None), Digest(b"c" * 32), None, UnixTime(1)
)


def keep(connection: Connection, new: Sequence[tuple[UUID, Submission[NewDocument]]]) -> None:
    documents.add(connection, [(given, one.item) for given, one in new])


ACCEPT = accepting(keep)


@pytest.fixture
def stores(store_url: str) -> Iterator[tuple[Store, Store]]:
    """Two processes on one database, as far as the database can tell."""
    one, other = open_store(store_url), open_store(store_url)
    upgrade(one)
    yield one, other
    one.close()
    other.close()


def submission(key: str | None, content: bytes = b"f" * 32) -> Submission[NewDocument]:
    named = None if key is None else IdempotencyKey(key, content)
    return Submission(MEMBER, named, UnixTime(1), DOCUMENT)


def kept(store: Store) -> int:
    with store.reading() as connection:
        count: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return count


def outcome(future: "Future[Accepted]") -> Any:
    error = future.exception(SECONDS)
    return future.result() if error is None else error


def test_the_second_of_two_in_one_group_finds_the_first(stores: tuple[Store, Store]) -> None:
    sent = [submission("a"), submission("a"), submission(None), submission("a", b"g" * 32)]
    with stores[0].writing() as connection:
        first, second, unnamed, other = ACCEPT(connection, sent)
    assert isinstance(first, Accepted)
    assert first.is_new
    assert second == Accepted(first.id, is_new=False)
    assert isinstance(unnamed, Accepted)
    assert unnamed.is_new
    assert isinstance(other, Conflict)
    assert kept(stores[0]) == 2


def test_ids_grow_in_the_order_of_the_commits(stores: tuple[Store, Store]) -> None:
    intake = GroupCommit(stores[0])
    futures = [intake.submit(ACCEPT, submission(None)) for _ in range(300)]
    ids = [future.result(SECONDS).id for future in futures]
    intake.stop()
    assert ids == sorted(ids)
    assert kept(stores[0]) == 300


def test_the_same_key_in_two_processes_at_once_leads_to_one_document(
    stores: tuple[Store, Store],
) -> None:
    intakes = [GroupCommit(store) for store in stores]
    for number in range(20):
        same = [intake.submit(ACCEPT, submission(f"key {number}")) for intake in intakes * 3]
        found = [outcome(future) for future in same]
        assert len({accepted.id for accepted in found}) == 1
        assert sum(accepted.is_new for accepted in found) == 1
        assert kept(stores[0]) == number + 1
    for intake in intakes:
        intake.stop()


def test_one_key_for_two_requests_in_two_processes_at_once_is_a_conflict_for_one(
    stores: tuple[Store, Store],
) -> None:
    intakes = [GroupCommit(store) for store in stores]
    for number in range(10):
        futures = [
            intake.submit(ACCEPT, submission(f"key {number}", content * 32))
            for intake, content in zip(intakes, (b"f", b"g"), strict=True)
        ]
        found = [outcome(future) for future in futures]
        assert sorted(type(one).__name__ for one in found) == ["Accepted", "Conflict"]
    for intake in intakes:
        intake.stop()
    assert kept(stores[0]) == 10


def test_any_number_of_rows_is_kept_whole(stores: tuple[Store, Store]) -> None:
    total = 0
    for count in (1, 3, 4, 15, 63, 64, 65, 255, 257, 341):
        with stores[0].writing() as connection:
            ACCEPT(connection, [submission(f"{count}/{number}") for number in range(count)])
        total += count
        assert kept(stores[0]) == total

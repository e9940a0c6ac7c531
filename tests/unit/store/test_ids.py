import threading
import time
import uuid

import pytest

from ledger.store.ids import new_id


def test_ids_are_uuid_version_7_of_this_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_grow_within_a_millisecond() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert {(item.version, item.variant) for item in ids} == {(7, uuid.RFC_4122)}


def test_ids_grow_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = new_id()
    behind = time.time_ns() - 3600 * 10**9
    monkeypatch.setattr("time.time_ns", lambda: behind)
    assert before < new_id() < new_id()


def test_ids_of_many_threads_differ_and_grow_in_each() -> None:
    made: list[list[uuid.UUID]] = [[] for _ in range(4)]
    threads = [
        threading.Thread(target=lambda ids: ids.extend(new_id() for _ in range(2_000)), args=[ids])
        for ids in made
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ids == sorted(ids) for ids in made)
    assert len({item for ids in made for item in ids}) == 8_000

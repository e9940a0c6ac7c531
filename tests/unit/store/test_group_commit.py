import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, event, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from ledger.errors import Conflict, Refusal, TransportError
from ledger.store.engine import Store, open_store
from ledger.store.failures import DatabaseUnreachable, StorageFull
from ledger.store.group_commit import GroupCommit, Overloaded
from ledger.store.migrations import upgrade
from ledger.store.schema import idempotency_keys

SECONDS = 20
RUN = """
import itertools, sys
from tests.unit.store.test_group_commit import keep_names
from ledger.store.engine import open_store
from ledger.store.failures import DatabaseUnreachable, StorageFull
from ledger.store.group_commit import GroupCommit

intake = GroupCommit(open_store(sys.argv[1]))
for number in itertools.count(step=3):
    waiting = [(n, intake.submit(keep_names, f"n{n}")) for n in range(number, number + 3)]
    for n, future in waiting:
        print(future.result(), flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/ledger.db")
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def intake(store: Store) -> Iterator[GroupCommit]:
    made = GroupCommit(store)
    yield made
    made.stop()


def keep_names(connection: Connection, names: Sequence[str]) -> list[str | Refusal]:
    """What is called no… is refused; a name that stands already contradicts the database."""
    kept = [name for name in names if not name.startswith("no")]
    if kept:
        row = {"member": "org:a", "fingerprint": bytes(32), "resource_id": uuid.UUID(int=1)}
        rows = [{**row, "key": name, "created_at": 1} for name in kept]
        connection.execute(insert(idempotency_keys), rows)
    if any(name.startswith("defect") for name in names):
        raise ZeroDivisionError
    return [Conflict(name) if name.startswith("no") else name for name in names]


def kept_names(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(select(idempotency_keys.c.key)).scalars())


def outcome(future: "Future[Any]") -> object:
    error = future.exception(SECONDS)
    return future.result() if error is None else type(error)


class Gate:
    """Holds the writing thread, so that what is submitted meanwhile becomes one group."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.entered = threading.Event()
        self.opened = threading.Event()

    def hold(self, _connection: Connection, items: Sequence[None]) -> list[None]:
        self.entered.set()
        assert self.opened.wait(SECONDS)
        return list(items)

    def count(self, _connection: Connection, items: Sequence[int]) -> list[int]:
        self.groups.append(len(items))
        return list(items)

    def hold_up(self, intake: GroupCommit) -> "Future[None]":
        held = intake.submit(self.hold, None)
        assert self.entered.wait(SECONDS)
        return held


def test_what_is_answered_is_in_the_database(store: Store, intake: GroupCommit) -> None:
    assert intake.submit(keep_names, "one").result(SECONDS) == "one"
    assert kept_names(store) == ["one"]


def test_what_waits_is_kept_in_one_transaction(intake: GroupCommit) -> None:
    gate = Gate()
    gate.hold_up(intake)
    futures = [intake.submit(gate.count, number) for number in range(50)]
    assert intake.waiting == 51
    gate.opened.set()
    assert [future.result(SECONDS) for future in futures] == list(range(50))
    assert gate.groups == [50]
    assert intake.waiting == 0


def test_a_group_takes_no_more_than_its_bound(store: Store) -> None:
    gate, intake = Gate(), GroupCommit(store, max_group=20)
    gate.hold_up(intake)
    futures = [intake.submit(gate.count, number, weight=5) for number in range(10)]
    gate.opened.set()
    assert [future.result(SECONDS) for future in futures] == list(range(10))
    assert gate.groups == [4, 4, 2]
    intake.stop()


def test_a_refused_item_is_refused_and_its_company_is_kept(
    store: Store, intake: GroupCommit
) -> None:
    gate = Gate()
    gate.hold_up(intake)
    futures = [intake.submit(keep_names, name) for name in ("a", "no", "b")]
    gate.opened.set()
    assert [outcome(future) for future in futures] == ["a", Conflict, "b"]
    assert sorted(kept_names(store)) == ["a", "b"]


def test_one_item_that_cannot_be_kept_does_not_spoil_the_others(
    store: Store, intake: GroupCommit
) -> None:
    gate = Gate()
    gate.hold_up(intake)
    futures = [intake.submit(keep_names, name) for name in ("a", "a", "defect", "b")]
    gate.opened.set()
    assert [outcome(future) for future in futures] == ["a", IntegrityError, ZeroDivisionError, "b"]
    assert sorted(kept_names(store)) == ["a", "b"]
    assert intake.submit(keep_names, "c").result(SECONDS) == "c"


def test_one_result_too_few_is_a_defect_and_keeps_nothing(
    store: Store, intake: GroupCommit
) -> None:
    def forget_one(connection: Connection, names: Sequence[str]) -> list[str | Refusal]:
        return keep_names(connection, names)[1:]

    assert outcome(intake.submit(forget_one, "a")) is AssertionError
    assert kept_names(store) == []


def test_what_another_process_was_faster_with_is_looked_up_again(
    store: Store, intake: GroupCommit
) -> None:
    seen = []

    def find_or_keep(connection: Connection, names: Sequence[str]) -> Sequence[str | Refusal]:
        seen.append(names)
        if len(seen) == 1:
            raise IntegrityError("a row that stands since", None, ValueError())
        return keep_names(connection, names)

    assert intake.submit(find_or_keep, "a").result(SECONDS) == "a"
    assert seen == [["a"], ["a"]]
    assert kept_names(store) == ["a"]


@pytest.fixture
def impatient(store: Store) -> Store:
    event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
    store.engine.dispose()
    return store


def test_a_locked_database_fails_all_that_waits_and_keeps_nothing_of_it(impatient: Store) -> None:
    intake = GroupCommit(impatient)
    other = sqlite3.connect(str(impatient.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    futures = [intake.submit(keep_names, name) for name in ("a", "b")]
    assert [outcome(future) for future in futures] == [DatabaseUnreachable] * 2
    other.execute("ROLLBACK")
    other.close()
    assert kept_names(impatient) == []
    assert intake.submit(keep_names, "c").result(SECONDS) == "c"
    intake.stop()


def test_a_full_disk_fails_all_that_waits_and_keeps_nothing_of_it(store: Store) -> None:
    def fill(raw: sqlite3.Connection, _record: object) -> None:
        [pages] = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(store.engine, "connect", fill)
    store.engine.dispose()
    intake, gate = GroupCommit(store), Gate()
    gate.hold_up(intake)
    futures = [intake.submit(keep_names, f"{number:0100}") for number in range(200)]
    gate.opened.set()
    assert {outcome(future) for future in futures} == {StorageFull}
    assert kept_names(store) == []
    intake.stop()


def test_more_than_may_wait_is_refused_at_once_and_keeps_nothing(store: Store) -> None:
    gate, intake = Gate(), GroupCommit(store, max_waiting=3)
    held = gate.hold_up(intake)
    kept = [intake.submit(keep_names, name) for name in ("a", "b")]
    with pytest.raises(Overloaded, match="too many requests at once"):
        intake.submit(keep_names, "c")
    gate.opened.set()
    assert held.result(SECONDS) is None
    assert [future.result(SECONDS) for future in kept] == ["a", "b"]
    assert intake.submit(keep_names, "c").result(SECONDS) == "c"
    intake.stop()


def test_an_item_larger_than_all_that_may_wait_is_kept_when_it_comes_alone(store: Store) -> None:
    intake = GroupCommit(store, max_waiting=3)
    assert intake.submit(keep_names, "a", weight=10).result(SECONDS) == "a"
    intake.stop()


def test_stopping_keeps_what_waits_and_takes_nothing_more(store: Store) -> None:
    gate, intake = Gate(), GroupCommit(store, max_group=2)
    gate.hold_up(intake)
    futures = [intake.submit(keep_names, f"n{number}") for number in range(5)]
    stopping = threading.Thread(target=intake.stop)
    stopping.start()
    gate.opened.set()
    stopping.join(SECONDS)
    assert not stopping.is_alive()
    assert [future.result(0) for future in futures] == [f"n{number}" for number in range(5)]
    with pytest.raises(TransportError, match="stopping"):
        intake.submit(keep_names, "late")
    intake.stop()


def test_stopping_what_never_began_takes_no_thread(store: Store) -> None:
    before = threading.active_count()
    GroupCommit(store).stop()
    assert threading.active_count() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_a_defect_ends_leaves_nobody_waiting(store: Store) -> None:
    gate, intake = Gate(), GroupCommit(store, max_group=2)

    def end_thread(_connection: Connection, _items: Sequence[None]) -> list[None]:
        raise SystemExit(1)

    gate.hold_up(intake)
    futures = [intake.submit(end_thread, None) for _ in range(5)]
    gate.opened.set()
    for future in futures:
        assert isinstance(future.exception(SECONDS), TransportError)
    with pytest.raises(TransportError):
        intake.submit(keep_names, "late")
    intake.stop()


def test_who_stops_waiting_hinders_nobody(intake: GroupCommit) -> None:
    gate = Gate()
    gate.hold_up(intake)
    left, stays = intake.submit(keep_names, "left"), intake.submit(keep_names, "stays")
    assert left.cancel()
    gate.opened.set()
    assert stays.result(SECONDS) == "stays"


def test_every_commit_is_told_and_trouble_with_that_hinders_nobody(
    intake: GroupCommit,
) -> None:
    told = []

    def tell(requests: int) -> None:
        told.append(requests)
        raise RuntimeError

    intake.when_kept(tell)
    assert intake.submit(keep_names, "a").result(SECONDS) == "a"
    assert outcome(intake.submit(keep_names, "no")) is Conflict
    assert intake.submit(keep_names, "b").result(SECONDS) == "b"
    intake.stop()
    assert told == [1, 1]


def test_trouble_with_telling_how_long_a_commit_took_keeps_nothing_twice(
    store: Store, intake: GroupCommit
) -> None:
    def keep_anew(connection: Connection, names: Sequence[str]) -> Sequence[str | Refusal]:
        keep_names(connection, [f"{name} {uuid.uuid4()}" for name in names])
        return list(names)

    def tell(_requests: int, _seconds: float) -> None:
        raise RuntimeError

    intake.when_committed(tell)
    gate = Gate()
    gate.hold_up(intake)
    futures = [intake.submit(keep_anew, name) for name in ("a", "b")]
    gate.opened.set()
    assert [outcome(future) for future in futures] == ["a", "b"]
    assert sorted(name[0] for name in kept_names(store)) == ["a", "b"]


@pytest.mark.parametrize(
    ("sqlstate", "tries"), [("40001", 2), ("40P01", 2), ("40003", 1), ("57014", 1)]
)
def test_only_what_was_surely_rolled_back_for_company_is_tried_again(
    intake: GroupCommit, sqlstate: str, tries: int
) -> None:
    tried = []
    broken = ValueError()
    broken.sqlstate = sqlstate  # type: ignore[attr-defined]  # as the driver's errors have one

    def overtake_once(_connection: Connection, names: Sequence[str]) -> Sequence[str | Refusal]:
        tried.append(names)
        if len(tried) == 1:
            raise OperationalError("a statement", None, broken)
        return list(names)

    found = outcome(intake.submit(overtake_once, "a"))
    assert (found, len(tried)) == ("a" if tries > 1 else DatabaseUnreachable, tries)


def test_tasks_of_an_event_loop_wait_without_a_thread(store: Store, intake: GroupCommit) -> None:
    async def keep_all() -> list[Any]:
        names = ["a", "no", "b", "a", *(f"n{number}" for number in range(50))]
        return await asyncio.gather(
            *(intake.keep(keep_names, name) for name in names), return_exceptions=True
        )

    found = asyncio.run(keep_all())
    assert [type(item) for item in found[1:4]] == [Conflict, str, IntegrityError]
    assert found[4:] == [f"n{number}" for number in range(50)]
    assert len(kept_names(store)) == 52


def test_a_task_that_is_cancelled_hinders_nobody(intake: GroupCommit) -> None:
    async def leave() -> str:
        leaving = asyncio.create_task(intake.keep(keep_names, "left"))
        await asyncio.sleep(0)
        leaving.cancel()
        return await intake.keep(keep_names, "stays")

    assert asyncio.run(leave()) == "stays"


def test_a_loop_that_was_closed_hinders_nobody(store: Store, intake: GroupCommit) -> None:
    gate = Gate()
    gate.hold_up(intake)

    async def leave() -> None:
        asyncio.create_task(intake.keep(keep_names, "left"))  # noqa: RUF006 - it is left behind
        await asyncio.sleep(0)

    asyncio.run(leave())
    gate.opened.set()
    assert intake.submit(keep_names, "stays").result(SECONDS) == "stays"
    assert sorted(kept_names(store)) == ["left", "stays"]


names = st.sampled_from(["no", "defect", "same", "other"]) | st.uuids().map(str)


@given(batches=st.lists(st.lists(names, max_size=12), min_size=1, max_size=6))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_was_answered_is_kept_once_and_what_failed_is_not(
    store: Store, batches: list[list[str]]
) -> None:
    with store.writing() as connection:
        connection.execute(delete(idempotency_keys))
    intake = GroupCommit(store, max_group=7)

    def send(batch: list[str]) -> list[object]:
        futures = [intake.submit(keep_names, name) for name in batch]
        return [outcome(future) for future in futures]

    with ThreadPoolExecutor(max_workers=len(batches)) as pool:
        found = [item for batch in pool.map(send, batches) for item in batch]
    intake.stop()

    answered = sorted(item for item in found if isinstance(item, str))
    assert answered == sorted(kept_names(store))
    sent = [name for batch in batches for name in batch]
    assert set(answered) == {name for name in sent if not name.startswith(("no", "defect"))}
    assert found.count(Conflict) == sent.count("no")
    assert found.count(ZeroDivisionError) == sent.count("defect")
    assert found.count(IntegrityError) == len(sent) - len(answered) - found.count(
        Conflict
    ) - found.count(ZeroDivisionError)


def test_what_was_answered_outlives_a_kill(store: Store) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(store.engine.url)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    answered = [process.stdout.readline().strip() for _ in range(60)]
    time.sleep(0.05)
    process.kill()
    answered += process.stdout.read().split()
    process.wait()
    process.stdout.close()
    assert len(answered) >= 60
    assert set(answered) <= set(kept_names(store))
    with store.reading() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"

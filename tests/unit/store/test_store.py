import os
import stat
import uuid
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ledger.errors import ConfigurationError, TransportError
from ledger.store import idempotency
from ledger.store.engine import Store, open_store
from ledger.store.failures import DatabaseUnreachable, StorageFull
from ledger.store.idempotency import AcceptedBefore
from ledger.store.migrations import upgrade
from ledger.types import MemberId, UnixTime

MEMBER = MemberId("org:some-member")
NAME = MEMBER, "once"
BEFORE = AcceptedBefore(b"f" * 32, uuid.UUID(int=1))
KEY = NAME, BEFORE, UnixTime(1)


def test_a_commit_on_sqlite_is_durable_and_readers_do_not_wait_for_writers(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    with store.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2  # FULL
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    store.close()


def test_an_exception_leaves_nothing_behind(store: Store) -> None:
    def add_and_fail() -> None:
        with store.writing() as connection:
            idempotency.add(connection, [KEY])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    with store.reading() as connection:
        assert idempotency.find(connection, [NAME]) == {}


def test_a_key_belongs_to_its_member(store: Store) -> None:
    with store.writing() as connection:
        idempotency.add(connection, [KEY])
    others = [(MemberId("org:another"), "once"), (MEMBER, "twice")]
    with store.reading() as connection:
        assert idempotency.find(connection, [NAME, *others]) == {NAME: BEFORE}
        assert idempotency.find(connection, others) == {}
        assert idempotency.find(connection, []) == {}


def test_many_keys_are_found_at_once(store: Store) -> None:
    names = [(MEMBER, f"{number}") for number in range(2500)]
    with store.writing() as connection:
        idempotency.add(connection, [(name, BEFORE, UnixTime(1)) for name in names])
    with store.reading() as connection:
        assert idempotency.find(connection, names).keys() == set(names)


def test_a_database_that_cannot_be_opened_is_unreachable(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/no/such/folder/ledger.db")
    with pytest.raises(TransportError, match="nothing was changed"), store.reading():
        pass


def test_a_file_that_is_no_database_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a database " * 100)
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    with pytest.raises(TransportError, match="is not a database; nothing was changed"):
        upgrade(store)
    store.close()


def test_values_are_in_no_message(store: Store) -> None:
    def add_twice() -> None:
        with store.writing() as connection:
            for _ in range(2):
                idempotency.add(connection, [KEY])

    with pytest.raises(IntegrityError) as caught:
        add_twice()
    assert MEMBER not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger.db",
        "oracle9://nowhere",
        "sqlite:/",
        "sqlite+aiosqlite:///ledger.db",
        "postgresql+asyncpg://ledger@127.0.0.1/ledger",
        "postgresql://ledger@127.0.0.1",
        "postgresql://ledger@127.0.0.1:hidden/ledger",
    ],
)
def test_an_unusable_url_says_what_to_write(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"write sqlite:///.*postgresql://"):
        open_store(url)


def fill(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count = 1")
    connection.exec_driver_sql("CREATE TABLE large AS SELECT zeroblob(10000000) AS bytes")


def test_a_full_disk_is_told_from_a_database_that_is_away(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    upgrade(store)
    with (
        pytest.raises(StorageFull, match="disk is full; nothing was changed") as full,
        store.writing() as connection,
    ):
        fill(connection)
    store.close()
    away = open_store(f"sqlite:///{tmp_path}/gone/ledger.db")
    with pytest.raises(DatabaseUnreachable) as unreachable, away.reading():
        pass
    assert (full.value.code, unreachable.value.code) == ("storage-full", "unreachable")


def test_a_new_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = open_store(f"sqlite:///{tmp_path}/ledger.db")
        upgrade(store)
        files = sorted(tmp_path.glob("ledger.db*"))
        assert {file.name for file in files} >= {"ledger.db", "ledger.db-wal"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        store.close()
    finally:
        os.umask(before)

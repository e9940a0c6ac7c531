from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import InternalError as ReadOnly

from ledger.errors import ConfigurationError, TransportError
from ledger.store import postgres
from ledger.store.engine import Store, open_store
from ledger.store.failures import StorageFull
from ledger.store.migrations import downgrade, upgrade
from tests.support.postgres import Databases, PostgresServer, running_server

SECRET = "a value that must be in no message"  # noqa: S105 - what is looked for in messages


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.new(migrated=False)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    with opened.writing() as connection:
        connection.execute(text("CREATE TABLE kept (value text PRIMARY KEY)"))
    yield opened
    opened.close()


def keep(store: Store, *values: str) -> None:
    with store.writing() as connection:
        for value in values:
            connection.execute(text("INSERT INTO kept VALUES (:value)"), {"value": value})


def kept(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(text("SELECT value FROM kept ORDER BY 1")).scalars())


def setting(store: Store, name: str) -> str:
    with store.reading() as connection:
        return str(connection.execute(text(f"SHOW {name}")).scalar_one())


def test_a_commit_is_durable_also_where_the_server_would_not_wait_for_the_disk(
    store: Store, url: str
) -> None:
    with store.writing() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    lax = open_store(url)
    assert setting(lax, "synchronous_commit") == "on"
    lax.close()


def test_a_server_that_promises_more_is_taken_at_its_word(store: Store, url: str) -> None:
    with store.writing() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = remote_apply"))
    strict = open_store(url)
    assert setting(strict, "synchronous_commit") == "remote_apply"
    strict.close()


def test_connections_are_named_and_bounded_in_time(store: Store) -> None:
    assert setting(store, "application_name") == "sealbook"
    assert setting(store, "statement_timeout") == "1min"
    assert setting(store, "lock_timeout") == "10s"
    assert setting(store, "idle_in_transaction_session_timeout") == "5min"


def test_reading_is_one_view_and_changes_nothing(store: Store) -> None:
    with store.reading() as connection:
        count = text("SELECT count(*) FROM kept")
        assert connection.execute(count).scalar_one() == 0
        keep(store, "meanwhile")
        assert connection.execute(count).scalar_one() == 0
    assert kept(store) == ["meanwhile"]

    def write() -> None:
        with store.reading() as connection:
            connection.execute(text("DELETE FROM kept"))

    with pytest.raises(TransportError, match="read-only transaction") as caught:
        write()
    assert isinstance(caught.value.__cause__, ReadOnly)


def test_a_lock_is_waited_for_no_longer_than_said(
    store: Store, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(postgres, "LOCK_TIMEOUT_MS", 20)
    impatient = open_store(url)
    with store.writing() as connection:
        connection.execute(text("LOCK TABLE kept"))
        with pytest.raises(TransportError, match="lock timeout; nothing was changed"):
            keep(impatient, "never")
    keep(impatient, "now")
    assert kept(store) == ["now"]
    impatient.close()


def test_what_is_left_of_a_failed_transaction_is_not_taken_for_kept(store: Store) -> None:
    def swallow() -> None:
        with store.writing() as connection:
            connection.execute(text("INSERT INTO kept VALUES ('first')"))
            with pytest.raises(IntegrityError):
                connection.execute(text("INSERT INTO kept VALUES ('first')"))

    with pytest.raises(RuntimeError, match="none of it is kept"):
        swallow()
    assert kept(store) == []
    keep(store, "usable again")


def test_rows_are_in_no_message(store: Store) -> None:
    with pytest.raises(IntegrityError, match="kept_pkey") as caught:
        keep(store, SECRET, SECRET)
    assert SECRET not in str(caught.value)
    assert SECRET not in str(caught.value.orig)


def test_passwords_are_in_no_message(server: PostgresServer) -> None:
    for url in (
        f"postgresql://nobody:{SECRET}@127.0.0.1:1/ledger".replace(" ", "%20"),
        server.url.set(username="stranger", password=SECRET).render_as_string(hide_password=False),
    ):
        store = open_store(url)
        with (
            pytest.raises(TransportError, match="cannot be used now: conn") as caught,
            store.reading(),
        ):
            pass
        assert SECRET not in f"{caught.value}{caught.value.__cause__}{store.engine!r}"
        store.close()


def test_a_user_with_a_password_needs_nothing_but_a_database_of_its_own(
    server: PostgresServer,
) -> None:
    administrator = open_store(server.url.render_as_string(hide_password=False))
    for statement in (
        "CREATE ROLE careful LOGIN PASSWORD 'p@ss/w:rd%'",
        "CREATE DATABASE careful OWNER careful",
    ):
        with administrator.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))
    administrator.close()
    with server.asking_for_passwords():
        store = open_store(f"postgresql://careful:p%40ss%2Fw%3Ard%25@/careful?host={server.folder}")
        upgrade(store)
        assert store.drop_old_pages()
        with store.turn("any") as mine:
            assert mine
        downgrade(store, "base")
        store.close()
        wrong = open_store(f"postgresql://careful:{SECRET[:7]}@/careful?host={server.folder}")
        with (
            pytest.raises(TransportError, match="authentication failed") as caught,
            wrong.reading(),
        ):
            pass
        assert SECRET[:7] not in f"{caught.value}"
        wrong.close()


def test_a_server_that_forgets_what_it_acknowledged_is_refused() -> None:
    with running_server() as lax:
        lax.configure("fsync = off")
        store = open_store(lax.url.render_as_string(hide_password=False))
        with pytest.raises(ConfigurationError, match="set fsync = on"), store.reading():
            pass
        store.close()


def test_a_restarted_server_is_found_again(server: PostgresServer) -> None:
    store = open_store(Databases(server.url).new(migrated=False))
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE kept (value text PRIMARY KEY)"))
    server.restart()
    keep(store, "one")
    server.restart()
    assert kept(store) == ["one"]
    store.close()


def test_a_server_that_restarts_in_a_transaction_is_told_once(server: PostgresServer) -> None:
    store = open_store(Databases(server.url).new(migrated=False))
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE kept (value text PRIMARY KEY)"))

    def break_before(what: str) -> None:
        with store.writing() as connection:
            connection.execute(text("INSERT INTO kept VALUES ('one')"))
            server.restart()
            if what == "statement":
                connection.execute(text("INSERT INTO kept VALUES ('two')"))
            if what == "exception":
                raise KeyError

    with pytest.raises(TransportError, match="nothing was changed"):
        break_before("statement")
    with pytest.raises(TransportError, match="has to be looked up"):
        break_before("commit")
    with pytest.raises(KeyError):
        break_before("exception")
    assert kept(store) == []
    keep(store, "three")
    store.close()


def test_a_full_disk_of_the_server_is_told_as_one(store: Store) -> None:
    with (
        pytest.raises(StorageFull, match="disk is full; nothing was changed"),
        store.writing() as connection,
    ):
        connection.execute(text("DO $$ BEGIN RAISE disk_full; END $$"))


def test_a_table_that_others_have_locked_is_named_and_its_old_rows_go_the_next_time(
    databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(databases.new())
    with store.writing() as other:
        other.execute(text("LOCK TABLE bundles IN SHARE UPDATE EXCLUSIVE MODE"))
        assert not store.drop_old_pages()
    assert "bundles" in caplog.text
    assert "documents" not in caplog.text
    assert store.drop_old_pages()
    store.close()


def test_removing_old_rows_may_take_longer_than_a_statement_and_leaves_others_their_time(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_TIMEOUT_MS", 200)
    monkeypatch.setattr(postgres, "_VACUUM", "SELECT pg_sleep(0.4)")
    store = open_store(databases.new(migrated=False))
    assert store.drop_old_pages()
    with pytest.raises(TransportError, match="timeout"), store.reading() as connection:
        connection.execute(text("SELECT pg_sleep(0.4)"))
    store.close()

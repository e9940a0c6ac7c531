import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    String,
    Uuid,
    insert,
    inspect,
    text,
)

from ledger.errors import ConfigurationError
from ledger.store import migrations
from ledger.store.engine import Store, open_store
from ledger.store.migrations import downgrade, prepare, upgrade
from ledger.store.schema import attempts, bundles, metadata
from tests.support.postgres import Databases

Rows = dict[str, list[dict[str, Any]]]
# What the schema before this one does not have.
NEW_TABLES = ("bundles", "nonces")
NEW_COLUMNS = {"transactions": "revision", "attempts": "kind"}


def differences(store: Store) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def value_for(column: Column[Any]) -> object:
    """A value of the column's type; keys of other tables are those of their only row."""
    if column.name == "kind" and column.table is attempts:
        return "call"
    if column.name == "arguments":
        return "{}"
    if column.server_default is not None:
        return 0
    by_kind: dict[type, object] = {
        Uuid: uuid.UUID(int=7),
        LargeBinary: b"\x07" * 32,
        Boolean: True,
        BigInteger: 7,
        Integer: 7,
        String: "vii",
    }
    return next(value for kind, value in by_kind.items() if isinstance(column.type, kind))


def fill(store: Store, *, leave_out: tuple[str, ...] = ()) -> None:
    """Put one row into every table."""
    with store.writing() as connection:
        for table in metadata.sorted_tables:
            if table.name not in leave_out:
                row = {column.name: value_for(column) for column in table.columns}
                connection.execute(insert(table), row)


def rows(store: Store) -> Rows:
    with store.reading() as connection:
        tables = [name for name in metadata.tables if inspect(connection).has_table(name)]
        return {
            name: [
                dict(row)
                for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()  # noqa: S608 - a constant
            ]
            for name in tables
        }


def without_what_is_new(present: Rows) -> Rows:
    return {
        table: [
            {name: value for name, value in row.items() if name != NEW_COLUMNS.get(table)}
            for row in found
        ]
        for table, found in present.items()
        if table not in NEW_TABLES
    }


def change(store: Store, statement: str) -> None:
    with store.writing() as connection:
        connection.execute(text(statement))


def test_the_migrations_make_the_schema_that_the_queries_use(store: Store) -> None:
    assert differences(store) == []


def test_indexes_of_what_waits_hold_nothing_else(store: Store) -> None:
    with store.reading() as connection:
        for table in ("documents", "bundles"):
            (waiting,) = (
                index
                for index in inspect(connection).get_indexes(table)
                if index["name"] == f"ix_{table}_waiting"
            )
            where = waiting["dialect_options"][f"{connection.dialect.name}_where"]
            assert str(where).strip("()") == "batch_id IS NULL"


def test_the_migrations_go_back_to_nothing_and_forward_again(store: Store) -> None:
    downgrade(store, "base")
    with store.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    upgrade(store)
    assert differences(store) == []


def test_rows_of_every_table_survive_the_way_back_and_forth(store: Store) -> None:
    fill(store, leave_out=("bundles",))
    before = rows(store)
    assert sum(map(len, before.values())) == len(metadata.tables) - 1
    downgrade(store, "0003")
    assert rows(store) == without_what_is_new(before)
    upgrade(store)
    assert rows(store) == before
    assert differences(store) == []


@pytest.mark.parametrize("target", ["0001", "0002"])
def test_older_schemas_are_reached_with_the_rows_that_they_know(store: Store, target: str) -> None:
    known = {"transactions", "attempts", "batches", "anchors", "documents", "operations"}
    fill(store, leave_out=("bundles",))
    change(store, "UPDATE documents SET erased_at = NULL, fields = NULL")
    before = rows(store)
    downgrade(store, target)
    upgrade(store)
    after = rows(store)
    assert {table: after[table] for table in known} == {table: before[table] for table in known}
    assert differences(store) == []


def refuse(store: Store, why: str) -> None:
    before = rows(store)
    with pytest.raises(RuntimeError, match=why):
        downgrade(store, "0003")
    assert rows(store) == before


def test_what_the_schema_before_cannot_hold_keeps_it_from_coming_back(store: Store) -> None:
    fill(store)
    refuse(store, "there are 1 bundles")
    with store.writing() as connection:
        connection.execute(bundles.delete())
    change(store, "UPDATE attempts SET kind = 'cancel'")
    refuse(store, "1 attempts cancel")
    change(store, "UPDATE attempts SET kind = 'call'")
    change(store, "UPDATE transactions SET purpose = 'filler'")
    refuse(store, "1 transactions fill nonces")
    change(store, "UPDATE transactions SET purpose = 'anchor'")
    downgrade(store, "0003")


def test_a_nonce_that_two_transactions_had_is_given_to_one_of_them(store: Store) -> None:
    downgrade(store, "0003")
    row = (
        "INSERT INTO transactions (id, member, purpose, recipient, data, state, due_at, tries)"
        " VALUES (:id, 'lei:A', 'anchor', '0x', :data, 'queued', 0, 0)"
    )
    attempt = (
        "INSERT INTO attempts (hash, transaction_id, sequence, signer, nonce, max_fee, raw)"
        " VALUES (:data, :id, 1, '0xa', 5, '1', :data)"
    )
    with store.writing() as connection:
        for number in (1, 2):
            values = {"id": uuid.UUID(int=number).hex, "data": bytes([number]) * 32}
            connection.execute(text(row), values)
            connection.execute(text(attempt), values)
    upgrade(store)
    (given,) = rows(store)["nonces"]
    assert (given["signer"], given["nonce"]) == ("0xa", 5)
    assert uuid.UUID(str(given["transaction_id"])) == uuid.UUID(int=2)


def test_a_database_of_a_newer_version_is_left_alone(store: Store) -> None:
    change(store, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigurationError, match="newer version"):
        upgrade(store)


def test_services_that_start_at_once_migrate_once(databases: Databases) -> None:
    url = databases.new(migrated=False)
    stores = [open_store(url) for _ in range(4)]
    together = threading.Barrier(len(stores))

    def start(store: Store) -> None:
        together.wait()
        upgrade(store)

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(start, stores))
    assert differences(stores[0]) == []
    for store in stores:
        store.close()


@pytest.fixture
def older(databases: Databases) -> Store:
    """A database with the schema of an older version."""
    store = open_store(databases.new())
    downgrade(store, "0003")
    store.close()
    return store


def at_work(store: Store) -> Callable[[], None]:
    """Connect as a service does that is at work; what ends it."""
    with store.reading() as connection:
        connection.execute(text("SELECT 1"))
    return store.close


def test_a_schema_is_not_changed_under_a_service_that_is_at_work(
    older: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "PATIENCE_SECONDS", 0.3)
    newer = open_store(older.engine.url.render_as_string(hide_password=False))
    leave = at_work(older)
    with pytest.raises(ConfigurationError, match="1 connections of other services"):
        upgrade(newer)
    with pytest.raises(ConfigurationError, match="stop the service and start it again"):
        prepare(newer)
    monkeypatch.setattr(migrations, "PATIENCE_SECONDS", 30)
    threading.Timer(0.3, leave).start()
    upgrade(newer)
    assert differences(newer) == []
    newer.close()


def test_services_join_one_that_is_at_work_on_the_same_schema(databases: Databases) -> None:
    url = databases.new()
    first, second = open_store(url), open_store(url)
    with first.writing():
        upgrade(second)
    first.close()
    second.close()

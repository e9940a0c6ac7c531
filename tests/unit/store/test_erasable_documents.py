import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import RowMapping, insert, text

from ledger.store.engine import Store, open_store
from ledger.store.migrations import downgrade, upgrade
from ledger.store.schema import documents
from tests.support.postgres import Databases, PostgresServer

SALT, LEAF = b"\x11" * 32, b"\x22" * 32
STATEMENT = b'{"sealbook":"statement/1"}'
DOCUMENT, TRANSACTION, OPERATION = (uuid.UUID(int=number).hex for number in (1, 2, 3))


def change(store: Store, sql: str, **values: Any) -> None:
    with store.writing() as connection:
        connection.execute(text(sql), values)


def rows(store: Store, table: str) -> list[RowMapping]:
    with store.reading() as connection:
        return list(connection.execute(text(f"SELECT * FROM {table}")).mappings())  # noqa: S608 - a constant


def older_document(store: Store) -> None:
    """A document, and the operation that registered it, before documents could be erased."""
    upgrade(store)
    downgrade(store, "0002")
    change(
        store,
        "INSERT INTO documents (id, member, statement, salt, leaf_hash, accepted_at)"
        " VALUES (:document, 'lei:A', :statement, :salt, :leaf, 5)",
        document=DOCUMENT,
        statement=STATEMENT,
        salt=SALT,
        leaf=LEAF,
    )
    change(
        store,
        "INSERT INTO transactions (id, member, purpose, recipient, data, state, due_at, tries)"
        " VALUES (:transaction, 'lei:A', 'operation', '0x', :data, 'final', 0, 0)",
        transaction=TRANSACTION,
        data=b"",
    )
    change(
        store,
        "INSERT INTO operations (id, member, kind, record, document_id, transaction_id, created_at)"
        " VALUES (:operation, 'lei:A', 'register', :record, :document, :transaction, 5)",
        operation=OPERATION,
        record=LEAF,
        document=DOCUMENT,
        transaction=TRANSACTION,
    )


def test_a_document_keeps_statement_and_secret_on_the_way_forward_and_back(store: Store) -> None:
    older_document(store)
    before = rows(store, "documents")

    upgrade(store)
    (kept,) = rows(store, "documents")
    assert (kept["statement"], kept["secret"], kept["leaf_hash"]) == (STATEMENT, SALT, LEAF)
    assert (kept["fields"], kept["erased_at"]) == (None, None)

    downgrade(store, "0002")
    assert rows(store, "documents") == before
    (registration,) = rows(store, "operations")
    assert uuid.UUID(str(registration["document_id"])).hex == DOCUMENT


@pytest.mark.parametrize("mark", ["fields = statement", "erased_at = 7, statement = NULL"])
def test_what_the_older_schema_cannot_hold_keeps_it_from_coming_back(
    store: Store, mark: str
) -> None:
    older_document(store)
    upgrade(store)
    change(store, f"UPDATE documents SET {mark}")  # noqa: S608 - a constant
    before = rows(store, "documents")
    with pytest.raises(RuntimeError, match="1 documents have fields or were erased"):
        downgrade(store, "0002")
    assert rows(store, "documents") == before


def test_what_is_deleted_on_sqlite_is_overwritten_and_leaves_the_log(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    secret = b"a secret that must be gone for good"
    older_document(store)
    upgrade(store)
    change(store, "UPDATE documents SET secret = :secret", secret=secret)
    files = [tmp_path / "ledger.db", tmp_path / "ledger.db-wal"]
    assert any(secret in file.read_bytes() for file in files)

    change(store, "UPDATE documents SET secret = NULL")
    assert store.drop_old_pages()
    assert not any(secret in file.read_bytes() for file in files)
    store.close()


def test_a_log_that_is_being_read_is_not_dropped_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.store.sqlite.BUSY_TIMEOUT_MS", 10)
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    older_document(store)
    with store.reading() as reader:
        reader.execute(text("SELECT * FROM documents")).all()
        change(store, "UPDATE documents SET salt = :salt", salt=LEAF)
        assert not store.drop_old_pages()
    assert store.drop_old_pages()
    store.close()


def test_what_is_erased_on_postgresql_leaves_the_tables(server: PostgresServer) -> None:
    secret = b"a secret that no table has any more"
    store = open_store(Databases(server.url).new())
    with store.writing() as connection:
        for number in range(20):
            row = {
                "id": uuid.UUID(int=number),
                "member": "lei:A",
                "secret": secret if number == 0 else SALT,
                "leaf_hash": LEAF,
                "accepted_at": 5,
            }
            connection.execute(insert(documents), row)

    def in_tables() -> bool:
        with store.writing() as connection:
            connection.execute(text("CHECKPOINT"))
        files = (path for path in (server.folder / "data" / "base").rglob("*") if path.is_file())
        return any(secret in path.read_bytes() for path in files)

    change(store, "UPDATE documents SET secret = NULL WHERE secret = :secret", secret=secret)
    assert in_tables()
    assert store.drop_old_pages()
    assert not in_tables()
    store.close()

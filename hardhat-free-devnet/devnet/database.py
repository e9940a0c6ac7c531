"""The embedded database: one SQLite file, written once for each sealed block.

Sealing a block writes its state, its receipts and its index rows in one transaction (WAL,
synchronous=FULL). Whatever is killed at whatever moment, the file holds exactly the blocks that
were sealed.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from devnet.errors import DevnetError

SCHEMA_VERSION: Final = 1

_SCHEMA: Final = """
CREATE TABLE nodes (key BLOB PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE accounts (position INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE);
CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    header BLOB NOT NULL,
    base_fee_wei INTEGER NOT NULL
);
CREATE TABLE transactions (
    hash BLOB PRIMARY KEY,
    block_number INTEGER NOT NULL REFERENCES blocks,
    position INTEGER NOT NULL,
    sender BLOB NOT NULL,
    encoded BLOB NOT NULL,
    receipt BLOB NOT NULL,
    gas_used INTEGER NOT NULL,
    first_log_index INTEGER NOT NULL,
    UNIQUE (block_number, position)
);
CREATE TABLE logs (
    block_number INTEGER NOT NULL REFERENCES blocks,
    log_index INTEGER NOT NULL,
    transaction_position INTEGER NOT NULL,
    address BLOB NOT NULL,
    topic0 BLOB,
    topic1 BLOB,
    topic2 BLOB,
    topic3 BLOB,
    data BLOB NOT NULL,
    PRIMARY KEY (block_number, log_index)
) WITHOUT ROWID;
CREATE INDEX logs_by_address ON logs (address, block_number);
CREATE INDEX logs_by_topic0 ON logs (topic0, block_number);
"""


class Database:
    """The SQLite connection of one chain, with its schema and settings.

    Not for concurrent use: the caller holds a lock.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path | None) -> "Database":
        """Open or create the file; None opens a database in memory.

        DevnetError when the file is no database of this program, or of another version.
        """
        try:
            return cls(_connect(path))
        except sqlite3.DatabaseError as exc:
            raise DevnetError(f"{path} is not a devnet database: {exc}") from exc

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def execute(self, sql: str, arguments: tuple[object, ...] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(sql, arguments)

    def execute_many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one statement for each row."""
        self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that is written inside, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk has SQLite roll back by itself
                self._connection.execute("ROLLBACK")
            raise

    def setting(self, name: str) -> str | None:
        """Read a setting; None when it was never written."""
        row = self.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        """Write a setting."""
        self.execute(
            "INSERT INTO settings VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def dump(self) -> bytes:
        """Copy the whole database."""
        return self._connection.serialize()

    def restore(self, copy: bytes) -> None:
        """Put back a copy that `dump` made."""
        self._connection.deserialize(copy)


def _connect(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _ensure_schema(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _ensure_schema(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == SCHEMA_VERSION:
        return
    if version != 0:
        raise DevnetError(
            f"the database has format {version}, and this program reads format {SCHEMA_VERSION}:"
            " start with another data directory"
        )
    connection.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {SCHEMA_VERSION};COMMIT;")

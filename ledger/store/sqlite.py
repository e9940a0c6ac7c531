"""SQLite: the embedded default, one file for one service, with what was committed on the disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event

from ledger.store.failures import translated

DRIVERS = ("sqlite", "sqlite+pysqlite")
BUSY_TIMEOUT_MS = 10_000
"""How long a transaction waits for another process that writes."""

# Kept open for the 40 threads that answer requests: to set one up costs more than most questions.
_CONNECTIONS = 40
_BEGIN = "sealbook_begin"
_NO_TRANSACTION = ""
_MEMORY = ":memory:"


class Sqlite:
    """A file in WAL mode. One writer at a time; readers wait for nobody."""

    def __init__(self, url: URL) -> None:
        # Parameters are secrets and documents' digests: they stay out of messages and logs.
        self.engine = create_engine(url, hide_parameters=True, pool_size=_CONNECTIONS)
        event.listen(self.engine, "do_connect", _create)
        event.listen(self.engine, "connect", _set_up)
        event.listen(self.engine, "begin", _begin)
        self.reading = self.engine.execution_options(**{_BEGIN: "BEGIN"})
        # A writer that begins as a reader can fail half-way when another one was faster.
        self.writing = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    @property
    def lock_file(self) -> Path | None:
        """What the one worker on the file locks; None if the database is in memory."""
        name = self.engine.url.database
        return None if name in (None, "", _MEMORY) else Path(f"{name}.lock")

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:  # noqa: ARG002 - whatever is asked for
        """Always had: the lock file keeps other workers away."""
        yield True

    def drop_old_pages(self) -> bool:
        """Copy the write-ahead log into the database and empty it; whether nobody was reading."""
        engine = self.engine.execution_options(**{_BEGIN: _NO_TRANSACTION})
        with translated(), engine.begin() as connection:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy

    def lock_schema(self, connection: Connection) -> None:
        """Nothing to do: a transaction that writes has the whole file."""

    def others_at_work(self, connection: Connection) -> int:  # noqa: ARG002 - one file, one service
        """None: the lock file keeps other services away."""
        return 0


def _create(_dialect: object, _record: object, arguments: list[Any], _named: object) -> None:
    """Make the file before the driver does: what is in it opens commitments, and is not for all."""
    with suppress(OSError):  # it is there, is in memory, or cannot be made: then the driver says so
        if arguments[0] != _MEMORY:
            os.close(os.open(arguments[0], os.O_CREAT | os.O_EXCL, 0o600))


def _set_up(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own: _begin does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # NORMAL would lose the last commits when the power fails.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten with zeros: secrets that are erased must be gone.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if statement != _NO_TRANSACTION:
        connection.exec_driver_sql(statement)

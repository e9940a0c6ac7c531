"""Opens the SQLite database so that what was committed is durable."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.errors import ConfigurationError, TransportError

_WRITES = "sealbook_writes"
_NO_TRANSACTION = "sealbook_no_transaction"
_BUSY_TIMEOUT_MS = 10_000
_DRIVERS = ("sqlite", "sqlite+pysqlite")


class Store:
    """A database, with short transactions that either read or write."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view. Raises TransportError if the database does not answer."""
        with _transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing, durable when the block is left without an exception.

        Raises TransportError if the database does not answer, is locked, or its disk is full, and
        SQLAlchemy's IntegrityError for rows that contradict each other.
        """
        with _transaction(self.engine.execution_options(**{_WRITES: True})) as connection:
            yield connection

    def drop_old_pages(self) -> bool:
        """Copy the write-ahead log into the database and empty it, with what was deleted since.

        Returns whether that could be done now; if not, the log is overwritten as it is used on.
        Raises TransportError if the database does not answer.
        """
        with _transaction(self.engine.execution_options(**{_NO_TRANSACTION: True})) as connection:
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy

    @property
    def lock_file(self) -> Path | None:
        """What the one worker on a database locks; None if it is in memory."""
        name = self.engine.url.database
        return None if name in (None, "", ":memory:") else Path(f"{name}.lock")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise TransportError(
            f"the database cannot be used now: {error.orig}; nothing was changed"
        ) from error
    except PoolTimeout as error:
        raise TransportError(
            "the database has too many users at once; nothing was changed, try again"
        ) from error


def open_store(url: str) -> Store:
    """Open a store by its SQLAlchemy URL; the schema must be current (`migrations.upgrade`).

    Raises ConfigurationError if the URL names no SQLite database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unusable() from error
    if parsed.drivername not in _DRIVERS:
        raise _unusable()
    # Parameters are salts and documents' digests: they stay out of messages and logs.
    engine = create_engine(parsed, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine)


def _unusable() -> ConfigurationError:
    return ConfigurationError(
        "the database URL is not usable: this version keeps its data in SQLite; write"
        " sqlite:///path/to/ledger.db"
    )


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions of its own: _begin_sqlite does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # NORMAL would lose the last commits when the power fails.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten with zeros: secrets that are erased must be gone.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader can fail half-way when another one was faster.
    options = connection.get_execution_options()
    if options.get(_NO_TRANSACTION, False):
        return
    writes = options.get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""Opens the database, on SQLite or PostgreSQL, so that what was committed is durable."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from ledger.errors import ConfigurationError
from ledger.store import postgres, sqlite
from ledger.store.failures import committing, translated


class Database(Protocol):
    """What differs between the databases."""

    @property
    def engine(self) -> Engine:
        """The engine as it is."""

    @property
    def reading(self) -> Engine:
        """The engine for transactions that read."""

    @property
    def writing(self) -> Engine:
        """The engine for transactions that write."""

    @property
    def lock_file(self) -> Path | None:
        """What the one worker on a database locks; None if it may have several."""

    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Whether this process has the turn for a name."""

    def drop_old_pages(self) -> bool:
        """Drop what is still held of changed rows; whether that could be done now."""

    def lock_schema(self, connection: Connection) -> None:
        """Wait until no other process changes the schema, and keep others from it."""

    def others_at_work(self, connection: Connection) -> int:
        """How many connections other programs of ours have."""


class Store:
    """A database, with short transactions that either read or write."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine below."""
        return self.database.engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view. Raises TransportError if the database does not answer."""
        with _transaction(self.database.reading) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing, durable when the block is left without an exception.

        Raises TransportError if the database does not answer, is locked, or its disk is full, and
        SQLAlchemy's IntegrityError for rows that contradict each other, DataError for a value that
        its column cannot hold. After an error of a statement the block must be left: PostgreSQL
        takes no further one.
        """
        with _transaction(self.database.writing) as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that may change the schema: of several processes, one after the other.

        Raises TransportError if the database does not answer, or another process takes too long.
        """
        with self.writing() as connection:
            self.database.lock_schema(connection)
            yield connection

    def others_at_work(self, connection: Connection) -> int:
        """How many connections other services and commands have to the database.

        Not those that wait for `migrating`. Always 0 on SQLite: one service has the lock file.
        """
        return self.database.others_at_work(connection)

    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Whether this process has the turn for a name until the block ends, without waiting.

        On SQLite it always has: one worker has the database by its lock file. On PostgreSQL the
        turn ends with the process at the latest. It saves work; safety rests on compare-and-set.
        Raises TransportError if the database does not answer when the turn is asked for.
        """
        return self.database.turn(name)

    def drop_old_pages(self) -> bool:
        """Drop what the database still holds of rows that were changed or deleted.

        On SQLite nothing is left in its files. On PostgreSQL no query finds it, and the README
        says where bytes remain. Returns whether that could be done now; if not, SQLite's log is
        overwritten as it is used on. Raises TransportError if the database does not answer.
        """
        return self.database.drop_old_pages()

    @property
    def lock_file(self) -> Path | None:
        """What the one worker on a database locks; None if it may have several, or is in memory."""
        return self.database.lock_file

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with translated(), engine.connect() as connection:
        transaction = connection.begin()
        try:
            yield connection
        except BaseException:
            # A connection that broke is rolled back by the server: no reason to hide the error.
            with suppress(DBAPIError):
                transaction.rollback()
            raise
        with committing():
            transaction.commit()


def open_store(url: str) -> Store:
    """Open a store by its URL; the schema must be current (`migrations.upgrade`).

    `sqlite:///path`, or `postgresql://user:password@host:port/database`. Nothing is connected yet.
    Raises ConfigurationError for other URLs.
    """
    return Store(_database(url))


def _database(url: str) -> Database:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _unusable() from None  # the cause may quote a piece of the password
    if parsed.drivername in sqlite.DRIVERS:
        return sqlite.Sqlite(parsed)
    if parsed.drivername in postgres.DRIVERS and _names_one(parsed):
        return postgres.Postgres(parsed)
    raise _unusable()


def _names_one(url: URL) -> bool:
    return bool(url.database)


def _unusable() -> ConfigurationError:
    return ConfigurationError(
        "the database URL is not usable: write sqlite:///path/to/ledger.db, or"
        " postgresql://user:password@host:5432/database, with %40 for an @ in the password"
    )

"""What databases' drivers raise, told as errors of ours: the one place where they are mapped."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.errors import TransportError

_PRIMARY = 0xFF  # of SQLite's extended result codes


class DatabaseUnreachable(TransportError):
    """The database did not answer, or not in time, or could not keep a change."""


class StorageFull(DatabaseUnreachable):
    """The database's disk is full: nothing is kept until somebody makes room."""

    code = "storage-full"


@contextmanager
def translated() -> Iterator[None]:
    """Raise DatabaseUnreachable where the database does not answer, or is locked.

    Raises StorageFull where its driver says that its disk is full.

    SQLAlchemy's IntegrityError (rows that contradict each other) and DataError (a value that its
    column cannot hold) pass through: trying again does not help.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except DBAPIError as error:
        if _is_full(error.orig):
            raise StorageFull(
                "the database's disk is full; nothing was changed: make room there"
            ) from error
        raise DatabaseUnreachable(
            f"the database cannot be used now: {_said(error)}; nothing was changed"
        ) from error
    except PoolTimeout as error:
        raise DatabaseUnreachable(
            "the database has too many users at once; nothing was changed, try again"
        ) from error


@contextmanager
def committing() -> Iterator[None]:
    """Tell apart, around a commit, what was not done and what may have been done.

    Of a connection that breaks while the answer is waited for, nobody knows.
    """
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise DatabaseUnreachable(
            f"the database went away while it was keeping a change: {_said(error)}; whether the"
            " change was kept has to be looked up"
        ) from error


def _said(error: DBAPIError) -> str:
    """What the driver says, without the lines of advice that follow."""
    said = str(error.orig).partition("\n")[0]
    # With a write-ahead log, SQLite meets a full disk as such an error more often than as "full".
    failed = _sqlite_code(error.orig) == sqlite3.SQLITE_IOERR
    return f"{said} (is its disk full, or failing?)" if failed else said


def _is_full(error: BaseException | None) -> bool:
    return isinstance(error, psycopg.errors.DiskFull) or _sqlite_code(error) == sqlite3.SQLITE_FULL


def _sqlite_code(error: BaseException | None) -> int | None:
    # Errors of the driver's own, such as that of a closed connection, have no code.
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY

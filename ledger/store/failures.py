"""What databases' drivers raise, told as errors of ours: the one place where they are mapped."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledger.errors import TransportError


@contextmanager
def translated() -> Iterator[None]:
    """Raise TransportError where the database does not answer, is locked, or its disk is full.

    SQLAlchemy's IntegrityError (rows that contradict each other) and DataError (a value that its
    column cannot hold) pass through: trying again does not help.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except DBAPIError as error:
        raise TransportError(
            f"the database cannot be used now: {_said(error)}; nothing was changed"
        ) from error
    except PoolTimeout as error:
        raise TransportError(
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
        raise TransportError(
            f"the database went away while it was keeping a change: {_said(error)}; whether the"
            " change was kept has to be looked up"
        ) from error


def _said(error: DBAPIError) -> str:
    """What the driver says, without the lines of advice that follow."""
    return str(error.orig).partition("\n")[0]

"""Turns among several processes, as session locks of PostgreSQL.

A turn ends with the connection that holds it, and so with its process, however that ends; no clock
decides. A connection can break without its process noticing: then two may believe they have the
turn. It saves work, therefore, and nothing is safe only because of it.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, Connection, Engine, bindparam, text
from sqlalchemy.exc import DBAPIError

from ledger.store.failures import translated

_LOG = logging.getLogger(__name__)
_DOMAIN = b"sealbook:turn:"
_KEY = bindparam("key", type_=BigInteger)
_TRY = text("SELECT pg_try_advisory_lock(:key)").bindparams(_KEY)
_RELEASE = text("SELECT pg_advisory_unlock(:key)").bindparams(_KEY)


def lock_key(name: str) -> int:
    """The key of a name's lock: the first 64 bits of a hash, signed, as PostgreSQL takes them."""
    digest = hashlib.sha256(_DOMAIN + name.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


@contextmanager
def turn(engine: Engine, name: str) -> Iterator[bool]:
    """Whether this process has the turn for a name, until the block ends. Never waits for it.

    Raises TransportError if the database does not answer at the beginning. That it does not at the
    end is no error: whoever breaks the connection ends the turn.
    """
    key = lock_key(name)
    with translated():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with translated():
            mine = bool(connection.execute(_TRY, {"key": key}).scalar_one())
        try:
            yield mine
        finally:
            if mine:
                _release(connection, key)
    finally:
        connection.close()


def _release(connection: Connection, key: int) -> None:
    try:
        if connection.execute(_RELEASE, {"key": key}).scalar_one():
            return
        _LOG.warning("a turn was lost before its end")
    except DBAPIError as error:
        _LOG.warning("the connection that held a turn broke: %s", error.orig)
    # A connection that may still hold the lock must not be used for anything else.
    connection.invalidate()

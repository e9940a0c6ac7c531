"""PostgreSQL: the store for several services at once, on a server of its own."""

import logging
from contextlib import AbstractContextManager
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, ExceptionContext, create_engine, event, text

from ledger.errors import ConfigurationError
from ledger.store.failures import translated
from ledger.store.turns import lock_key, turn

_LOG = logging.getLogger(__name__)
DRIVERS = ("postgresql", "postgresql+psycopg")
CONNECT_TIMEOUT_SECONDS = 10
STATEMENT_TIMEOUT_MS = 60_000
"""How long one statement may run."""
LOCK_TIMEOUT_MS = 10_000
"""How long a statement waits for another transaction's lock."""
IDLE_TIMEOUT_MS = 300_000
"""How long a transaction may stand still, as of a process that was halted in the middle."""
POOL_SIZE = 10
POOL_OVERFLOW = 20
"""Connections that are kept, and those beyond them that are closed after use."""
MIGRATION_TIMEOUT_MS = 3_600_000
"""How long a change of the schema may take, and others wait for it."""
VACUUM_TIMEOUT_MS = 3_600_000
"""How long removing old versions of rows may take, which reads whole tables."""
_KEEPALIVES = {"idle": 10, "interval": 5, "count": 3}
# Acknowledged means on the disk. Settings that promise more than `on` stay.
_DURABLE_COMMITS = ("on", "remote_apply")
_NAME = "sealbook"
_SET = "SELECT set_config(%s, %s, false)"
_LOCK_SCHEMA = text("SELECT pg_advisory_xact_lock(:key)")
_SET_LOCALLY = text("SELECT set_config(:name, :value, true)")
_LOOK_AGAIN = text("SELECT pg_stat_clear_snapshot()")
_VACUUM = (
    "VACUUM (SKIP_LOCKED) documents, bundles, idempotency_keys,"
    " seen_invoices, seen_parties, seen_references"
)
# Those that wait for _LOCK_SCHEMA are starting, and at work on nothing.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = :name AND pid <> pg_backend_pid()"
    " AND wait_event IS DISTINCT FROM 'advisory'"
)


class Postgres:
    """A server reached by URL. Writers wait only for others that change the same rows."""

    lock_file = None  # several workers may share the database

    def __init__(self, url: URL) -> None:
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            # Parameters are secrets and documents' digests: they stay out of messages and logs.
            hide_parameters=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            # One round trip a transaction, little beside a commit's wait for the disk: so a server
            # that was restarted in between costs nobody an error.
            pool_pre_ping=True,
            connect_args=_connect_args(url),
        )
        event.listen(self.engine, "connect", _set_up)
        event.listen(self.engine, "commit", _refuse_half)
        event.listen(self.engine, "handle_error", _keep_rows_out)
        self.reading = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self.writing = self.engine.execution_options(isolation_level="READ COMMITTED")

    def turn(self, name: str) -> AbstractContextManager[bool]:
        """Whether no other process has the turn for a name now; see `turns`."""
        return turn(self.engine, name)

    def drop_old_pages(self) -> bool:
        """Remove the old versions of changed rows from the tables that hold what can be erased.

        Autovacuum would wait until a fifth of a table has changed. Versions that a running
        transaction still sees stay until the next time, as does a table that autovacuum, another
        erasure or a change of the schema has locked; returns whether there was none of these.
        Nothing leaves the server's own log before that is recycled; see the README.
        """
        skipped: list[str] = []
        with translated(), self.engine.connect() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            _driver(autocommit).add_notice_handler(lambda said: _note_skipped(said, skipped))
            # Its time is another one than that of all that the pool hands out.
            autocommit.detach()
            autocommit.exec_driver_sql(f"SET statement_timeout = {VACUUM_TIMEOUT_MS}")
            autocommit.exec_driver_sql(_VACUUM)
        for what in skipped:
            _LOG.warning("old versions of rows stay for now: %s", what)
        return not skipped

    def lock_schema(self, connection: Connection) -> None:
        """Wait until no other process changes the schema, and keep others from it until the end."""
        _set_locally(connection, "statement_timeout", MIGRATION_TIMEOUT_MS)
        _set_locally(connection, "lock_timeout", MIGRATION_TIMEOUT_MS)
        connection.execute(_LOCK_SCHEMA, {"key": lock_key("schema")})
        _set_locally(connection, "lock_timeout", LOCK_TIMEOUT_MS)

    def others_at_work(self, connection: Connection) -> int:
        """Connections of other processes of ours, besides those that wait to change the schema."""
        self.engine.pool.dispose()  # idle ones of this process are nobody's work
        # Within a transaction, the server goes on showing what it showed at first.
        connection.execute(_LOOK_AGAIN)
        count: int = connection.execute(_OTHERS, {"name": _NAME}).scalar_one()
        return count


def _set_locally(connection: Connection, name: str, value: int) -> None:
    connection.execute(_SET_LOCALLY, {"name": name, "value": str(value)})


def _connect_args(url: URL) -> dict[str, Any]:
    """How the driver connects, where the URL does not say."""
    arguments = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        **{f"keepalives_{name}": value for name, value in _KEEPALIVES.items()},
    }
    given = {name: value for name, value in arguments.items() if name not in url.query}
    return {**given, "application_name": _NAME, "client_encoding": "utf8"}


def _set_up(connection: "psycopg.Connection[Any]", _record: object) -> None:
    settings: dict[str, object] = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
        # So that a machine that vanished does not keep its turns for hours.
        **{f"tcp_keepalives_{name}": value for name, value in _KEEPALIVES.items()},
    }
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        fsync, commits = cursor.fetchone() or ("", "")
        if fsync != "on":
            connection.close()
            raise ConfigurationError(
                "the PostgreSQL server runs with fsync off, so that a power failure destroys what"
                " was accepted: set fsync = on in its configuration"
            )
        if commits not in _DURABLE_COMMITS:
            settings["synchronous_commit"] = "on"
        cursor.executemany(_SET, [(name, str(value)) for name, value in settings.items()])
    connection.autocommit = False


def _refuse_half(connection: Connection) -> None:
    # PostgreSQL answers such a commit by rolling back, and the driver does not tell.
    driver = _driver(connection)
    if driver.info.transaction_status is TransactionStatus.INERROR:
        driver.rollback()
        raise RuntimeError("a statement of this transaction failed, so that none of it is kept")


def _driver(connection: Connection) -> "psycopg.Connection[Any]":
    driver: psycopg.Connection[Any] = cast(Any, connection.connection.dbapi_connection)
    return driver


def _note_skipped(said: psycopg.errors.Diagnostic, skipped: list[str]) -> None:
    if said.sqlstate == psycopg.errors.LockNotAvailable.sqlstate:
        skipped.append(said.message_primary or "a table is locked")


def _keep_rows_out(context: ExceptionContext) -> None:
    """Cut messages down to what went wrong: their details quote the rows that were refused."""
    original, told = context.original_exception, context.sqlalchemy_exception
    if isinstance(original, psycopg.Error) and original.diag.message_primary is not None:
        original.args = (original.diag.message_primary,)
        if told is not None:
            told.args = (f"({type(original).__name__}) {original.diag.message_primary}",)

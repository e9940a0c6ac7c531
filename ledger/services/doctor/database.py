"""The database: whether it answers, keeps what was committed, and has room."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection

from ledger.errors import ConfigurationError
from ledger.services.doctor.findings import Finding, ok, time_text, warning, wrong
from ledger.store.engine import Store
from ledger.store.migrations import check_current, is_older, revision

LITTLE_BYTES = 1024**3
"""Free space below which somebody should make room."""

NO_BYTES = 100 * 1024**2
"""Free space below which the service may stop at any moment."""

MOST_CLOCK_SECONDS = 5
"""How far the clocks of this machine and of the database may be apart."""

_FULL = 2  # PRAGMA synchronous
_MIB = 1024**2
_POSTGRES = ("fsync", "full_page_writes", "synchronous_commit")
# remote_apply, remote_write and local wait for this server's disk at the least, as `on` does.
_DURABLE_COMMITS = ("on", "local", "remote_write", "remote_apply")


def check_schema(store: Store) -> Iterator[Finding]:
    """Whether the database answers and has this version's tables."""
    with store.reading() as connection:
        found = revision(connection)
    if found is None:
        yield warning(
            "database",
            "it answers, and has no tables yet",
            "start the service once, which makes them (sealbook serve)",
        )
        return
    try:
        check_current(store)
    except ConfigurationError as error:
        remedy = (
            "stop the service and start it again, which brings the tables up to date"
            if is_older(found)
            else "run the newer version of Sealbook that has changed them"
        )
        yield wrong("database", str(error).partition(";")[0], remedy)
        return
    yield ok("database", f"it answers ({store.engine.dialect.name}), with this version's tables")


def check_durability(store: Store) -> Iterator[Finding]:
    """Whether what is committed outlasts a power failure."""
    with store.reading() as connection:
        bad = list(_weak_settings(connection))
    if bad:
        yield wrong(
            "durability",
            f"what was accepted may be lost when the power fails: {', '.join(bad)}",
            "change these settings of the database"
            if store.engine.dialect.name == "postgresql"
            else "keep the database on a local disk, not on a network share",
        )
    else:
        yield ok("durability", "what is committed outlasts a power failure")


def _weak_settings(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        if mode != "wal":
            yield f"journal_mode is {mode} and not wal"
        if connection.exec_driver_sql("PRAGMA synchronous").scalar_one() < _FULL:
            yield "synchronous is below FULL"
        return
    for name in _POSTGRES:
        value = connection.exec_driver_sql(f"SHOW {name}").scalar_one()
        durable = _DURABLE_COMMITS if name == "synchronous_commit" else ("on",)
        if value not in durable:
            yield f"{name} is {value}"


def check_database_clock(store: Store, now: Callable[[], float]) -> Iterator[Finding]:
    """Whether a database on another machine has the time of this one."""
    if store.engine.dialect.name != "postgresql":
        return
    with store.reading() as connection:
        query = "SELECT extract(epoch FROM clock_timestamp())"
        apart = float(connection.exec_driver_sql(query).scalar_one()) - now()
    if abs(apart) > MOST_CLOCK_SECONDS:
        yield warning(
            "database clock",
            f"the database's clock is {time_text(abs(apart))} {'ahead' if apart > 0 else 'behind'}",
            "let both machines take their time from the same source (NTP)",
        )
    else:
        yield ok("database clock", "it agrees with this machine's clock")


def free_bytes(file: Path) -> int:
    """Room on the disk of a database file."""
    return shutil.disk_usage(file.parent).free


def check_disk(file: Path, free: Callable[[Path], int] = free_bytes) -> Iterator[Finding]:
    """Whether the disk of a database file has room."""
    room = free(file)
    says = f"{room // _MIB:,} MiB are free where the database is"
    remedy = f"make room on the disk of {file.parent}"
    if room < NO_BYTES:
        yield wrong("disk", says, remedy)
    elif room < LITTLE_BYTES:
        yield warning("disk", says, remedy)
    else:
        yield ok("disk", says)


def is_running(store: Store) -> bool | None:
    """Whether a service works on the database; None if that cannot be seen.

    On PostgreSQL other commands count as services: the server does not tell one from the other.

    Raises TransportError if the database does not answer.
    """
    lock = store.lock_file
    if lock is None:
        if store.engine.dialect.name != "postgresql":
            return None
        with store.reading() as connection:
            return store.others_at_work(connection) > 0
    try:
        with lock.open("rb") as file:
            # Shared, and for no longer than it takes to see it: a service may start just now.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False


def check_service(store: Store) -> Iterator[Finding]:
    """Whether the service runs."""
    running = is_running(store)
    if running and store.lock_file is None:
        yield ok(
            "service",
            "services or commands are connected to this database; /readyz of each service says how"
            " it is",
        )
    elif running:
        yield ok("service", "it runs")
    elif running is None:
        yield ok("service", "it cannot be seen from here whether it runs")
    else:
        yield warning(
            "service",
            "it does not run: nothing is accepted, and what waits is not sent",
            "start it with sealbook serve",
        )

"""A PostgreSQL server of one's own, and fresh databases on it, for tests and benchmarks."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import URL, make_url

from ledger.store.engine import open_store
from ledger.store.migrations import upgrade
from scripts.processes import ScriptError, StartError, comes_up

URL_VARIABLE = "SEALBOOK_TEST_POSTGRES_URL"
_STOP_SECONDS = 30
_USER = "sealbook"
_USERS_FOR_ROOT = ("postgres", "nobody")
# Where Debian keeps them: not on the path.
_DEBIAN = Path("/usr/lib/postgresql")


class NoServer(ScriptError):
    """There is no PostgreSQL server program."""


class PostgresServer:
    """Debian's server on a Unix socket, with its data in a folder; it can be stopped and started.

    fsync stays on: what was committed survives `stop`, however the server ends.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self.folder = folder
        self._programs = programs
        self._data = folder / "data"
        self._as_user = _unprivileged(folder)
        self._process: subprocess.Popen[str] | None = None
        self._run(
            "initdb",
            f"--username={_USER}",
            "--auth=trust",
            "--no-sync",
            "--locale=C",
            "--encoding=UTF8",
        )

    @property
    def url(self) -> URL:
        """Of the database that every server has."""
        place = {"host": str(self.folder)}
        return URL.create("postgresql", _USER, database="postgres", query=place)

    @property
    def pid(self) -> int:
        """The server's first process."""
        if self._process is None:
            raise ScriptError("the PostgreSQL server does not run")
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it answers. Raises StartError."""
        places: list[str | Path] = ["-D", self._data, "-k", self.folder]
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(  # noqa: S603 - Debian's program
                [*self._as_user, self._programs / "postgres", *places, "-c", "listen_addresses="],
                stdout=log,
                stderr=log,
                text=True,
            )
        if not comes_up(self._process, self._answers):
            raise StartError((self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop: by default at once and without tidying up, as a crash does (SIGINT: orderly)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_STOP_SECONDS)
            self._process = None

    def restart(self) -> None:
        """Crash, and come back with what was committed."""
        self.stop()
        self.start()

    def configure(self, line: str) -> None:
        """Add a line to the server's configuration, and restart it."""
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(f"{line}\n")
        self.restart()

    @contextmanager
    def asking_for_passwords(self) -> Iterator[None]:
        """Trust nobody who connects in the meantime."""
        rules = self._data / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text("local all all scram-sha-256\n")
        self._reload()
        try:
            yield
        finally:
            rules.write_text(before)
            self._reload()

    def _reload(self) -> None:
        self._run("pg_ctl", "reload", "--silent")

    def _answers(self) -> bool:
        try:
            psycopg.connect(_conninfo(self.url)).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - Debian's programs
            [*self._as_user, self._programs / program, *arguments, "-D", self._data],
            check=True,
            capture_output=True,
        )


class Databases:
    """Makes databases on a server; those with this version's schema are copies of one."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._made: list[str] = []
        self._template: str | None = None

    def new(self, *, migrated: bool = True) -> str:
        """The URL of a database that nobody used before."""
        if not migrated:
            return self._create("template0")
        if self._template is None:
            store = open_store(self._create("template0"))
            upgrade(store)
            store.close()
            self._template = self._made[-1]
        return self._create(self._template)

    def drop_all(self) -> None:
        """Leave the server as it was."""
        self._template = None
        while self._made:
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._made.pop())

    def _create(self, template: str) -> str:
        name = f"sealbook_{uuid.uuid4().hex[:16]}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        self._made.append(name)
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(_conninfo(self._server), autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server for one user alone, who may stop it. Raises NoServer."""
    programs = server_programs()
    folder = Path(tempfile.mkdtemp(prefix="sealbook-pg-"))
    server = None
    try:
        server = PostgresServer(programs, folder)
        server.start()
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder)


@contextmanager
def running_databases() -> Iterator[Databases]:
    """Databases on the server that the environment names, or on one that is started.

    Raises NoServer.
    """
    url = os.environ.get(URL_VARIABLE)
    if url is None:
        with running_server() as server:
            yield Databases(server.url)
        return
    databases = Databases(make_url(url).set(drivername="postgresql"))
    try:
        yield databases
    finally:
        databases.drop_all()


def server_programs() -> Path:
    """The folder of the server's programs, of the newest version there is. Raises NoServer."""
    places = [*_DEBIAN.glob("*/bin")] if _DEBIAN.is_dir() else []
    found = sorted(
        (place for place in places if (place / "postgres").exists()),
        key=lambda place: int(place.parent.name),
    )
    if found:
        return found[-1]
    on_path = shutil.which("postgres")
    if on_path is not None:
        return Path(on_path).resolve().parent
    raise NoServer(
        "no PostgreSQL server program: install Debian's postgresql, or name a server by"
        f" {URL_VARIABLE}"
    )


def _unprivileged(folder: Path) -> list[str]:
    """What a command begins with so that it is not root's, as the server demands.

    It ends with the process that started it, even if that one is killed.
    """
    orphaned = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() != 0:
        return orphaned
    users = [user for user in pwd.getpwall() if user.pw_name in _USERS_FOR_ROOT]
    user = max(users, key=lambda one: one.pw_name == _USERS_FOR_ROOT[0])
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [*orphaned, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _conninfo(url: URL) -> str:
    return url.render_as_string(hide_password=False)

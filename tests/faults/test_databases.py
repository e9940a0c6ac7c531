"""The disk full, the database locked, and its server restarted, killed or cut off."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.faults.means import cannot_be_tried
from tests.faults.sending import send
from tests.faults.world import World, running_world, wait_until
from tests.support.postgres import (
    Databases,
    PostgresServer,
    running_server,
    server_programs,
)

LOCKED_SECONDS = 13  # longer than the ten seconds for which the service waits for the lock
CUTS = 8
SMALL_DISK, SMALL_SERVER_DISK = "4m", "120m"
_LOCK = """
import sqlite3, sys, time
with sqlite3.connect(sys.argv[1], isolation_level=None) as database:
    database.execute("PRAGMA busy_timeout = 10000")
    database.execute("BEGIN EXCLUSIVE")
    print("locked", flush=True)
    time.sleep(float(sys.argv[2]))
    database.execute("COMMIT")
"""


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, which can be filled."""
    if os.geteuid() != 0:
        cannot_be_tried("only root can mount a small disk")
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False).returncode:
        cannot_be_tried("a small disk cannot be mounted here, as in a container without that right")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 - part of any system


def fill(disk: Path) -> None:
    """Leave no byte of a disk free."""
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def refused(world: World, text: str) -> bool:
    """Whether a document is refused now for want of the database, and with a reason."""
    sent = send(world.service, world.api_key, text)
    if not sent.refused:
        return False
    status, problem = sent.refused[0]
    assert status == httpx.codes.SERVICE_UNAVAILABLE
    assert problem["code"] == "storage-full" or "database" in problem["detail"]
    return True


def run_with_a_full_disk(world: World, disk: Path, free: Callable[[], None]) -> None:
    """Fill the disk until documents are refused, free it, and see that none is lost."""
    sender = world.sender("meanwhile")
    sender.wait_for(3)
    fill(disk)
    numbers = iter(range(10_000))
    wait_until(lambda: refused(world, f"on a full disk {next(numbers)}"))
    wait_until(lambda: bool(sender.remembered.refused))
    (disk / "filler").unlink()
    free()
    world.settle(sender.stop_after(1))
    world.service.stop()


def test_the_disk_is_full(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", SMALL_DISK) as disk,
        running_world(tmp_path, f"sqlite:///{disk}/ledger.db") as world,
    ):
        run_with_a_full_disk(world, disk, free=lambda: None)


def test_the_disk_of_the_database_server_is_full() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="sealbook-full-") as folder,
        small_disk(Path(folder), SMALL_SERVER_DISK) as disk,
        server_in(disk) as server,
        tempfile.TemporaryDirectory() as own,
        running_world(Path(own), Databases(server.url).new()) as world,
    ):
        # A server that found no room for its log has ended: its operator starts it again.
        run_with_a_full_disk(world, disk, free=server.restart)


def test_another_process_locks_the_database(tmp_path: Path) -> None:
    with running_world(tmp_path) as world:
        sender = world.sender("meanwhile")
        time.sleep(0.5)
        command = [sys.executable, "-c", _LOCK, f"{tmp_path}/ledger.db", str(LOCKED_SECONDS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as locking:
            assert locking.stdout is not None
            assert locking.stdout.readline() == b"locked\n"
            wait_until(lambda: bool(sender.remembered.refused))
        world.settle(sender.stop_after(1))


def test_a_second_service_is_refused_by_sqlite(tmp_path: Path) -> None:
    with running_world(tmp_path) as world:
        second = world.second_service("second")
        with pytest.raises(Exception, match="another service works on this database"):
            second.start()
        world.settle(send(world.service, world.api_key, "of the first"))


@contextmanager
def server_in(folder: Path) -> Iterator[PostgresServer]:
    """A database server with its data in a folder."""
    server = PostgresServer(server_programs(), folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with running_server() as running:
        yield running


def restarted(server: PostgresServer) -> None:
    server.stop(signal.SIGINT)
    time.sleep(1)
    server.start()


def crashed(server: PostgresServer) -> None:
    server.stop(signal.SIGQUIT)
    time.sleep(1)
    server.start()


def killed(server: PostgresServer) -> None:
    server.stop(signal.SIGKILL)
    time.sleep(1)
    server.start()


def cut_off(server: PostgresServer) -> None:
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND application_name = 'sealbook'"
    )
    url = server.url.render_as_string(hide_password=False)
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        for _ in range(CUTS):
            connection.execute(others)
            time.sleep(0.3)


def one_backend_killed(server: PostgresServer) -> None:
    url = server.url.render_as_string(hide_password=False)
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'sealbook' LIMIT 1"
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    os.kill(row[0], signal.SIGKILL)


@pytest.mark.parametrize("trouble", [restarted, crashed, killed, cut_off, one_backend_killed])
def test_the_database_server_goes_and_comes_back(
    tmp_path: Path, server: PostgresServer, trouble: Callable[[PostgresServer], None]
) -> None:
    with running_world(tmp_path, Databases(server.url).new()) as world:
        sender = world.sender("meanwhile")
        time.sleep(1)
        trouble(server)
        world.settle(sender.stop_after(1))
        world.service.stop()

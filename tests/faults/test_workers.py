"""Several services at work on one database, and one submission that comes again and again."""

import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.founding import OTHER_SUPPLIER, SUPPLIER
from tests.faults.proxy import at_random
from tests.faults.sending import Sender, send
from tests.faults.service import Service
from tests.faults.world import World, running_world, wait_until
from tests.support.postgres import Databases, running_server

CONFIRMATIONS = 3
TIMES = 20


@pytest.fixture
def shared(tmp_path: Path, databases: Databases) -> Iterator[World]:
    """A world on PostgreSQL, where a second service may work beside the first."""
    with running_world(tmp_path, databases.new()) as world:
        yield world


@contextmanager
def running_beside(world: World) -> Iterator[Service]:
    """A second service that runs."""
    service = world.second_service("second")
    service.start_and_wait()
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture
def second(shared: World) -> Iterator[Service]:
    """The second service, which runs."""
    with running_beside(shared) as service:
        yield service


def sender_to(service: Service, world: World, name: str) -> Sender:
    sender = Sender(service, world.api_key, name)
    sender.start()
    return sender


def test_two_workers_race(shared: World, second: Service) -> None:
    senders = [
        shared.sender("to the first"),
        sender_to(second, shared, "to the second"),
    ]
    with shared.proxy.ruled(at_random(0.1, seed=4)):
        time.sleep(5)
        remembered = [sender.stop_after(1) for sender in senders]
    shared.settle(*remembered)


def test_one_of_two_workers_is_killed(shared: World, second: Service) -> None:
    sender, other = shared.sender("to the first"), sender_to(second, shared, "to the second")
    time.sleep(2)
    second.kill()
    sent_before = other.stop()
    shared.settle(sender.stop_after(1), sent_before)


def test_one_of_two_workers_stands_still_for_a_while(shared: World, second: Service) -> None:
    sender = shared.sender("to the first")
    time.sleep(1)
    for _ in range(3):
        subprocess.run(["kill", "-STOP", str(second.pid)], check=True)  # noqa: S607 - part of any system
        time.sleep(1)
        subprocess.run(["kill", "-CONT", str(second.pid)], check=True)  # noqa: S607 - part of any system
        time.sleep(0.5)
    shared.settle(sender.stop_after(1))


def test_the_second_of_two_workers_takes_over(shared: World, second: Service) -> None:
    sent = send(second, shared.api_key, "first", "second", "third")
    shared.service.kill()
    again = send(second, shared.api_key, "first", "fourth")
    assert set(sent.accepted) & set(again.accepted), "the same key gets the same answer"
    shared.drain()
    shared.books().check()
    for remembered in (sent, again):
        shared.books().check_answers(remembered)
        shared.books().check_evidence(second, shared.api_key, remembered)


@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_a_fork_under_two_workers(tmp_path: Path, databases: Databases, *, deep: bool) -> None:
    with (
        running_world(tmp_path, databases.new(), confirmations=CONFIRMATIONS) as world,
        running_beside(world) as second,
    ):
        senders = [world.sender("to the first"), sender_to(second, world, "to the second")]
        for sender in senders:
            sender.wait_for(2)
        wait_until(lambda: world.seal_and_look() or world.books().states()["final"] > 0)
        remembered = [sender.stop() for sender in senders]
        if deep:
            world.fork_below_all_anchors()
        else:
            world.fork(CONFIRMATIONS - 1)
        wait_until(world.seal_and_look)
        world.settle(*remembered)


def test_the_database_server_is_restarted_under_two_workers(tmp_path: Path) -> None:
    with (
        running_server() as server,
        running_world(tmp_path, Databases(server.url).new()) as world,
        running_beside(world) as second,
    ):
        senders = [world.sender("to the first"), sender_to(second, world, "to the second")]
        time.sleep(1)
        server.stop(signal.SIGQUIT)
        time.sleep(1)
        server.start()
        world.settle(*[sender.stop_after(1) for sender in senders])
        second.stop()
        world.service.stop()


def test_one_submission_comes_twenty_times_at_once(world: World) -> None:
    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(
            pool.map(lambda _: send(world.service, world.api_key, "the same"), range(TIMES))
        )
    assert len({identifier for answer in answers for identifier in answer.accepted}) == 1
    assert world.books().documents() == 1
    world.settle(*answers[:1])


def test_one_submission_comes_to_two_services_at_once(shared: World, second: Service) -> None:
    services = [shared.service, second] * (TIMES // 2)
    with ThreadPoolExecutor(TIMES) as pool:
        answers = list(pool.map(lambda to: send(to, shared.api_key, "the same"), services))
    assert len({identifier for answer in answers for identifier in answer.accepted}) == 1
    assert shared.books().documents() == 1
    shared.settle(answers[0])


def test_two_members_share_a_service_and_none_holds_up_the_other(world: World) -> None:
    (world.folder / "keys" / "org-lieferant.key").rename(world.folder / "away")
    mine = send(world.service, world.api_keys[SUPPLIER], "mine")
    other = send(world.service, world.api_keys[OTHER_SUPPLIER], "of another")
    books = world.books()
    wait_until(
        lambda: bool(books.anchored()),
        tell=lambda: f"the other member waits, {books.states()}: the first one's key is away",
    )
    assert books.anchored()[0].member == OTHER_SUPPLIER
    (world.folder / "away").rename(world.folder / "keys" / "org-lieferant.key")
    world.settle(mine)
    books.check_evidence(world.service, world.api_keys[OTHER_SUPPLIER], other)

"""The service killed with SIGKILL before and after every durable write, and at any other time."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.launcher import KINDS, OPERATIONS, TROUBLED
from tests.faults.proxy import Fate, at_random
from tests.faults.world import World, running_world, wait_until
from tests.support.postgres import Databases

RANDOM_KILLS = 6


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One world for all kills, whose database grows with them."""
    url = None
    if request.param == "postgresql":
        databases: Databases = request.getfixturevalue("databases")
        url = databases.new()
    with running_world(tmp_path_factory.mktemp("kills"), url, start=False) as running:
        yield running


@pytest.fixture(autouse=True)
def running(world: World) -> None:
    """Between the tests the service goes on."""
    if not world.service.running:
        world.service.start_and_wait(watched=True)


def restart(world: World) -> None:
    """Start again what was killed."""
    world.service.wait_for_death()
    world.service.start_and_wait(watched=True)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "migrate"])
def test_killed_at_a_durable_write(world: World, kind: str, when: str) -> None:
    sender = world.sender(f"{kind} {when}")
    world.service.plan(kind=kind, when=when)
    restart(world)
    world.settle(sender.stop_after(1))


@pytest.mark.parametrize("fate", [Fate.DROP, Fate.LOSE])
def test_killed_while_the_node_gets_a_transaction(world: World, fate: Fate) -> None:

    def rule(methods: frozenset[str]) -> Fate:
        return fate if "eth_sendRawTransaction" in methods else Fate.PASS

    def kill(methods: frozenset[str]) -> None:
        if "eth_sendRawTransaction" in methods:
            world.service.kill()

    before = world.proxy.methods["eth_sendRawTransaction"]
    with world.proxy.ruled(rule), world.proxy.after_the_node(kill):
        sender = world.sender(f"sending {fate.name}")
        wait_until(lambda: world.proxy.methods["eth_sendRawTransaction"] > before)
        if fate is Fate.DROP:
            world.service.kill()
        world.service.wait_for_death()
    restart(world)
    world.settle(sender.stop_after(1))


def test_killed_at_random_times(world: World) -> None:
    chance = random.Random(20260101)  # noqa: S311 - repeatable times, no secret
    sender = world.sender("random")
    for _ in range(RANDOM_KILLS):
        time.sleep(chance.uniform(0, 1))
        world.service.kill()
        restart(world)
    world.settle(sender.stop_after(1))


def test_every_durable_write_is_one_of_those_that_are_killed_at(
    world: World, tmp_path: Path
) -> None:
    record = tmp_path / "commits"
    world.service.plan(record=str(record))
    with world.proxy.ruled(at_random(0.3, seed=2)):
        sender, trader = world.sender("recorded"), world.trader("recorded trade")
        time.sleep(3)
    traded = trader.stop_after(1)
    world.settle(sender.stop_after(1))
    world.settle_trade(traded)
    written = set(record.read_text().split())
    assert {"accept", "operate", "batch", "sign", "broadcast", "mined", "final"} <= written
    assert written <= {*KINDS, *OPERATIONS, *TROUBLED}
    (world.folder / "service.plan").unlink()

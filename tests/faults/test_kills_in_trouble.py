"""The service killed before and after the durable writes that only trouble brings about."""

from pathlib import Path

import pytest

from ledger.chain.keyring import key_file
from scripts.founding import SUPPLIER
from tests.faults.launcher import TROUBLED
from tests.faults.proxy import Fate
from tests.faults.sending import Remembered, send
from tests.faults.world import World, running_world, wait_until

CONFIRMATIONS = 2


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", TROUBLED)
def test_killed_at_a_write_that_trouble_brings_about(
    tmp_path: Path, store_url: str, kind: str, when: str
) -> None:
    with running_world(tmp_path, store_url, confirmations=CONFIRMATIONS, start=False) as world:
        world.service.start_and_wait(watched=True)
        bring_about = {
            "postpone": take_the_key_away,
            "requeue": take_the_nonce,
            "resend": fork_before_final,
            "reopen": fork_after_final,
        }[kind]
        sent = bring_about(world, when)
        wait_until(world.seal_and_look)
        world.settle(sent)


def take_the_key_away(world: World, when: str) -> Remembered:
    key = key_file(world.folder / "keys", SUPPLIER)
    with world.proxy.ruled(lambda _methods: Fate.DROP):
        sent = send(world.service, world.api_key, "accepted with a key")
        key.rename(world.folder / "away")
    world.service.plan(kind="postpone", when=when)
    restart(world)
    (world.folder / "away").rename(key)
    return sent


def take_the_nonce(world: World, when: str) -> Remembered:
    with world.anvil.not_sealing():
        sent = send(world.service, world.api_key, "without its nonce")
        wait_until(lambda: len(world.anvil.waiting()) == 1)
        with world.proxy.ruled(lambda _methods: Fate.DROP):
            world.anvil.rpc("anvil_dropAllTransactions")
            world.use_key_elsewhere()
            world.anvil.mine(1)
    world.service.plan(kind="requeue", when=when)
    wait_until(lambda: world.seal_and_look() or not world.service.running)
    restart(world)
    return sent


def fork_before_final(world: World, when: str) -> Remembered:
    sent = send(world.service, world.api_key, "mined and not final")
    wait_until(lambda: world.books().states()["mined"] > 0)
    world.service.plan(kind="resend", when=when)
    world.fork(1)
    restart(world)
    return sent


def fork_after_final(world: World, when: str) -> Remembered:
    sent = send(world.service, world.api_key, "final")
    wait_until(world.seal_and_look)
    world.service.plan(kind="reopen", when=when)
    world.fork_below_all_anchors()
    restart(world)
    return sent


def restart(world: World) -> None:
    """Start again what was killed."""
    world.service.wait_for_death()
    world.service.start_and_wait()

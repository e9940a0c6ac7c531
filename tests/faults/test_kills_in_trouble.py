"""The service killed before and after the durable writes that only trouble brings about."""

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ledger.chain.keyring import key_file
from scripts.founding import SUPPLIER
from tests.faults.launcher import TROUBLED
from tests.faults.proxy import Fate
from tests.faults.sending import Remembered, send
from tests.faults.world import World, running_world, wait_until

CONFIRMATIONS = 2
TOO_LITTLE_GAS, ENOUGH_GAS = 30_000, 30_000_000
STEP_SECONDS = 60
SEND = "eth_sendRawTransaction"

_Plan = Mapping[str, str]
"""At which commit the service is to be killed."""


@pytest.mark.parametrize(
    ("when", "store_urls"), [("before", "sqlite"), ("after", "postgresql")], indirect=["store_urls"]
)
@pytest.mark.parametrize("kind", TROUBLED)
def test_killed_at_a_write_that_trouble_brings_about(
    tmp_path: Path, store_url: str, kind: str, when: str
) -> None:
    bring_about: Mapping[str, Callable[[World, _Plan], Remembered]] = {
        "postpone": take_the_key_away,
        "requeue": take_the_nonce,
        "resend": fork_before_final,
        "reopen": fork_after_final,
        "fill": fork_away_an_outside_use,
        "cancel": refuse_its_gas,
        "set-aside": refuse_its_gas,
    }
    with running_world(tmp_path, store_url, confirmations=CONFIRMATIONS, start=False) as world:
        world.service.start_and_wait(watched=True)
        sent = bring_about[kind](world, {"kind": kind, "when": when})
        wait_until(world.seal_and_look)
        world.settle(sent)


def take_the_key_away(world: World, plan: _Plan) -> Remembered:
    key = key_file(world.folder / "keys", SUPPLIER)
    with world.proxy.ruled(lambda _methods: Fate.DROP):
        sent = send(world.service, world.api_key, "accepted with a key")
        key.rename(world.folder / "away")
    world.service.plan(**plan)
    restart(world)
    (world.folder / "away").rename(key)
    return sent


def take_the_nonce(world: World, plan: _Plan) -> Remembered:
    with world.anvil.not_sealing():
        sent = send(world.service, world.api_key, "without its nonce")
        wait_until(lambda: len(world.anvil.waiting()) == 1)
        with world.proxy.ruled(lambda _methods: Fate.DROP):
            world.anvil.rpc("anvil_dropAllTransactions")
            world.use_key_elsewhere()
            world.anvil.mine(1)
    world.service.plan(**plan)
    wait_until(lambda: world.seal_and_look() or not world.service.running)
    restart(world)
    return sent


def fork_before_final(world: World, plan: _Plan) -> Remembered:
    sent = send(world.service, world.api_key, "mined and not final")
    wait_until(lambda: world.books().states()["mined"] > 0)
    world.service.plan(**plan)
    world.fork(1)
    restart(world)
    return sent


def fork_after_final(world: World, plan: _Plan) -> Remembered:
    sent = send(world.service, world.api_key, "final")
    wait_until(world.seal_and_look)
    world.service.plan(**plan)
    world.fork_below_all_anchors()
    restart(world)
    return sent


def fork_away_an_outside_use(world: World, plan: _Plan) -> Remembered:
    before = world.anvil.height()
    world.use_key_elsewhere()
    sent = send(world.service, world.api_key, "behind it")
    wait_until(lambda: world.books().states()["mined"] > 0)
    world.service.plan(**plan)
    world.fork(world.anvil.height() - before)
    restart(world)
    return sent


def refuse_its_gas(world: World, plan: _Plan) -> Remembered:
    with world.proxy.ruled(lambda methods: Fate.DROP if SEND in methods else Fate.PASS):
        sent = send(world.service, world.api_key, "more gas than a block has")
        wait_until(lambda: world.books().states()["signed"] > 0)
        world.anvil.rpc("evm_setBlockGasLimit", hex(TOO_LITTLE_GAS))
    clock = itertools.count(STEP_SECONDS, STEP_SECONDS)

    def look(**killing: str) -> bool:
        """Let a minute pass, so that what waits for long is tried."""
        world.service.plan(offset=next(clock), **killing)
        return world.seal_and_look()

    wait_until(lambda: not world.service.running or look(**plan))
    world.anvil.rpc("evm_setBlockGasLimit", hex(ENOUGH_GAS))
    world.service.plan(offset=next(clock))
    restart(world)
    wait_until(look)
    return sent


def restart(world: World) -> None:
    """Start again what was killed."""
    world.service.wait_for_death()
    world.service.start_and_wait(watched=True)

"""Acts on records under faults: no offer comes twice, though the contract would take it twice."""

import time
from pathlib import Path

import httpx
import pytest

from tests.faults.acts import EVENTS
from tests.faults.proxy import Fate, at_random, first_times
from tests.faults.trading import OFFERS
from tests.faults.world import World, running_world, wait_until
from tests.support.postgres import Databases

CONFIRMATIONS = 3
KINDS = ("operate", "sign", "broadcast", "mined", "final")
NO_RECORD = "0x" + "11" * 32


def test_one_trade_is_one_event_for_each_act(world: World) -> None:
    trader = world.trader("quiet")
    traded = trader.stop_after(1)
    world.settle_trade(traded)
    done = world.books().done()
    assert set(done) == set(EVENTS)
    assert done["offer"] >= OFFERS
    assert done.total() == len(traded.accepted)


def test_an_offer_that_comes_twice_is_found(tmp_path: Path) -> None:
    # What the other tests rest on: the contract takes it, and the invariants do not.
    with running_world(tmp_path) as world:
        world.settle_trade(world.trader("once").stop_after(1))
        world.use_key_elsewhere(world.books().call_of("offer"))
        with pytest.raises(AssertionError, match="only on the chain"):
            world.books().check()


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_members_trade(tmp_path: Path, store_url: str, when: str) -> None:
    with running_world(tmp_path, store_url, start=False) as world:
        world.service.start_and_wait(watched=True)
        trader = world.trader("interrupted")
        for kind in KINDS:
            world.service.plan(kind=kind, when=when)
            world.service.wait_for_death()
            world.service.start_and_wait(watched=True)
        world.settle_trade(trader.stop_after(1))


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_when_an_operation_is_told_no(tmp_path: Path, store_url: str, when: str) -> None:
    with running_world(tmp_path, store_url, start=False) as world:
        world.service.start_and_wait(watched=True)
        with world.proxy.ruled(lambda _methods: Fate.DROP):
            answer = httpx.post(
                f"{world.service.url}/v1/records/{NO_RECORD}/cancellation",
                headers={"Authorization": f"Bearer {world.api_key}", "Idempotency-Key": "no"},
                timeout=30,
            )
            assert answer.is_success, "kept unchecked while the node is away"
            world.service.plan(kind="refuse", when=when)
        world.service.wait_for_death()
        world.service.start_and_wait()
        world.settle_trade()
        operation = world.service.get(answer.headers["Location"], world.api_key).json()
        assert operation["state"] == "refused"
        assert operation["problem"]["code"] == "unknown-record"


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "eth_getTransactionReceipt"])
def test_answers_to_operations_are_lost(world: World, method: str) -> None:
    with world.proxy.ruled(first_times(6, method, Fate.LOSE)):
        trader = world.trader(method)
        traded = trader.stop_after(1)
    world.settle_trade(traded)


@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_a_fork_takes_operations_away(tmp_path: Path, store_url: str, *, deep: bool) -> None:
    with running_world(tmp_path, store_url, confirmations=CONFIRMATIONS) as world:
        before = world.trader("before the fork").stop_after(1)
        if deep:
            wait_until(world.seal_and_look)
            world.settle_trade(before)
            world.fork_below_all_anchors()
        else:
            world.fork(CONFIRMATIONS - 1)
        after = world.trader("after the fork").stop_after(1)
        wait_until(world.seal_and_look)
        world.settle_trade(before, after)
        assert world.books().done()["accept-offer"] >= OFFERS


def test_two_workers_share_the_trade(tmp_path: Path, databases: Databases) -> None:
    with running_world(tmp_path, databases.new()) as world:
        second = world.second_service("second")
        second.start_and_wait()
        traders = [world.trader("first"), world.trader("second", second)]
        with world.proxy.ruled(at_random(0.1, seed=6)):
            time.sleep(5)
            second.kill()
            second.start_and_wait()
            time.sleep(2)
        world.settle_trade(*[trader.stop_after(1) for trader in traders])
        second.stop()

"""The chain forked: shallower and deeper than the confirmations that the service waits for."""

from pathlib import Path

import pytest

from tests.faults.sending import send
from tests.faults.world import running_world, wait_until

CONFIRMATIONS = 3


def test_a_fork_shallower_than_the_confirmations(tmp_path: Path, store_url: str) -> None:
    with running_world(tmp_path, store_url, confirmations=CONFIRMATIONS) as world:
        sent = send(world.service, world.api_key, "first", "second")
        wait_until(lambda: world.books().states()["mined"] > 0)
        world.fork(1)
        wait_until(world.seal_and_look)
        world.settle(sent)


def test_a_fork_that_takes_away_what_was_final(tmp_path: Path, store_url: str) -> None:
    with running_world(tmp_path, store_url, confirmations=CONFIRMATIONS) as world:
        sent = send(world.service, world.api_key, "first", "second")
        wait_until(world.seal_and_look)
        world.settle(sent)
        world.fork_below_all_anchors()
        later = send(world.service, world.api_key, "third")
        wait_until(world.seal_and_look)
        world.settle(sent, later)


@pytest.mark.parametrize("deep", [False, True], ids=["shallow", "deep"])
def test_a_fork_that_takes_away_an_outside_use_of_the_key(tmp_path: Path, *, deep: bool) -> None:
    # The nonce that somebody else took is free again: what is behind it must not wait for ever.
    with running_world(tmp_path, confirmations=CONFIRMATIONS) as world:
        before = world.anvil.height()
        world.use_key_elsewhere()
        sent = send(world.service, world.api_key, "behind it")
        wait_until(lambda: world.books().states()["mined"] > 0)
        if deep:
            wait_until(world.seal_and_look)
        world.fork(world.anvil.height() - before)
        wait_until(world.seal_and_look)
        world.settle(sent)

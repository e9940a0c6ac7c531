"""The service's clock jumps while it runs, far back and far ahead, and comes back or stays."""

import time
from pathlib import Path

import pytest

from tests.faults.proxy import at_random
from tests.faults.sending import send
from tests.faults.world import running_world

DAY_SECONDS = 86_400


@pytest.mark.parametrize("days", [-30, 400])
def test_the_clock_jumps(tmp_path: Path, store_url: str, days: int) -> None:
    with running_world(tmp_path, store_url, start=False) as world:
        world.service.start_and_wait(watched=True)
        sender = world.sender("right, wrong, right and wrong again")
        with world.proxy.ruled(at_random(0.2, seed=5)):
            for offset in (0, days * DAY_SECONDS, 0, days * DAY_SECONDS):
                world.service.plan(offset=offset)
                time.sleep(2)
        remembered = sender.stop_after(1)
        world.settle(remembered)
        world.service.plan(offset=0)
        world.settle(send(world.service, world.api_key, "right again"))

"""The service's clock jumps while it runs, far back and far ahead (libfaketime)."""

import time
from pathlib import Path

import pytest

from tests.faults.means import cannot_be_tried
from tests.faults.proxy import at_random
from tests.faults.world import running_world

JUMPS = ("-30d", "+400d")


def library() -> Path:
    """Debian's libfaketime."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        cannot_be_tried("install Debian's package libfaketime")
    return found[0]


@pytest.mark.parametrize("jump", JUMPS)
def test_the_clock_jumps_and_comes_back(tmp_path: Path, store_url: str, jump: str) -> None:
    offset = tmp_path / "clock"
    offset.write_text("+0")
    prefix = (
        "env",
        f"LD_PRELOAD={library()}",
        f"FAKETIME_TIMESTAMP_FILE={offset}",
        "FAKETIME_NO_CACHE=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    )
    with running_world(tmp_path, store_url, start=False) as world:
        world.service.start(*prefix)
        sender = world.sender("right, wrong and right again")
        with world.proxy.ruled(at_random(0.2, seed=5)):
            for now in ("+0", jump, "+0"):
                set_clock(offset, now)
                time.sleep(2)
        set_clock(offset, jump)
        world.settle(sender.stop_after(1))


def set_clock(file: Path, offset: str) -> None:
    """Exchange the file at once, so that no half of it is read."""
    new = file.with_suffix(".new")
    new.write_text(offset)
    new.rename(file)

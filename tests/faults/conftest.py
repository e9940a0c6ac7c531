from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import World, running_world


@pytest.fixture
def world(tmp_path: Path, store_url: str) -> Iterator[World]:
    """anvil and a service that runs, on each of the stores."""
    with running_world(tmp_path, store_url) as running:
        yield running

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.submission import World
from tests.support.consortium import Consortium, running_consortium


@pytest.fixture(scope="module")
def consortium() -> Iterator[Consortium]:
    """One chain for all tests of a module; they do not share documents."""
    with running_consortium() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, store_url: str) -> Iterator[World]:
    """A service, chain and clock for one test alone, on each of the stores."""
    with running_consortium() as consortium, ExitStack() as stack:
        yield World(consortium, tmp_path, stack, store_url)

from collections.abc import Iterator

import pytest

from devnet.chain import Devnet
from tests.devnet.client import Client


@pytest.fixture
def devnet() -> Iterator[Devnet]:
    with Devnet.open(None) as devnet:
        yield devnet


@pytest.fixture
def client(devnet: Devnet) -> Client:
    return Client(devnet)


@pytest.fixture
def pooled() -> Iterator[Client]:
    """A chain that seals only when it is told to."""
    with Devnet.open(None, auto_seal=False) as devnet:
        yield Client(devnet)

from collections.abc import Iterator

import pytest

from ledger.store.engine import Store, open_store
from ledger.store.migrations import upgrade
from tests.support.postgres import PostgresServer, running_server


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store with this version's schema, on SQLite and on PostgreSQL."""
    opened = open_store(store_url)
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A server that a test may stop, if it starts it again; other tests do not use it."""
    with running_server() as running:
        yield running

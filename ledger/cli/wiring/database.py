"""The database of the service on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.services.settings import ServiceSettings
from ledger.store.engine import Store, open_store
from ledger.store.migrations import prepare


@contextmanager
def open_database(settings: ServiceSettings) -> Iterator[Store]:
    """The service's database, with the schema of this version."""
    store = open_store(settings.database_url)
    try:
        prepare(store)
        yield store
    finally:
        store.close()

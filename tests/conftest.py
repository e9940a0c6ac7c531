import itertools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Databases, running_databases


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Undo what a service that a test has made does to this process's logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """PostgreSQL databases, on one server for all tests of a process."""
    with running_databases() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def store_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes databases of the test's own, on each of the stores."""
    if request.param == "sqlite":
        names = (f"ledger{number}.db" for number in itertools.count())
        return lambda: f"sqlite:///{tmp_path / next(names)}"
    databases: Databases = request.getfixturevalue("databases")
    return databases.new


@pytest.fixture
def store_url(store_urls: Callable[[], str]) -> str:
    """A database of the test's own, on each of the stores."""
    return store_urls()

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Databases, running_databases


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """PostgreSQL databases, on one server for all tests of a process."""
    with running_databases() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of the test's own, on each of the stores."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    databases: Databases = request.getfixturevalue("databases")
    return databases.new()

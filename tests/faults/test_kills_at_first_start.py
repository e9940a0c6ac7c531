"""The service killed while it makes its schema, at its first start."""

from pathlib import Path

import pytest

from scripts.founding import SUPPLIER
from scripts.processes import StartError
from tests.faults.sending import send
from tests.faults.world import issue_keys, running_world
from tests.support.postgres import Databases


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_killed_while_the_schema_is_made(
    tmp_path: Path, store: str, when: str, request: pytest.FixtureRequest
) -> None:
    url = None
    if store == "postgresql":
        databases: Databases = request.getfixturevalue("databases")
        url = databases.new(migrated=False)
    with running_world(tmp_path, url, start=False, migrated=False) as fresh:
        fresh.service.plan(kind="migrate", when=when)
        with pytest.raises(StartError):
            fresh.service.start(watched=True)
        fresh.service.start_and_wait()
        keys = issue_keys(fresh.database_url)
        sent = send(fresh.service, keys[SUPPLIER], "first", "second")
        assert len(sent.accepted) == 2
        fresh.drain()
        fresh.books().check()
        fresh.books().check_evidence(fresh.service, keys[SUPPLIER], sent)

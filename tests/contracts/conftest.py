from collections.abc import Iterator

import pytest

from tests.contracts.cast import Ledger


@pytest.fixture(scope="session")
def deployed() -> Ledger:
    return Ledger.deploy()


@pytest.fixture
def ledger(deployed: Ledger) -> Iterator[Ledger]:
    snapshot = deployed.chain.snapshot()
    yield deployed
    deployed.chain.restore(snapshot)

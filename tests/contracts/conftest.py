from collections.abc import Iterator

import pytest

from tests.contracts.cast import Ledger
from tests.contracts.receivables import register_accepted


@pytest.fixture(scope="session")
def deployed() -> Ledger:
    return Ledger.deploy()


@pytest.fixture
def ledger(deployed: Ledger) -> Iterator[Ledger]:
    snapshot = deployed.chain.snapshot()
    yield deployed
    deployed.chain.restore(snapshot)


@pytest.fixture
def record(ledger: Ledger) -> bytes:
    """An accepted invoice of the supplier."""
    return register_accepted(ledger)

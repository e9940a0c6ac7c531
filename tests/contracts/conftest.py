from collections.abc import Iterator

import pytest

from tests.contracts import certificates
from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER
from tests.contracts.receivables import register_accepted
from tests.contracts.world import World, prepare
from tests.support.trees import root_of


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


@pytest.fixture
def deposit(ledger: Ledger) -> bytes:
    """A confirmed and negotiable deposit of the supplier with the depositary."""
    return certificates.issue_confirmed(ledger)


@pytest.fixture
def receipt(ledger: Ledger) -> bytes:
    """A warehouse receipt of the supplier from the depositary."""
    return certificates.issue_receipt(ledger)


@pytest.fixture
def evidence(ledger: Ledger) -> bytes:
    """A certificate from the depositary that the supplier anchored a document."""
    return certificates.certify(ledger)


@pytest.fixture(scope="module")
def world(deployed: Ledger) -> Iterator[World]:
    """A world in which each function has something to act on. Tests must leave it as it is."""
    snapshot = deployed.chain.snapshot()
    yield prepare(deployed)
    deployed.chain.restore(snapshot)


@pytest.fixture
def leaves(ledger: Ledger) -> list[bytes]:
    """Five leaves that the supplier anchored."""
    leaves = [bytes([number]) * 32 for number in range(5)]
    ledger.act(ledger.supplier, ledger.notary.functions.anchor(root_of(leaves), len(leaves)))
    return leaves


@pytest.fixture
def proposed(ledger: Ledger) -> int:
    """A proposal to make the auditor a buyer, approved by the council member that made it."""
    return ledger.propose(ledger.membership.functions.setRoles(ledger.auditor.id, BUYER))

import json
from collections import Counter

import pytest

from tests.contracts.cast import Ledger
from tests.contracts.gas import SNAPSHOT, measure, to_text
from tests.contracts.gas_arithmetic import bills
from tests.contracts.gas_governance import SIZES
from tests.contracts.harness import artifact, deployable

GROWTH = 1.05
NEAR = 1.1
# Contracts above this are refused since EIP-170.
MOST_CODE_BYTES = 24_576


@pytest.fixture(scope="module")
def committed() -> dict[str, int]:
    snapshot: dict[str, int] = json.loads(SNAPSHOT.read_text("utf-8"))
    return snapshot


def test_no_operation_grew_by_more_than_a_twentieth(
    ledger: Ledger, committed: dict[str, int]
) -> None:
    measured = measure(ledger)
    advice = "run scripts/snapshot_gas.py and look at the difference"
    assert set(measured) == set(committed), advice
    grown = {
        name: f"{committed[name]} -> {gas}"
        for name, gas in measured.items()
        if gas > committed[name] * GROWTH
    }
    assert not grown, advice


@pytest.mark.parametrize("name", deployable())
def test_every_operation_of_a_contract_is_measured(committed: dict[str, int], name: str) -> None:
    operations = {
        f"{name}.{entry['name']}"
        for entry in artifact(name)["abi"]
        if entry["type"] == "function" and entry["stateMutability"] in ("nonpayable", "payable")
    }
    measured = {operation.split(",")[0] for operation in committed}
    assert operations == {found for found in measured if found.startswith(f"{name}.")}


def test_an_anchor_takes_the_same_however_many_documents_it_is_for(
    committed: dict[str, int],
) -> None:
    one, *more = (committed[f"Notary.anchor, {note}"] for note in SIZES.values())
    # Three bytes of the size that are zero for one leaf.
    assert all(one <= gas <= one + 3 * 12 for gas in more)


def test_register_accept_and_assign_take_little_more_than_what_they_store(ledger: Ledger) -> None:
    for bill in bills(ledger):
        assert 1 < bill.measured / bill.sum < NEAR, bill.operation


def test_slots_are_counted_as_storage_changes(ledger: Ledger) -> None:
    register, accept, offer, accept_offer = bills(ledger)
    for bill, new, changed in (
        (register, 14, 2),
        (accept, 0, 5),
        (offer, 5, 5),
        (accept_offer, 1, 6),
    ):
        outcomes = Counter(outcome for _, outcome in bill.slots)
        assert (outcomes["new"], outcomes["changed"]) == (new, changed), bill.operation
        assert len({slot for slot, _ in bill.slots}) == len(bill.slots)
    assert ("_records[record].issuer", "new") in register.slots
    assert ("_strictKeyHolders[strict key]", "new") in register.slots
    assert ("_members[buyer].status, roles, keys", "only read") in accept.slots


def test_the_snapshot_is_as_the_script_writes_it() -> None:
    text = SNAPSHOT.read_text("utf-8")
    assert text == to_text(json.loads(text))


@pytest.mark.parametrize("name", deployable())
def test_a_contract_fits_on_a_chain(name: str) -> None:
    assert len(artifact(name)["deployedBytecode"]) // 2 - 1 <= MOST_CODE_BYTES

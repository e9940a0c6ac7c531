import json

from tests.contracts.cast import Ledger
from tests.contracts.gas import SNAPSHOT, measure, to_text
from tests.contracts.harness import artifact, deployable

GROWTH = 1.05
# Contracts above this are refused since EIP-170.
MOST_CODE_BYTES = 24_576


def test_no_operation_grew_by_more_than_a_twentieth(ledger: Ledger) -> None:
    committed: dict[str, int] = json.loads(SNAPSHOT.read_text("utf-8"))
    measured = measure(ledger)
    advice = "run scripts/snapshot_gas.py and look at the difference"
    assert set(measured) == set(committed), advice
    grown = {
        name: f"{committed[name]} -> {gas}"
        for name, gas in measured.items()
        if gas > committed[name] * GROWTH
    }
    assert not grown, advice


def test_the_snapshot_is_as_the_script_writes_it() -> None:
    text = SNAPSHOT.read_text("utf-8")
    assert text == to_text(json.loads(text))


def test_contracts_fit_on_a_chain() -> None:
    for name in deployable():
        assert len(artifact(name)["deployedBytecode"]) // 2 - 1 <= MOST_CODE_BYTES

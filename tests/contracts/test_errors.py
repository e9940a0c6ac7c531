import re
from pathlib import Path

from tests.contracts.harness import artifact, deployable

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "contracts" / "src"


def own_errors() -> set[str]:
    """Errors that a contract may revert with, without those of the libraries."""
    entries = [entry for name in deployable() for entry in artifact(name)["abi"]]
    reverting = {entry["name"] for entry in entries if entry["type"] == "error"}
    return reverting & declared()


def declared() -> set[str]:
    """Errors that the sources declare."""
    sources = (path.read_text("utf-8") for path in SOURCES.rglob("*.sol"))
    return {name for source in sources for name in re.findall(r"\berror (\w+)\(", source)}


def quoted() -> set[str]:
    """Words in quotes in the tests, without what a model only predicts."""
    files = [*HERE.glob("test_*.py"), HERE / "rights.py"]
    return {word for file in files for word in re.findall(r'"(\w+)', file.read_text("utf-8"))}


def test_every_error_of_the_contracts_is_expected_in_a_test() -> None:
    assert own_errors()
    assert own_errors() - quoted() == set()


def test_no_error_is_declared_that_no_contract_has() -> None:
    assert declared() == own_errors()

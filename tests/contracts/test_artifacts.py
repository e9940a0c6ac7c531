import json
import re
from pathlib import Path

import pytest

from tests.contracts.harness import artifact

CONTRACTS = Path(__file__).parents[2] / "contracts"
DEPLOYABLE = ["DepositCertificateBook", "Forwarder", "InvoiceBook", "Membership", "Notary"]


def members_of(contract: str, struct: str) -> dict[str, tuple[int, int]]:
    """Slot and first byte of each member of a struct in storage."""
    found = artifact(contract)["storageLayout"]["types"][f"t_struct({struct})_storage"]
    return {item["label"]: (int(item["slot"]), item["offset"]) for item in found["members"]}


def test_there_is_an_artifact_for_each_deployable_contract_and_no_other() -> None:
    assert sorted(path.stem for path in (CONTRACTS / "artifacts").iterdir()) == DEPLOYABLE


@pytest.mark.parametrize("name", DEPLOYABLE)
def test_contracts_are_compiled_for_every_permissioned_engine_by_the_pinned_compiler(
    name: str,
) -> None:
    compiler = artifact(name)["compiler"]
    package = json.loads((CONTRACTS / "package.json").read_text("utf-8"))
    assert compiler["settings"]["evmVersion"] == "paris"
    assert compiler["version"].split("+")[0] == package["dependencies"]["solc"] == "0.8.30"


@pytest.mark.parametrize("name", DEPLOYABLE)
def test_artifacts_hold_no_numbers_that_a_comment_would_shift(name: str) -> None:
    text = (CONTRACTS / "artifacts" / f"{name}.json").read_text("utf-8")
    assert "astId" not in text
    assert not re.search(r"t_\w+\(\w+\)\d", text)
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def test_an_anchor_takes_one_word() -> None:
    assert members_of("Notary", "Anchor") == {
        "submitter": (0, 0),
        "time": (0, 20),
        "blockNumber": (0, 24),
        "size": (0, 28),
    }


def test_a_position_takes_one_word() -> None:
    assert members_of("InvoiceBook", "Position") == {
        "free": (0, 0),
        "reserved": (0, 10),
        "pledged": (0, 20),
    }


def test_the_lock_file_names_no_registry() -> None:
    text = (CONTRACTS / "package-lock.json").read_text("utf-8")
    packages = json.loads(text)["packages"]
    assert packages["node_modules/solc"]["integrity"].startswith("sha512-")
    assert all("resolved" not in package for package in packages.values())

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.evidence import Outcome, Scope, TrustPolicy, Verifier, parse_evidence
from ledger.types import ChainId, parse_address, parse_hex32
from scripts.regenerate_evidence_vectors import FOLDER, make_vectors

MANIFEST = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
DECIDING = (Outcome.FAILED, Outcome.REVOKED, Outcome.UNKNOWN)


def committed() -> dict[str, bytes]:
    paths = (path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths}


def policy() -> TrustPolicy:
    said = MANIFEST["policy"]
    return TrustPolicy(
        chain=ChainId.parse(said["chain"]),
        notaries=frozenset(parse_address(notary) for notary in said["notaries"]),
        invoice_book=None,
        min_depth=0,
        is_development=False,
        pinned_block_hashes=frozenset(parse_hex32(text) for text in said["pinned_block_hashes"]),
        require_standing=said["require_standing"],
        scope=Scope(said["scope"]),
    )


def read(path: str) -> bytes:
    return Path(FOLDER, path).read_bytes()


@pytest.mark.parametrize("case", MANIFEST["cases"], ids=lambda case: case["evidence"])
def test_every_file_gives_the_verdict_of_the_manifest(case: dict[str, Any]) -> None:
    document = None if case["document"] is None else read(case["document"])
    report = Verifier(policy(), None).verify(document, read(case["evidence"]))
    deciding = [result.step.number for result in report.steps if result.outcome in DECIDING]
    assert report.verdict.value == case["verdict"]
    assert next(iter(deciding), None) == case["decided_by"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("good/*")), ids=lambda path: path.stem)
def test_good_files_are_read_back_to_the_same_bytes(path: Path) -> None:
    data = path.read_bytes()
    assert parse_evidence(data, max_bytes=len(data)).serialise() == data


def test_the_committed_files_are_what_the_script_writes() -> None:
    assert committed() == make_vectors()

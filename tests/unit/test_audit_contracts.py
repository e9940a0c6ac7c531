import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import ConfigurationError
from scripts.audit_contracts import (
    EXPLANATIONS,
    Explanation,
    Finding,
    compare,
    read_explanations,
    run_slither,
)

FINDING = Finding("timestamp", "Council._open", "Council._open(uint256) (src/Council.sol#124)")
REASON = "expiry is in days"


@pytest.mark.parametrize("element", ["Council._open", "Council.*", "*._open"])
def test_an_explanation_of_the_element_or_of_its_pattern_explains_a_finding(element: str) -> None:
    assert list(compare([FINDING], [Explanation("timestamp", element, REASON)])) == []


def test_a_finding_that_nothing_explains_is_told_with_its_place() -> None:
    [complaint] = compare([FINDING], [])
    assert complaint.startswith("unexplained: timestamp in Council._open")
    assert FINDING.text in complaint


@pytest.mark.parametrize(
    ("detector", "element"),
    [("reentrancy", "Council._open"), ("timestamp", "Council._close"), ("timestamp", "Council")],
)
def test_an_explanation_of_something_else_explains_nothing_and_is_stale(
    detector: str, element: str
) -> None:
    unexplained, stale = compare([FINDING], [Explanation(detector, element, REASON)])
    assert unexplained.startswith("unexplained: timestamp")
    assert stale == f"stale: {detector} finds nothing in {element}"


def test_one_reason_may_stand_for_several_elements() -> None:
    entry = {"detector": "timestamp", "elements": ["A.f", "B.g"], "reason": REASON}
    assert read_explanations(json.dumps([entry])) == [
        Explanation("timestamp", "A.f", REASON),
        Explanation("timestamp", "B.g", REASON),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "{}x",
        '[{"detector": "timestamp", "elements": ["A.f"]}]',
        '[{"detector": "timestamp", "elements": ["A.f"], "reason": " "}]',
        '[{"elements": ["A.f"], "reason": "expiry is in days"}]',
    ],
)
def test_explanations_without_detector_element_or_reason_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=EXPLANATIONS.name):
        read_explanations(text)


def test_the_committed_explanations_are_well_formed_and_each_stands_once() -> None:
    found = read_explanations(EXPLANATIONS.read_text("utf-8"))
    places = [(entry.detector, entry.element) for entry in found]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("program", ["/nonexistent/slither", "/bin/true"])
def test_a_program_that_is_no_slither_is_told_apart_from_findings(program: str) -> None:
    with pytest.raises(ConfigurationError, match="make audit"):
        run_slither(Path(program), {})


def slither_that_reports(report: dict[str, Any], folder: Path) -> Path:
    """A program that takes Slither's arguments and gives this report."""
    program = folder / "slither"
    program.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        "report = pathlib.Path(sys.argv[sys.argv.index('--json') + 1])\n"
        f"report.write_text({json.dumps(report)!r})\n",
        encoding="utf-8",
    )
    program.chmod(0o700)
    return program


def test_findings_are_named_by_contract_and_function_and_come_in_order(tmp_path: Path) -> None:
    function = {"name": "anchor", "type_specific_fields": {"parent": {"name": "Notary"}}}
    variable = {"name": "root", "type_specific_fields": {"parent": function}}
    pragma = {"name": "^0.8.28"}
    detectors = [
        {"check": "b", "description": "of a variable\n", "elements": [variable, function]},
        {"check": "b", "description": "of a function", "elements": [function]},
        {"check": "a", "description": "of a file", "elements": [pragma]},
        {"check": "c", "description": "of nothing", "elements": []},
    ]
    report = {"success": True, "error": None, "results": {"detectors": detectors}}
    assert run_slither(slither_that_reports(report, tmp_path), {}) == [
        Finding("a", "^0.8.28", "of a file"),
        Finding("b", "Notary.anchor", "of a function"),
        Finding("b", "Notary.anchor", "of a variable"),
        Finding("c", "", "of nothing"),
    ]


def test_a_slither_that_finds_nothing_reports_no_detectors(tmp_path: Path) -> None:
    report: dict[str, Any] = {"success": True, "error": None, "results": {}}
    assert run_slither(slither_that_reports(report, tmp_path), {}) == []


def test_a_slither_that_failed_is_quoted(tmp_path: Path) -> None:
    report: dict[str, Any] = {"success": False, "error": "Invalid compilation", "results": {}}
    with pytest.raises(ConfigurationError, match="Invalid compilation"):
        run_slither(slither_that_reports(report, tmp_path), {})

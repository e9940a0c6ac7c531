"""Examine the contracts with Slither: every finding must be explained, every explanation needed.

`contracts/slither.json` is a list of explanations. Each names a detector, the elements that it
finds (`Contract.function` or `Contract.variable`; `*` stands for any text) and the reason why what
it finds is meant to be so. Lines may move freely.
"""

import argparse
import fnmatch
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.errors import ConfigurationError, SealbookError
from scripts.compiler import CONTRACTS, SOLC, read_sources, standard_input

EXPLANATIONS = CONTRACTS / "slither.json"

_OUTPUTS = ("abi", "devdoc", "userdoc", "evm.bytecode", "evm.deployedBytecode")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector found in an element; `text` says it with file and lines."""

    detector: str
    element: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why what a detector finds in an element is meant to be so."""

    detector: str
    element: str
    reason: str

    def explains(self, finding: Finding) -> bool:
        """Whether it speaks of this finding."""
        matches = fnmatch.fnmatchcase(finding.element, self.element)
        return matches and finding.detector == self.detector


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 nothing is left to explain, 1 something is, 2 Slither cannot be used."""
    parser = argparse.ArgumentParser(description="Examine the contracts with Slither.")
    parser.add_argument("--slither", type=Path, required=True, metavar="PATH", help="the program")
    options = parser.parse_args(arguments)
    try:
        explanations = read_explanations(EXPLANATIONS.read_text("utf-8"))
        findings = run_slither(options.slither, standard_input(read_sources(), _OUTPUTS))
    except SealbookError as error:
        print(error, file=sys.stderr)
        return 2
    complaints = list(compare(findings, explanations))
    print("\n".join(complaints) or f"Slither: {len(findings)} findings, each explained")
    return 1 if complaints else 0


def compare(findings: Sequence[Finding], explanations: Sequence[Explanation]) -> Iterator[str]:
    """Say which findings nothing explains, and which explanations explain nothing."""
    for finding in findings:
        if not any(explanation.explains(finding) for explanation in explanations):
            yield f"unexplained: {finding.detector} in {finding.element}\n{finding.text}"
    for explanation in explanations:
        if not any(explanation.explains(finding) for finding in findings):
            yield f"stale: {explanation.detector} finds nothing in {explanation.element}"


def read_explanations(text: str) -> list[Explanation]:
    """Parse the file of explanations; raises ConfigurationError unless each has a reason."""
    try:
        entries = [
            Explanation(entry["detector"], element, entry["reason"].strip())
            for entry in json.loads(text)
            for element in entry["elements"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{EXPLANATIONS.name} must list detector, elements and reason: {error!r}"
        ) from error
    if unreasoned := [entry.element for entry in entries if not entry.reason]:
        raise ConfigurationError(f"{EXPLANATIONS.name} gives no reason for {', '.join(unreasoned)}")
    return entries


def run_slither(slither: Path, sources: Mapping[str, Any]) -> list[Finding]:
    """What Slither finds in sources of ours (the compiler's input, complete), sorted.

    Raises ConfigurationError if Slither is not there or fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        request, report = Path(folder, "request.json"), Path(folder, "report.json")
        request.write_text(json.dumps(sources), "utf-8")
        options = ["--compile-force-framework", "Solc-json", "--filter-paths", "node_modules"]
        try:
            subprocess.run(  # noqa: S603 - the program is what the caller asked for
                [slither.absolute(), request, *options, "--solc", SOLC, "--json", report],
                cwd=CONTRACTS,
                capture_output=True,
                check=False,  # it also says by its status that it found something
            )
            answer = json.loads(report.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{slither} did not run; install it by make audit") from error
    if not answer["success"]:
        raise ConfigurationError(f"Slither failed: {answer['error'].strip()}")
    return sorted(map(_finding, answer["results"].get("detectors", [])), key=_order)


def _finding(entry: dict[str, Any]) -> Finding:
    element = _name(entry["elements"][0]) if entry["elements"] else ""
    return Finding(entry["check"], element, entry["description"].strip())


def _name(element: dict[str, Any]) -> str:
    """`Contract.function` around an element, or what stands alone."""
    names: list[str] = []
    while element:
        names.append(element["name"])
        element = element.get("type_specific_fields", {}).get("parent", {})
    return ".".join(names[::-1][:2])


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.detector, finding.element, finding.text


if __name__ == "__main__":
    sys.exit(main())

"""Trials of mutants: compile each in a copy of the tree and see whether the contract tests notice.

The working tree stays as it is. Tests that compare form (artifacts, gas, storage layout) are left
out: whether behaviour is tested is the question.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ledger.errors import ConfigurationError
from scripts.compile_contracts import deployable_sources, make_artifacts
from scripts.compiler import SOLC, compile_sources, imported_by
from scripts.generated import ROOT
from scripts.mutants import Mutant
from scripts.processes import ScriptError

TESTS = Path("tests/contracts")
OF_FORM = ("test_artifacts", "test_compile_script", "test_gas", "test_storage_layout")
STATEFUL = ("test_certificate_invariants", "test_conservation")

_SKIPPED = (".*", "__pycache__", "node_modules", "var", "build", "dist")
# What pytest answers if a test failed, and if one could not even be loaded.
_RED = (1, 2)


class TrialError(ScriptError):
    """Mutants cannot be tried, as the tests do not tell good contracts from bad ones."""


class Fate(StrEnum):
    """What became of a mutant; an invalid one does not compile, or to the same bytecode."""

    KILLED = "killed"
    SURVIVED = "survived"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant, and by which test."""

    mutant: Mutant
    fate: Fate
    by: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """A file of contract tests."""

    path: Path
    text: str

    @property
    def is_stateful(self) -> bool:
        """Whether it tries long sequences of calls."""
        return self.path.stem in STATEFUL

    def relevance(self, place: str) -> tuple[int, int]:
        """How much it seems to test `Contract.function`: by its name, and by what it mentions."""
        contract, _, function = place.partition(".")
        words = {word.lower() for word in re.findall(r"[A-Z][a-z]+", contract)}
        named = sum(word in self.path.stem for word in words)
        return named, self.text.count(function.lstrip("_"))


def read_suites(*, stateful: bool) -> list[Suite]:
    """The tests that mutants are tried on; those of random sequences only if asked for."""
    files = [
        Suite(path.relative_to(ROOT), path.read_text("utf-8"))
        for path in sorted((ROOT / TESTS).glob("test_*.py"))
        if not path.stem.startswith(OF_FORM)
    ]
    return [file for file in files if stateful or not file.is_stateful]


class Laboratory:
    """A copy of the tree in which mutants are tried, one after another.

    sources: every source that the contracts need, by the compiler's name for it.
    artifacts: what they compile to, by file name.
    """

    def __init__(
        self,
        folder: Path,
        sources: Mapping[str, str],
        artifacts: Mapping[str, str],
        suites: Sequence[Suite],
    ) -> None:
        self._root = folder
        self._sources = sources
        self._artifacts = artifacts
        self._suites = suites
        self._limit_seconds = 1800.0

    def set_up(self) -> None:
        """Copy the tree, with the artifacts of the sources."""
        shutil.copytree(ROOT, self._root, ignore=shutil.ignore_patterns(*_SKIPPED))
        self._write(self._artifacts)

    def prove(self) -> float:
        """Prove that the tests pass on the contracts, and fail on contracts without code.

        Returns how many seconds they take. Raises TrialError.
        """
        started = time.monotonic()
        if failed := self._failing_test(self._suites):
            raise TrialError(f"the tests fail without any mutant: {failed}")
        seconds = time.monotonic() - started
        without = {name: json.loads(text) for name, text in self._artifacts.items()}
        self._write({name: json.dumps(form | {"bytecode": "0x"}) for name, form in without.items()})
        if not self._failing_test(self._suites):
            raise TrialError("the tests pass on contracts without code: they read others")
        self._write(self._artifacts)
        return seconds

    def allow(self, seconds: float) -> None:
        """Take tests that take longer than this for a mutant that never ends."""
        self._limit_seconds = seconds

    def try_out(self, mutant: Mutant) -> Verdict:
        """Compile a mutant and run the tests, the likeliest first, until one fails."""
        try:
            changed = self._compile(mutant)
        except ConfigurationError:
            return Verdict(mutant, Fate.INVALID)
        if all(_code(text) == _code(self._artifacts[name]) for name, text in changed.items()):
            return Verdict(mutant, Fate.INVALID)
        self._write(changed)
        try:
            by = self._failing_test(
                sorted(self._suites, key=lambda suite: suite.relevance(mutant.place), reverse=True)
            )
            return Verdict(mutant, Fate.KILLED if by else Fate.SURVIVED, by)
        finally:
            self._write(self._artifacts)

    def _compile(self, mutant: Mutant) -> dict[str, str]:
        """The artifacts of the contracts that hold the changed source, as they become.

        Raises ConfigurationError if something does not compile.
        """
        changed = mutant.apply(self._sources[mutant.source])
        sources = {**self._sources, mutant.source: changed}
        code_of = [
            name
            for name in deployable_sources(sources)
            if mutant.source in imported_by(name, sources)
        ]
        compiled = compile_sources(SOLC, sources, code_of=code_of, tolerate_warnings=True)
        return make_artifacts(compiled)

    def _write(self, artifacts: Mapping[str, str]) -> None:
        for name, text in artifacts.items():
            (self._root / "contracts" / "artifacts" / name).write_text(text, "utf-8")

    def _failing_test(self, suites: Sequence[Suite]) -> str:
        """The first test that fails, or nothing if all pass."""
        options = ("-q", "-x", "-p", "no:cacheprovider", "-o", "addopts=-rfE")
        command = [sys.executable, "-m", "pytest", *options]
        paths = (self._root, self._root / "hardhat-free-devnet")
        try:
            done = subprocess.run(  # noqa: S603 - this Python, on the copy
                [*command, *(str(suite.path) for suite in suites)],
                cwd=self._root,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(map(str, paths)),
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
                capture_output=True,
                text=True,
                timeout=self._limit_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"no end after {self._limit_seconds:.0f} seconds"
        if done.returncode == 0:
            return ""
        if done.returncode not in _RED:
            raise TrialError(f"pytest could not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        match = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        return match[1] if match else "a test"


def _code(artifact: str) -> tuple[str, str]:
    form = json.loads(artifact)
    return form["bytecode"], form["deployedBytecode"]

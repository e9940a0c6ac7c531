"""Change the contracts one place at a time, and see whether their tests notice.

Writes `contracts/snapshots/mutants.md`. A mutant that survives must be killed by a better test or
explained in `contracts/mutants.json`, a list of mutants by name, each with the reason why no test
can or need tell it from the original. A mutant is named by its place and its change, so lines may
move. Long runs of random calls are left out unless `--stateful` is given.
"""

import argparse
import json
import queue
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from ledger.errors import ConfigurationError, SealbookError
from scripts.compile_contracts import deployable_sources, make_artifacts
from scripts.compiler import CONTRACTS, SOLC, compile_sources, read_sources
from scripts.mutant_trials import Fate, Laboratory, Verdict, read_suites
from scripts.mutants import Mutant, Node, find_mutants
from scripts.processes import ScriptError

EXPLANATIONS = CONTRACTS / "mutants.json"
REPORT = CONTRACTS / "snapshots" / "mutants.md"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 all killed or explained, 1 not so, 2 mutants cannot be tried."""
    options = _parser().parse_args(arguments)
    try:
        sources = read_sources()
        code_of = () if options.list else deployable_sources(sources)
        compiled = compile_sources(SOLC, sources, code_of=code_of)
        mutants = _find(sources, compiled.trees)
        chosen = choose(mutants, options.contract, options.count, options.seed)
        if options.list:
            print("\n".join(f"{_place(mutant)} {mutant.name}" for mutant in chosen))
            return 0
        reasons = read_reasons(EXPLANATIONS.read_text("utf-8"))
        suites = read_suites(stateful=options.stateful)
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            laboratories = [
                Laboratory(Path(folder, str(number)), sources, make_artifacts(compiled), suites)
                for number in range(options.jobs)
            ]
            verdicts = try_all(chosen, laboratories)
    except (ScriptError, SealbookError) as error:
        print(error, file=sys.stderr)
        return 2
    options.output.write_text(report(verdicts, reasons, stateful=options.stateful), "utf-8")
    complaints = list(judge(verdicts, reasons, mutants))
    print("\n".join(complaints) or "every mutant was killed or is explained")
    return 1 if complaints else 0


def choose(mutants: Sequence[Mutant], contract: str | None, count: int, seed: int) -> list[Mutant]:
    """As many mutants as asked for (0: all), by lot, in the order of the text.

    Raises ConfigurationError if there are none.
    """
    wanted = [item for item in mutants if contract in (None, Path(item.source).stem)]
    if not wanted:
        raise ConfigurationError(f"there are no mutants of {contract}; see --list")
    if not 0 < count < len(wanted):
        return wanted
    lots = random.Random(seed).sample(range(len(wanted)), count)  # noqa: S311 - no secret
    return [wanted[lot] for lot in sorted(lots)]


def read_reasons(text: str) -> dict[str, str]:
    """Name of each explained mutant to the reason; raises ConfigurationError if one has none."""
    try:
        reasons = {entry["mutant"]: entry["reason"].strip() for entry in json.loads(text)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{EXPLANATIONS.name} must list mutant and reason: {error!r}"
        ) from error
    if unreasoned := [name for name, reason in reasons.items() if not reason]:
        raise ConfigurationError(f"{EXPLANATIONS.name} gives no reason for {unreasoned[0]}")
    return reasons


def judge(
    verdicts: Sequence[Verdict], reasons: Mapping[str, str], mutants: Sequence[Mutant]
) -> Iterator[str]:
    """Say which survivors nothing explains, and which explanations are not needed."""
    for verdict in verdicts:
        explained = verdict.mutant.name in reasons
        if verdict.fate is Fate.SURVIVED and not explained:
            yield f"survived: {_place(verdict.mutant)} {verdict.mutant.name}"
        elif verdict.fate is not Fate.SURVIVED and explained:
            yield f"explained, but {verdict.fate}: {verdict.mutant.name}"
    for name in sorted(set(reasons) - {mutant.name for mutant in mutants}):
        yield f"explained, but no such mutant: {name}"


def report(verdicts: Sequence[Verdict], reasons: Mapping[str, str], *, stateful: bool) -> str:
    """The committed report: how many mutants of each source met which fate, and who survived."""
    fates = Counter((verdict.mutant.source, verdict.fate) for verdict in verdicts)
    rows = [
        _row(f"`{source}`", [fates[source, fate] for fate in Fate])
        for source in sorted({source for source, _ in fates})
    ]
    total = Counter(verdict.fate for verdict in verdicts)
    tried = total[Fate.KILLED] + total[Fate.SURVIVED]
    share = f"{100 * total[Fate.KILLED] / tried:.1f} %" if tried else "none"
    survivors = [verdict.mutant for verdict in verdicts if verdict.fate is Fate.SURVIVED]
    told = [f"- {item.name}\n  {reasons.get(item.name, 'Unexplained.')}" for item in survivors]
    left_out = "all" if stateful else "all but long runs of random calls"
    return "\n".join(
        [
            "# Mutants of the contracts",
            "",
            "Written by `make mutants`. Each mutant changes the sources in one place; it is killed",
            "when a test in `tests/contracts` fails. Invalid ones do not compile, or to the same",
            f"bytecode, and do not count. Tests that ran: {left_out}.",
            "",
            f"Killed: {total[Fate.KILLED]} of {tried} ({share}).",
            "",
            "| Source | Killed | Survived | Invalid |",
            "|---|---|---|---|",
            *rows,
            _row("all", [total[fate] for fate in Fate]),
            "",
            "## Survivors",
            "",
            *(told or ["None."]),
            "",
        ]
    )


def _row(name: str, counts: Sequence[int]) -> str:
    return f"| {name} | {' | '.join(map(str, counts))} |"


def _place(mutant: Mutant) -> str:
    return f"contracts/{mutant.source}:{mutant.line}"


def _find(sources: Mapping[str, str], trees: Mapping[str, Node]) -> list[Mutant]:
    ours = sorted(name for name in sources if name.startswith("src/"))
    return [mutant for name in ours for mutant in find_mutants(name, sources[name], trees[name])]


def try_all(mutants: Sequence[Mutant], laboratories: Sequence[Laboratory]) -> list[Verdict]:
    """Try mutants in all laboratories at once, and print each fate; raises TrialError."""
    for laboratory in laboratories:
        laboratory.set_up()
    seconds = laboratories[0].prove()
    print(f"without mutants the tests pass in {seconds:.0f} s; {len(mutants)} mutants to try")
    free: queue.SimpleQueue[Laboratory] = queue.SimpleQueue()
    for laboratory in laboratories:
        laboratory.allow(60 + 4 * seconds)
        free.put(laboratory)
    with ThreadPoolExecutor(len(laboratories)) as pool:
        trials = [pool.submit(_try_one, mutant, free) for mutant in mutants]
        for number, trial in enumerate(as_completed(trials), 1):
            verdict = trial.result()
            fate = f"{verdict.fate} by {verdict.by}" if verdict.by else verdict.fate
            place = f"{_place(verdict.mutant)} {verdict.mutant.name}"
            print(f"{number}/{len(mutants)} {place}: {fate}", flush=True)
    return [trial.result() for trial in trials]


def _try_one(mutant: Mutant, free: "queue.SimpleQueue[Laboratory]") -> Verdict:
    laboratory = free.get()
    try:
        return laboratory.try_out(mutant)
    finally:
        free.put(laboratory)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Try mutants of the contracts on their tests.")
    parser.add_argument("--count", type=int, default=0, help="how many, by lot (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="of the lot")
    parser.add_argument("--contract", metavar="NAME", help="only those of src/…/NAME.sol")
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    parser.add_argument("--stateful", action="store_true", help="with long runs of random calls")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--output", type=Path, default=REPORT, metavar="PATH", help="the report")
    return parser


if __name__ == "__main__":
    sys.exit(main())

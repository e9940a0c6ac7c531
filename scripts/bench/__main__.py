"""Measure what each stage reaches, beside what limits it and beside others who do the same.

Each stage can be run by its name; all of them without one.
"""

import argparse
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scripts.bench import (
    accepting,
    chain,
    documents,
    hash_files,
    invoices,
    latency,
    month_end,
    throughput,
    trees,
)
from scripts.bench.contest import Absent
from scripts.bench.machine import machine_facts
from scripts.bench.rows import Missing, Result
from scripts.bench.stage import Bench, Scale, Stage
from scripts.bench.table import markdown, terminal
from scripts.postgres_server import NoServer
from scripts.processes import interrupt_on_signals

RESULTS = Path(__file__).with_name("RESULTS.md")

STAGES: Mapping[str, Stage] = {
    "hash-large": hash_files.hash_large,
    "hash-small": hash_files.hash_small,
    "tree": trees.tree,
    "tree-memory": trees.tree_memory,
    "verify": trees.verify,
    "documents": documents.documents,
    "accept": accepting.accept,
    "accept-postgres": accepting.accept_postgres,
    "chain-send": chain.send,
    "chain-latency": latency.latency,
    "chain-throughput": throughput.throughput,
    "gas": chain.gas,
    "month-end": month_end.month_end,
    "invoices": invoices.invoices,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if a stage could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parser.add_argument("stages", nargs="*", metavar="NAME", help=", ".join(STAGES))
    parser.add_argument("--quick", action="store_true", help="less of each: some minutes")
    parser.add_argument("--write", action="store_true", help=f"keep a full run's {RESULTS.name}")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.stages if name not in STAGES]:
        parser.error(f"there is no stage {unknown[0]}: choose from {', '.join(STAGES)}")
    if options.write and (options.quick or options.stages):
        parser.error(f"{RESULTS.name} is of a full run of all stages")
    interrupt_on_signals()
    scale = Scale.QUICK if options.quick else Scale.FULL
    with tempfile.TemporaryDirectory(prefix="sealbook-bench-") as folder:
        results = list(measure(options.stages or list(STAGES), scale, Path(folder)))
    facts = {"scale": scale.name.lower(), **machine_facts()}
    print(terminal(results, facts))
    if options.write:
        RESULTS.write_text(markdown(results, facts), "utf-8")
    return 1 if any(isinstance(result, Missing) for result in results) else 0


def measure(names: Sequence[str], scale: Scale, folder: Path) -> Iterator[Result]:
    """Run stages one after the other. A stage that fails is missing, and the others go on."""
    for name in names:
        print(f"measuring {name}", file=sys.stderr, flush=True)
        try:
            own = folder / name
            own.mkdir()
            yield from STAGES[name](Bench(scale, own))
        except (Absent, NoServer) as reason:
            yield Missing(name, str(reason))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other stages can be measured
            traceback.print_exc()
            yield Missing(name, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main())

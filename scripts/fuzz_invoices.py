"""Read damaged and forged documents for a while; stop at the first that is not refused properly.

What failed is kept as a file, and can be read again with `sealbook inspect`.
"""

import argparse
import re
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random

from ledger.invoices import Invoice
from scripts.generated import ROOT
from tests.property.invoices.damage import damaged
from tests.property.invoices.reading import use

FAILED = ROOT / "var" / "fuzz"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 nothing but our own refusals, 1 a document failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None, help="to try the same documents again")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else time.time_ns() % 10**9
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        number = outcomes.total()
        data = damaged(Random(f"{seed}/{number}"))  # noqa: S311 - reproducible, and no secret
        begun = time.process_time()
        try:
            outcome = use(data)
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            return _report(data, f"{seed}-{number}")
        slowest = max(slowest, time.process_time() - begun)
        outcomes["read" if isinstance(outcome, Invoice) else _kind(outcome)] += 1
    print(f"seed {seed}: {outcomes.total()} documents, the slowest in {slowest * 1000:.0f} ms")
    for outcome, count in outcomes.most_common(25):
        print(f"{count:8}  {outcome}")
    return 0


def _kind(refusal: str) -> str:
    return re.split("[:('0-9]", refusal)[0].strip()[:60]


def _report(data: bytes, name: str) -> int:
    traceback.print_exc()
    path: Path = FAILED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    print(f"kept {path}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

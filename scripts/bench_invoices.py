"""Measure how fast invoices are read and keyed, beside what their bytes cost any reader.

The others do less: lxml parses and hashes the same bytes (out of the PDF, by pypdf, where it is
one) and looks at no field; factur-x reads fields and makes no keys. All take turns at the whole
corpus, so that a busy machine slows each of them alike. The time of a file is the median of its
rounds.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.bench_memory import peak_bytes, with_attachment, with_lines
from scripts.bench_readers import FACTUR_X, OURS, Reader, readers

GOOD = Path(__file__).parents[1] / "tests" / "vectors" / "good"

_MEBIBYTE = 1024 * 1024
_INSTALL = "To compare with factur-x, which is not installed: make bench"


@dataclass(frozen=True, slots=True)
class Speed:
    """What a reader reached on the files that it reads, and what ours did on the same files."""

    reader: str
    files: int
    files_per_second: float
    ours_per_second: float


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if anything was measured, 1 if the corpus has nothing to read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=GOOD, help="folder of invoices")
    parser.add_argument("--rounds", type=int, default=9, help="how often each takes its turn")
    options = parser.parse_args(arguments)
    taking_part = readers()
    contents = [path.read_bytes() for path in sorted(options.corpus.iterdir()) if path.is_file()]
    contents = [each for each in contents if _seconds(taking_part[OURS], each) is not None]
    if not contents:
        print(f"no invoice that can be read in {options.corpus}", file=sys.stderr)
        return 1
    for kind, is_pdf in (("XML", False), ("PDF", True)):
        chosen = [each for each in contents if each.startswith(b"%PDF-") is is_pdf]
        if chosen:
            _print_speeds(kind, measure(chosen, taking_part, options.rounds))
    if FACTUR_X not in taking_part:
        print(_INSTALL)
    _print_memory()
    return 0


def measure(contents: list[bytes], taking_part: dict[str, Reader], rounds: int) -> list[Speed]:
    """Let the readers, of which OURS reads everything, take turns at all contents."""
    spent: dict[str, list[list[float]]] = {name: [[] for _ in contents] for name in taking_part}
    for _ in range(rounds):
        for name, read in taking_part.items():
            for times, content in zip(spent[name], contents, strict=True):
                if (seconds := _seconds(read, content)) is not None:
                    times.append(seconds)
    return [_speed(name, times, spent[OURS]) for name, times in spent.items() if any(times)]


def _speed(name: str, spent: list[list[float]], ours: list[list[float]]) -> Speed:
    both = [(median(one), median(other)) for one, other in zip(spent, ours, strict=True) if one]
    seconds, our_seconds = (sum(column) for column in zip(*both, strict=True))
    return Speed(name, len(both), len(both) / seconds, len(both) / our_seconds)


def _seconds(read: Reader, content: bytes) -> float | None:
    """How long reading takes; None if the reader refuses."""
    start = time.perf_counter()
    try:
        read(content)
    except Exception:  # noqa: BLE001 - factur-x raises no narrower one
        return None
    return time.perf_counter() - start


def _print_speeds(kind: str, speeds: list[Speed]) -> None:
    print(f"{kind:<30} {'files':>7} {'files/s':>9} {'ours':>9} {'ours / it':>10}")
    for speed in speeds:
        ratio = speed.ours_per_second / speed.files_per_second
        print(
            f"  {speed.reader:<28} {speed.files:>7} {speed.files_per_second:>9,.0f}"
            f" {speed.ours_per_second:>9,.0f} {ratio:>10.2f}"
        )
    print()


def _print_memory() -> None:
    print(f"{'Peak memory, XML of':<30} {'MiB':>7} {'peak MiB':>9} {'times':>9}")
    big = {"short lines": with_lines(60_000), "one attachment": with_attachment(9 * _MEBIBYTE)}
    for name, document in big.items():
        size, peak = len(document), peak_bytes(document)
        print(f"  {name:<28} {size / _MEBIBYTE:>7.1f} {peak / _MEBIBYTE:>9.1f} {peak / size:>9.1f}")


if __name__ == "__main__":
    sys.exit(main())

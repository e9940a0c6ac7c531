"""Reading and keying invoices, beside what their bytes cost any reader.

The others do less: lxml parses and hashes the same bytes (out of the PDF, by pypdf, where it is
one) and looks at no field; factur-x reads fields and makes no keys. All take turns at the whole
corpus, so that a busy machine slows each of them alike. The time of a file is the median of its
rounds, and a reader is compared on the files that it reads.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.bench.invoice_memory import peak_bytes, with_attachment, with_lines
from scripts.bench.invoice_readers import FACTUR_X, OURS, Reader, readers
from scripts.bench.rows import Result, Row
from scripts.bench.stage import Bench

GOOD = Path(__file__).parents[2] / "tests" / "vectors" / "good"

_STAGE = "invoices"
_MEBIBYTE = 1024 * 1024
_INSTALL = "factur-x is not installed; make bench installs it"


@dataclass(frozen=True, slots=True)
class Speed:
    """What a reader reached on the files that it reads, and what ours did on the same files."""

    reader: str
    files: int
    files_per_second: float
    ours_per_second: float


def invoices(bench: Bench) -> Iterator[Result]:
    """The good invoices of the tests, and the memory that large ones take."""
    taking_part = readers()
    contents = [path.read_bytes() for path in sorted(GOOD.iterdir()) if path.is_file()]
    contents = [each for each in contents if _seconds(taking_part[OURS], each) is not None]
    contents = contents[: bench.of(4, 40, len(contents))]
    for kind, is_pdf in (("XML", False), ("PDF", True)):
        chosen = [each for each in contents if each.startswith(b"%PDF-") is is_pdf]
        if chosen:
            rounds = bench.of(1, 2, 9)
            yield from rows(kind, measure(chosen, taking_part, rounds), runs=rounds)
    yield from _memory(bench)


def rows(kind: str, speeds: Sequence[Speed], *, runs: int) -> Iterator[Row]:
    """What the readers reached, each beside ours."""
    for speed in speeds:
        if speed.reader != OURS:
            yield Row(
                _STAGE,
                f"read and key, {speed.files} {kind}",
                "files/s",
                speed.ours_per_second,
                speed.reader,
                speed.files_per_second,
                runs=runs,
            )
    if not any(speed.reader == FACTUR_X for speed in speeds):
        ours = next(speed for speed in speeds if speed.reader == OURS)
        what = f"read and key, {ours.files} {kind}"
        yield Row(_STAGE, what, "files/s", ours.ours_per_second, FACTUR_X, None, note=_INSTALL)


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


def _memory(bench: Bench) -> Iterator[Row]:
    lines, attachment = bench.of(1_000, 60_000, 60_000), bench.of(10**6, 9 * 10**6, 9 * 10**6)
    big = {"short lines": with_lines(lines), "one attachment": with_attachment(attachment)}
    for name, document in big.items():
        yield Row(
            _STAGE,
            f"peak memory, XML of {name}",
            "MiB",
            peak_bytes(document) / _MEBIBYTE,
            "the file itself",
            len(document) / _MEBIBYTE,
        )

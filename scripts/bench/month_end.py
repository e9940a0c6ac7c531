"""The end of a month: a file of digests, and final evidence for each, on a fresh machine."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ledger.evidence import parse_evidence
from scripts.bench.consortium import ANVIL, DEVNET, Running, founding, peak_memory, serving
from scripts.bench.contest import Absent
from scripts.bench.documents import salted_by_peers, write_fields
from scripts.bench.peers import node
from scripts.bench.rows import Growth, Missing, Result, Row, at_most
from scripts.bench.stage import Bench
from scripts.processes import sealbook

_STAGE = "month-end"
_LIMIT_SECONDS = 60
_LIMIT_MIB = 1024
_LOOK_SECONDS = 0.05
_MIB = 2**20
_FLAT_BYTES = 32 + 8 + 32 + 32
_MAX_EVIDENCE_BYTES = 2**20
_PEER = "open-attestation wrap"


@dataclass(frozen=True, slots=True)
class Month:
    """What one month took. Memory and disk are in bytes, of service, client and database."""

    documents: int
    seconds: float
    service_memory: int
    client_memory: int
    disk: int
    evidence: int


def month_end(bench: Bench) -> Iterator[Result]:
    """By `sealbook anchor --digests`, as anybody would do it; processes and all."""
    sizes = bench.of([100], [10**3, 10**4], [10**4, 10**5, 10**6])
    for chain in bench.of((DEVNET,), (ANVIL,), (ANVIL, DEVNET)):
        try:
            fixed, *months = [
                run_month(bench.folder / f"{chain}-{size}", chain, size) for size in (1, *sizes)
            ]
        except Absent as reason:
            yield Missing(_STAGE, str(reason))
            continue
        yield from _rows(bench, chain, months[-1])
        if chain == ANVIL:
            yield from _beside_others(bench, months[-1])
        yield _growth(chain, fixed, months)


def _growth(chain: str, fixed: Month, months: Sequence[Month]) -> Growth:
    """What each costs. The second fewest, where growth begins, are so many that they take longer.

    fixed: the month of one document. Taken off, it would leave its own noise where few cost little.
    """
    costs = {month.documents: month.seconds * 1e6 / month.documents for month in months}
    note = (
        f"one document alone takes {fixed.seconds:.2g} s on {chain}, for the command's start and"
        " the wait for company, which every run has; a full run's growth is from 10⁵ to 10⁶"
    )
    return Growth(_STAGE, f"digest to final evidence, {chain}", "µs", costs, note)


def run_month(folder: Path, chain: str, count: int) -> Month:
    """Notarise a list of so many digests on a consortium that is founded for it."""
    with founding(folder, chain) as founded, serving(founded) as running:
        month = _anchor(running, count)
    for path in folder.glob("evidence*"):
        path.unlink()
    return month


def _anchor(running: Running, count: int) -> Month:
    folder = running.founding.folder
    digests, evidence = folder / "digests.ndjson", folder / "evidence.ndjson"
    _write_list(digests, count)
    command = sealbook(
        "anchor",
        *("--digests", str(digests), "--evidence", str(evidence)),
        *("--api", running.url, "--api-key-file", str(running.api_key)),
        *("--media-type", "application/pdf"),
    )
    start = time.perf_counter()
    with (folder / "anchor.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - our own command
        client_memory = _memory_until_its_end(process)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError((folder / "anchor.log").read_text("utf-8", "replace")[-500:])
    _check(digests, evidence, count)
    written = sum(path.stat().st_size for path in folder.glob("ledger.db*"))
    return Month(
        documents=count,
        seconds=seconds,
        service_memory=peak_memory(running.pid),
        client_memory=client_memory,
        disk=written,
        evidence=evidence.stat().st_size,
    )


def _memory_until_its_end(process: subprocess.Popen[bytes]) -> int:
    """The most that a process had, last looked at shortly before it ended.

    What the system says of one that has ended counts the memory of the one that started it.
    """
    memory = 0
    while True:
        with suppress(OSError):  # it ends just now
            memory = peak_memory(process.pid)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_SECONDS)
            return memory


def _write_list(path: Path, count: int) -> None:
    with path.open("wb") as file:
        for number in range(count):
            file.write(
                b'{"digest":"0x%b","size":%d}\n' % (os.urandom(32).hex().encode(), number + 1)
            )


def _check(digests: Path, evidence: Path, count: int) -> None:
    """Whether there is evidence for each line, and that of the first and the last is theirs."""
    lines = 0
    with digests.open("rb") as given, evidence.open("rb") as made:
        for lines, (line, file) in enumerate(zip(given, made, strict=True), 1):
            if lines in {1, count}:
                document = parse_evidence(file.rstrip(), max_bytes=_MAX_EVIDENCE_BYTES).document
                if document is None or document.digest.hex() != json.loads(line)["digest"][2:]:
                    raise AssertionError(f"line {lines} has the evidence of another document")
    if lines != count:
        raise AssertionError(f"{lines} lines of evidence for {count} documents")


def _rows(bench: Bench, chain: str, month: Month) -> Iterator[Row]:
    what, goal = f"{month.documents:,} digests, {chain}", bench.goal(at_most(1))
    yield Row(_STAGE, what, "s", month.seconds, "limit", _LIMIT_SECONDS, goal)
    for who, memory in (("service", month.service_memory), ("client", month.client_memory)):
        size = f"{what}: memory of the {who}"
        yield Row(_STAGE, size, "MiB", memory / _MIB, "limit", _LIMIT_MIB, goal)
    yield Row(
        _STAGE,
        f"{what}: database",
        "bytes a document",
        month.disk / month.documents,
        "digest, size, secret, leaf hash",
        _FLAT_BYTES,
        note=f"evidence, which is written when it is asked for, has"
        f" {month.evidence / month.documents:,.0f} bytes a document",
    )


def _beside_others(bench: Bench, month: Month) -> Iterator[Row]:
    """For as long as ours took, or as it may take at most."""
    given = min(month.seconds, _LIMIT_SECONDS)
    ours = month.documents / month.seconds
    what = f"{month.documents:,} digests, {ANVIL}"
    module, sample = "@govtechsg/open-attestation", write_fields(bench.folder)
    try:
        wrapped = node("wrapFor", module, given, sample)
    except Absent as reason:
        yield Row(_STAGE, what, "documents/s", ours, _PEER, None, note=str(reason))
        return
    note = (
        f"it ran for {wrapped['seconds']:.1f} s and wrapped {wrapped['count']:,.0f} documents,"
        f" 1,000 in a tree, into no service and onto no chain; {salted_by_peers()}"
    )
    yield Row(_STAGE, what, "documents/s", ours, _PEER, wrapped["rate"], note=note)

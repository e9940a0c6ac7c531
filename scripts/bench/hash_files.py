"""Hashing files: a large one, and many small ones on one processor and on all."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.documents import DocumentDigest, hash_file, hash_files
from scripts.bench.contest import Peer, Run, contest, rate, seconds
from scripts.bench.peers import tool
from scripts.bench.rows import Growth, Result, at_least
from scripts.bench.stage import Bench

_MAX_BYTES = 2**40
_SMALL_BYTES = 20 * 1024
_PIECE = 2**20


def hash_large(bench: Bench) -> Iterator[Result]:
    """A file that is larger than any cache, by the function that the product hashes files with."""
    size = bench.of(2**22, 2**28, 2**30)
    path = bench.folder / "large"
    with path.open("wb") as file:
        for _ in range(size // _PIECE):
            file.write(os.urandom(_PIECE))

    def speed(command: Sequence[str]) -> Run:
        return lambda: size / 1e9 / seconds(lambda: _digest(command, path))

    ours = hash_file(path, max_bytes=_MAX_BYTES)
    if ours.digest.hex() != _digest(("sha256sum",), path):
        raise AssertionError("sha256sum finds another digest")
    yield from contest(
        "hash-large",
        f"one file of {size >> 20:,} MiB",
        "GB/s",
        lambda: size / 1e9 / seconds(lambda: hash_file(path, max_bytes=_MAX_BYTES)),
        [
            Peer(
                "openssl dgst -sha256",
                speed(("openssl", "dgst", "-sha256", "-r")),
                bench.goal(at_least(0.95)),
            ),
            Peer("sha256sum", speed(("sha256sum",)), bench.goal(at_least(4))),
        ],
        rounds=bench.rounds,
    )
    path.unlink()


def hash_small(bench: Bench) -> Iterator[Result]:
    """Files of the size of invoices, each a document of its own."""
    count = bench.of(600, 20_000, 40_000)
    paths = _write_small(bench.folder / "small", count)
    yield from contest(
        "hash-small",
        f"{count:,} files of 20 KiB, all processors",
        "files/s",
        lambda: rate(count, lambda: _hash(paths, os.cpu_count() or 1)),
        [
            Peer(
                "one processor",
                lambda: rate(count, lambda: _hash(paths, 1)),
                bench.goal(at_least(1.8)),
                note="small files are opened faster than Python's threads take turns at its lock,"
                " so processes hash; the rest is what they are told and answer",
            ),
            Peer(
                "sha256sum",
                lambda: rate(count, lambda: _sum(paths)),
                bench.goal(at_least(6)),
                note="it runs on one processor; of ours, opening and reading take a third",
            ),
        ],
        rounds=bench.rounds,
    )
    costs = {}
    for size in bench.growing():
        some = (paths * (size // count + 1))[:size]
        costs[size] = seconds(lambda some=some: _hash(some, None)) * 1e6 / size  # type: ignore[misc]  # a default binds it
    yield Growth("hash-small", "hash a file of 20 KiB", "µs", costs)


def _hash(paths: Sequence[Path], processes: int | None) -> None:
    for found in hash_files(paths, max_bytes=_MAX_BYTES, processes=processes):
        if not isinstance(found, DocumentDigest):
            raise found


def _sum(paths: Sequence[Path]) -> None:
    # As many at once as one command line can name.
    for first in range(0, len(paths), 2_000):
        command = [tool("sha256sum"), *map(str, paths[first : first + 2_000])]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own files


def _digest(command: Sequence[str], path: Path) -> str:
    run = [tool(command[0]), *command[1:], str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)  # noqa: S603 - a tool on our own file
    return done.stdout.split()[0]


def _write_small(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    content = os.urandom(_SMALL_BYTES + count)
    paths = [folder / f"{number:06}.xml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(content[number : number + _SMALL_BYTES])
    return paths

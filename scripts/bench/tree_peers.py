"""Other libraries' trees over the same leaves, and what each keeps in memory of one."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from ledger.merkle import MerkleTree
from scripts.bench.contest import Run, rate, seconds
from scripts.bench.peers import node, package

OPENZEPPELIN = "OpenZeppelin merkle-tree (simple)"
OURS = "ours"


@cache
def leaves_of(count: int) -> bytes:
    """Random leaf hashes, always the same ones of a count."""
    return os.urandom(32 * count)


def _each(leaves: bytes) -> list[bytes]:
    return [leaves[start : start + 32] for start in range(0, len(leaves), 32)]


def _pymerkle(leaves: bytes) -> Any:
    built = package("pymerkle").InmemoryTree(algorithm="sha256")
    for leaf in _each(leaves):
        built.append_entry(leaf)
    return built


def pymerkle_build(leaves: bytes) -> float:
    """Seconds."""
    package("pymerkle")
    return seconds(lambda: _pymerkle(leaves).get_root())


_kept_pymerkle: Callable[[int], Any] = cache(lambda size: _pymerkle(leaves_of(size)))


def pymerkle_prove(size: int, proofs: int) -> Run:
    """Proofs a second."""

    def run() -> float:
        built = _kept_pymerkle(size)
        places = [1 + place * 7919 % size for place in range(proofs)]
        return rate(proofs, lambda: [built.prove_inclusion(place) for place in places])

    return run


def pymerkle_verify(size: int, proofs: int) -> Run:
    """Proofs checked a second."""

    def run() -> float:
        check = package("pymerkle").verify_inclusion
        built = _kept_pymerkle(size)
        root = built.get_root()
        places = [1 + place * 7919 % size for place in range(proofs)]
        given = [(built.get_leaf(place), built.prove_inclusion(place)) for place in places]
        return rate(proofs, lambda: [check(leaf, root, proof) for leaf, proof in given])

    return run


def _merkletools(leaves: bytes) -> Any:
    built = package("merkletools").MerkleTools(hash_type="sha256")
    built.add_leaf([leaf.hex() for leaf in _each(leaves)])
    built.make_tree()
    return built


def merkletools_build(leaves: bytes) -> float:
    """Seconds."""
    package("merkletools")
    return seconds(lambda: _merkletools(leaves))


def merkletools_prove(size: int, proofs: int) -> Run:
    """Proofs a second."""

    def run() -> float:
        built = _merkletools(leaves_of(size))
        return rate(proofs, lambda: [built.get_proof(place) for place in range(proofs)])

    return run


def opentimestamps(leaves: bytes) -> float:
    """Seconds of making a tree of timestamps."""
    module = package("opentimestamps.core.timestamp")
    stamps = [module.Timestamp(leaf) for leaf in _each(leaves)]
    return seconds(lambda: module.make_merkle_tree(stamps))


def _kept_bytes(kind: str, count: int) -> int:
    """By how much a tree raises the memory of a process of its own. Linux only."""
    command = [sys.executable, "-m", __name__, kind, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    return int(done.stdout)


def kept(kind: str, count: int) -> float:
    """Bytes that a tree keeps in memory. kind: OURS or one of the peers. Raises Absent."""
    if kind == OPENZEPPELIN:
        return node("openzeppelin", count, 1)["memory"]
    if kind != OURS:
        package(kind)
    return _kept_bytes(kind, count)


_KEPT: dict[str, Callable[[bytes], object]] = {
    OURS: MerkleTree,
    "pymerkle": _pymerkle,
    "merkletools": _merkletools,
}


def _main() -> None:
    kind, count = sys.argv[1:]
    make = _KEPT[kind]
    make(leaves_of(2))
    before = _resident()
    leaves = os.urandom(32 * int(count))
    built = make(leaves)
    del leaves  # ours keeps them as its lowest level, others make their own
    print(_resident() - before, flush=True)
    del built


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    _main()

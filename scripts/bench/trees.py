"""Trees: building one, writing all of its proofs, checking proofs, and what is kept of it."""

from collections import deque
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from statistics import median

from ledger.merkle import MerkleTree, root_from_path
from ledger.types import Digest
from scripts.bench.contest import Peer, Run, contest, rate, seconds
from scripts.bench.peers import limit, node
from scripts.bench.rows import Growth, Result, at_least, at_most
from scripts.bench.stage import Bench
from scripts.bench.tree_peers import (
    OPENZEPPELIN,
    OURS,
    kept,
    leaves_of,
    merkletools_build,
    merkletools_prove,
    opentimestamps,
    pymerkle_build,
    pymerkle_prove,
    pymerkle_verify,
)

_MOST_ROUNDS_OF_SLOW = 1
_NODE_BYTES = 65


def tree(bench: Bench) -> Iterator[Result]:
    """From leaf hashes to the root, with all levels kept for proofs; and all proofs."""
    count, few = bench.of(1_000, 100_000, 1_000_000), bench.of(100, 10_000, 100_000)
    leaves = leaves_of(count)
    c_program = Peer("limit.c", lambda: limit(bench.folder, count)["build"], bench.goal(at_most(6)))
    yield from contest(
        "tree",
        f"build, {count:,} leaves",
        "s",
        lambda: seconds(lambda: MerkleTree(leaves)),
        [c_program],
        rounds=bench.rounds,
    )
    yield from _build_beside_others(bench, few)
    yield from _proofs(bench, count)
    yield from _proofs_beside_others(bench, few)
    yield _growth(bench)


def _build_beside_others(bench: Bench, few: int) -> Iterator[Result]:
    some = leaves_of(few)
    slow = _MOST_ROUNDS_OF_SLOW
    openzeppelin = _remembered(lambda: node("openzeppelin", few, 100)["build"])
    yield from contest(
        "tree",
        f"build, {few:,} leaves",
        "leaves/s",
        lambda: rate(few, lambda: MerkleTree(some)),
        [
            Peer(
                "pymerkle",
                lambda: few / pymerkle_build(some),
                bench.goal(at_least(8)),
                most_rounds=slow,
            ),
            Peer("merkletools", lambda: few / merkletools_build(some), most_rounds=slow),
            Peer("OpenTimestamps", lambda: few / opentimestamps(some), most_rounds=slow),
            Peer(
                OPENZEPPELIN,
                lambda: few / openzeppelin(),
                bench.goal(at_least(50)),
                most_rounds=slow,
            ),
        ],
        rounds=bench.rounds,
    )


def tree_memory(bench: Bench) -> Iterator[Result]:
    """What stays in memory of a tree that proofs can be made from."""
    count = bench.of(1_000, 100_000, 1_000_000)
    few = bench.of(1_000, 100_000, 100_000)
    for kind, size in (("pymerkle", few), ("merkletools", few), (OPENZEPPELIN, few)):
        yield from contest(
            "tree-memory",
            f"kept of {size:,} leaves",
            "bytes a leaf",
            lambda size=size: kept(OURS, size) / size,  # type: ignore[misc]  # a default binds it
            [Peer(kind, lambda kind=kind, size=size: kept(kind, size) / size)],  # type: ignore[misc]  # the same
            rounds=1,
        )
    limit = "the tree has these 64; the rest is what the process has taken to build it"
    yield from contest(
        "tree-memory",
        f"kept of {count:,} leaves",
        "bytes a leaf",
        lambda: kept(OURS, count) / count,
        [Peer("all nodes, flat", lambda: 64.0, bench.goal(at_most(1.1)), limit)],
        rounds=1,
    )
    costs = {size: kept(OURS, size) / size for size in bench.growing()}
    note = "of few leaves, what a process takes at a time counts"
    yield Growth("tree-memory", "keep a leaf", "bytes", costs, note)


def verify(bench: Bench) -> Iterator[Result]:
    """Checking proofs one by one, and all leaves of a batch against its root."""
    yield from _one_by_one(bench)
    yield from _whole_batch(bench)
    costs = {size: 1e6 / _single(size, bench.of(50, 1_000, 5_000))() for size in bench.growing()}
    note = "a proof has one hash more each time that leaves double"
    yield Growth("verify", "check the proof of a leaf", "µs", costs, note)


def _one_by_one(bench: Bench) -> Iterator[Result]:
    few, proofs = bench.of(100, 10_000, 100_000), bench.of(50, 2_000, 20_000)
    slow = bench.of(10, 500, 2_000)
    openzeppelin = _remembered(lambda: node("openzeppelin", few, slow)["verify"])
    yield from contest(
        "verify",
        f"one proof of {few:,} leaves",
        "proofs/s",
        _single(few, proofs),
        [
            Peer("pymerkle", pymerkle_verify(few, slow), bench.goal(at_least(1.5))),
            Peer(OPENZEPPELIN, openzeppelin, bench.goal(at_least(10)), most_rounds=1),
        ],
        rounds=bench.rounds,
    )


def _whole_batch(bench: Bench) -> Iterator[Result]:
    count, few = bench.of(1_000, 100_000, 1_000_000), bench.of(100, 10_000, 100_000)
    leaves = leaves_of(count)
    in_python = Peer(
        "hashing alone, in Python", lambda: count / _hash_bound(count), bench.goal(at_least(0.4))
    )
    one_by_one = pymerkle_verify(few, bench.of(10, 500, 2_000))
    yield from contest(
        "verify",
        f"a whole batch of {count:,} against its root",
        "leaves/s",
        lambda: rate(count, lambda: MerkleTree(leaves).root),
        [
            Peer(
                "hashing alone, in C",
                lambda: count / limit(bench.folder, count)["build"],
                note="a call from Python costs more than the hash that it asks for",
            ),
            in_python,
            Peer("pymerkle, one by one", one_by_one, bench.goal(at_least(5))),
        ],
        rounds=bench.rounds,
    )


def _proofs(bench: Bench, count: int) -> Iterator[Result]:
    built = MerkleTree(leaves_of(count))
    yield from contest(
        "tree",
        f"all proofs, {count:,} leaves",
        "s",
        lambda: seconds(lambda: deque(built.all_paths(), maxlen=0)),
        [
            Peer(
                "limit.c: memcpy",
                lambda: limit(bench.folder, count)["paths"],
                bench.goal(at_most(10)),
                note="the C program writes into one buffer that stays in the cache",
            )
        ],
        rounds=bench.rounds,
    )


def _proofs_beside_others(bench: Bench, few: int) -> Iterator[Result]:
    smaller = MerkleTree(leaves_of(few))
    proofs = bench.of(10, 500, 2_000)
    openzeppelin = _remembered(lambda: node("openzeppelin", few, proofs)["prove"])
    yield from contest(
        "tree",
        f"proofs of {few:,} leaves",
        "proofs/s",
        lambda: rate(few, lambda: deque(smaller.all_paths(), maxlen=0)),
        [
            Peer("pymerkle", pymerkle_prove(few, proofs)),
            Peer("merkletools", merkletools_prove(few, proofs), bench.goal(at_least(20))),
            Peer(OPENZEPPELIN, openzeppelin),
        ],
        rounds=bench.rounds,
    )


def _growth(bench: Bench) -> Growth:
    costs = {}
    for size in bench.growing():
        leaves = leaves_of(size)
        runs = [seconds(lambda: deque(MerkleTree(leaves).all_paths(), maxlen=0)) for _ in range(3)]  # noqa: B023 - called at once
        costs[size] = median(runs) * 1e6 / size
    return Growth("tree", "build and prove a leaf", "µs", costs)


def _remembered(run: Run) -> Run:
    """Of one that is slow: once is enough, in whichever rows it stands."""
    return cache(run)


def _hash_bound(count: int) -> float:
    message = bytes(_NODE_BYTES)
    return seconds(lambda: [sha256(message).digest() for _ in range(count)])


def _single(size: int, proofs: int) -> Run:
    leaves = leaves_of(size)
    built = MerkleTree(leaves)
    places = [place * 7919 % size for place in range(proofs)]
    given = [
        (Digest(leaves[32 * place : 32 * place + 32]), place, built.path(place)) for place in places
    ]

    def check() -> None:
        for leaf, place, path in given:
            if root_from_path(leaf, place, size, path) != built.root:
                raise AssertionError("a proof is wrong")

    return lambda: rate(proofs, check)

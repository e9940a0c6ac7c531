"""Accepting documents durably over HTTP, beside a handler that does nothing, and stores alone."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.bench.contest import Peer, Run, contest, rate, seconds
from scripts.bench.http_peers import COMMIT, NOTHING, NOTHING_THIN
from scripts.bench.load import Load, beside, bundle, measure, sending, single, upload
from scripts.bench.peers import tool
from scripts.bench.rows import Goal, Growth, Result, at_least
from scripts.bench.site import Site, running_site
from scripts.bench.stage import Bench

_ROWS_PER_TRANSACTION = 64
_ROW_BYTES = 300
_DIGESTS, _FILES = 100, 20
_FILE_BYTES = 20 * 1024
_GROWING_BUNDLE = 1_000  # documents
_NOTHING = "FastAPI handler that does nothing"
_SAME_BODY = "the same body to a FastAPI handler that does nothing"

_BUSY = (
    "ours authenticates, hashes, salts and commits besides: its Python, under one GIL, takes most"
    " of a processor's time"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A store, what the peer does for each request on it, and the goals that are set for it.

    limits: what keeps ours from those of the handler that does nothing.
    """

    stage: str
    store: str
    commit: str
    beside_nothing: Goal
    beside_commit: Goal
    limits: str
    bulk_beside_commit: Goal | None = None


_SQLITE = _Kind(
    "accept", "SQLite", "a commit per request", at_least(0.65), at_least(1.2), _BUSY, at_least(25)
)
_POSTGRES = _Kind(
    "accept-postgres",
    "PostgreSQL",
    "an insert per request",
    at_least(0.85),
    at_least(2),
    f"{_BUSY}, of which the database's server and wrk need some too",
)


def accept(bench: Bench) -> Iterator[Result]:
    """One document a request, and many; on SQLite."""
    tool("wrk")
    alone = Peer(
        f"SQLite alone, {_ROWS_PER_TRANSACTION} rows a transaction",
        _sqlite_alone(bench),
        at_least(0.6),
        f"it inserts rows that are made beforehand; {_BUSY}",
    )
    with running_site(bench.folder, postgres=False) as site:
        yield from _accept(bench, site, _SQLITE, alone)


def accept_postgres(bench: Bench) -> Iterator[Result]:
    """One document a request, and many; on PostgreSQL."""
    tool("wrk")
    with running_site(bench.folder, postgres=True) as site:
        yield from _accept(bench, site, _POSTGRES)


def _accept(bench: Bench, site: Site, kind: _Kind, *alone: Peer) -> Iterator[Result]:
    yield from _one_by_one(bench, site, kind)
    yield from _digests(bench, site, kind, *alone)
    yield from _files(bench, site, kind)
    yield _growth(bench, site, kind)


def _one_by_one(bench: Bench, site: Site, kind: _Kind) -> Iterator[Result]:
    load = single(site)
    yield from contest(
        kind.stage,
        f"one document a request, {kind.store}",
        "requests/s",
        _documents(bench, load),
        [
            Peer(
                _NOTHING,
                _documents(bench, beside(site, NOTHING, load)),
                kind.beside_nothing,
                kind.limits,
            ),
            Peer("the same without FastAPI", _documents(bench, beside(site, NOTHING_THIN, load))),
            Peer(kind.commit, _documents(bench, beside(site, COMMIT, load)), kind.beside_commit),
        ],
        rounds=bench.rounds,
    )


def _digests(bench: Bench, site: Site, kind: _Kind, *alone: Peer) -> Iterator[Result]:
    load, one = bundle(site, _DIGESTS), single(site)
    commit = _documents(bench, beside(site, COMMIT, one))
    yield from contest(
        kind.stage,
        f"{_DIGESTS} digests a request, {kind.store}",
        "documents/s",
        _documents(bench, load),
        [
            Peer(_SAME_BODY, _documents(bench, beside(site, NOTHING, load))),
            *alone,
            Peer(kind.commit, commit, kind.bulk_beside_commit),
        ],
        rounds=bench.rounds,
    )


def _files(bench: Bench, site: Site, kind: _Kind) -> Iterator[Result]:
    load, one = upload(site, _FILES, size=_FILE_BYTES), single(site, size=_FILE_BYTES)
    yield from contest(
        kind.stage,
        f"{_FILES} files of 20 KiB a request, {kind.store}",
        "documents/s",
        _documents(bench, load),
        [
            Peer(_SAME_BODY, _documents(bench, beside(site, NOTHING, load))),
            Peer("one file of 20 KiB a request", _documents(bench, one)),
        ],
        rounds=bench.rounds,
    )


def _growth(bench: Bench, site: Site, kind: _Kind) -> Growth:
    """What one costs of so many that are handed in at a stretch, after all that came before."""
    costs = {}
    for size in bench.growing():
        load = bundle(site, min(size, _GROWING_BUNDLE))
        with sending(load) as send:
            costs[size] = seconds(partial(send, size // load.documents)) * 1e6 / size
    what = f"accept a digest, {_GROWING_BUNDLE:,} a request, {kind.store}"
    note = "10⁴ end before a batch closes; of more, those before are anchored meanwhile"
    return Growth(kind.stage, what, "µs", costs, note)


def _documents(bench: Bench, load: Load) -> Run:
    """The documents a second of a load."""
    return lambda: measure(load, seconds=bench.of(1, 1, 2))


def _sqlite_alone(bench: Bench) -> Run:
    count = bench.of(640, 32_000, 128_000)
    return lambda: rate(count, lambda: _insert(bench.folder / "alone.db", count))


def _insert(path: Path, count: int) -> None:
    """Rows of the size of a document's, under growing ids, each transaction durable."""
    rows = [(os.urandom(16), bytes(_ROW_BYTES)) for _ in range(_ROWS_PER_TRANSACTION)]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id BLOB PRIMARY KEY, content BLOB)")
        (first,) = connection.execute("SELECT count(*) FROM kept").fetchone()
        for number in range(first, first + count, _ROWS_PER_TRANSACTION):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO kept VALUES (?, ?)",
                (
                    ((number + place).to_bytes(8, "big") + name, content)
                    for place, (name, content) in enumerate(rows)
                ),
            )
            connection.execute("COMMIT")

"""Accepting documents durably over HTTP, beside a handler that does nothing, and stores alone."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from scripts.bench.contest import Peer, Run, contest, rate
from scripts.bench.peers import tool
from scripts.bench.rows import Result, at_least
from scripts.bench.stage import Bench
from scripts.bench_http import Load, bundle, measure, peer, running_site, single, upload
from scripts.bench_http_peers import COMMIT, NOTHING, NOTHING_THIN

_ROWS_PER_TRANSACTION = 64
_ROW_BYTES = 300
_DIGESTS, _FILES = 100, 20


def accept(bench: Bench) -> Iterator[Result]:
    """One document a request, and many; on SQLite."""
    tool("wrk")
    with running_site(postgres=False) as site:
        documents, requests = _measures(bench)
        nothing, commit = peer(site, NOTHING), peer(site, COMMIT)
        yield from contest(
            "accept",
            "one document a request, SQLite",
            "requests/s",
            requests(single(site)),
            [
                Peer("FastAPI handler that does nothing", requests(nothing), at_least(0.65)),
                Peer("the same without FastAPI", requests(peer(site, NOTHING_THIN))),
                Peer("a commit per request", requests(commit), at_least(1.2)),
            ],
            rounds=bench.of(1, 2, 5),
        )
        yield from contest(
            "accept",
            f"{_DIGESTS} digests a request, SQLite",
            "documents/s",
            documents(bundle(site, _DIGESTS)),
            [
                Peer(
                    f"SQLite alone, {_ROWS_PER_TRANSACTION} rows a transaction",
                    _sqlite_alone(bench),
                    at_least(0.6),
                ),
                Peer("a commit per request", requests(commit), at_least(25)),
            ],
            rounds=bench.of(1, 2, 5),
        )
        yield from contest(
            "accept",
            f"{_FILES} files of 20 KiB a request, SQLite",
            "documents/s",
            documents(upload(site, _FILES)),
            [Peer("one file of 20 KiB a request", requests(single(site, size=20 * 1024)))],
            rounds=bench.of(1, 2, 5),
        )


def accept_postgres(bench: Bench) -> Iterator[Result]:
    """One document a request, and many; on PostgreSQL."""
    tool("wrk")
    with running_site(postgres=True) as site:
        documents, requests = _measures(bench)
        commit = peer(site, COMMIT)
        yield from contest(
            "accept-postgres",
            "one document a request, PostgreSQL",
            "requests/s",
            requests(single(site)),
            [
                Peer(
                    "FastAPI handler that does nothing",
                    requests(peer(site, NOTHING)),
                    at_least(0.85),
                ),
                Peer("an insert per request", requests(commit), at_least(2)),
            ],
            rounds=bench.of(1, 2, 5),
        )
        yield from contest(
            "accept-postgres",
            f"{_DIGESTS} digests a request, PostgreSQL",
            "documents/s",
            documents(bundle(site, _DIGESTS)),
            [Peer("an insert per request", requests(commit))],
            rounds=bench.of(1, 2, 5),
        )


def _measures(bench: Bench) -> tuple[Callable[[Load], Run], Callable[[Load], Run]]:
    """What measures the documents a second of a load, and what the requests."""
    seconds = bench.of(0.5, 1.0, 4.0)

    def documents(load: Load) -> Run:
        return lambda: measure(load, seconds=seconds).documents_per_second

    def requests(load: Load) -> Run:
        return lambda: measure(load, seconds=seconds).requests_per_second

    return documents, requests


def _sqlite_alone(bench: Bench) -> Run:
    count = bench.of(640, 32_000, 256_000)
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

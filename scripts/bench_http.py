"""Measure how fast documents are accepted over HTTP, durably, beside what limits it.

`running_site` starts a chain, its contracts, a service on either store and the peers, each a
process of its own; `single`, `bundle` and `upload` put load on them. The peers are a handler that
does nothing and one that commits each request by itself, under the same server with the same
settings. The load comes from wrk (Debian's package) over loopback, so that it shares the processors
with what it measures: figures of one run stand beside each other, and mean little alone.

Run as a program it prints a table: `python -m scripts.bench_http [--postgres] [--rounds N]`.
"""

import argparse
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.bench_http_peers import COMMIT, NOTHING, NOTHING_THIN
from scripts.processes import Process, ScriptError
from scripts.stack import SUPPLIER, open_stack
from tests.support.postgres import running_databases

CONNECTIONS = 64
DOCUMENTS = "/v1/documents"
BUNDLES = "/v1/bundles"

_DOCUMENT = b"x" * 200
_WRK_RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)", re.MULTILINE)
_WRK_TROUBLE = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
_SMALL_BUNDLE = 1000  # documents
_FEW_CONNECTIONS = 8
_BOUNDARY = "b" + "0" * 30


class LoadError(ScriptError):
    """wrk is not there, or not all of its requests were answered with 2xx."""


@dataclass(frozen=True, slots=True)
class Site:
    """A service and its peers. token: an API key of the service."""

    service: str
    peers: str
    token: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Load:
    """What every request of a measurement is.

    documents: how many one request hands in. named: whether each has an Idempotency-Key of its own.
    connections: requests at once.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    documents: int = 1
    named: bool = False
    connections: int = CONNECTIONS


@dataclass(frozen=True, slots=True)
class Rate:
    """What was reached: all requests were answered with 2xx."""

    requests_per_second: float
    documents_per_second: float


@contextmanager
def running_site(*, postgres: bool) -> Iterator[Site]:
    """A service and its peers on stores of one kind, with everything in a temporary folder.

    Raises ScriptError if a part does not start.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sealbook-bench-")))
        service_url, peers_url = f"sqlite:///{folder}/ledger.db", f"sqlite:///{folder}/peers.db"
        if postgres:
            databases = stack.enter_context(running_databases())
            service_url, peers_url = databases.new(migrated=False), databases.new(migrated=False)
        url_file = folder / "peers.url"
        command = [sys.executable, "-m", "scripts.bench_http_peers", peers_url, str(url_file)]
        peers = Process("the peers", command, folder / "peers.log", url_file)
        stack.callback(peers.stop)
        peers_at = peers.start()
        site = folder / "site"
        running = stack.enter_context(open_stack(site, _silent, database_url=service_url))
        yield Site(running.api_url, peers_at, running.api_key(SUPPLIER), folder)


def single(site: Site, *, size: int = len(_DOCUMENT), named: bool = False) -> Load:
    """One document of so many bytes a request."""
    headers = {"Content-Type": "application/pdf", "Authorization": f"Bearer {site.token}"}
    return Load(site.service + DOCUMENTS, b"x" * size, headers, named=named)


def bundle(site: Site, documents: int) -> Load:
    """So many digests a request, one a line."""
    lines = (
        b'{"digest":"0x%s","size":200}\n' % secrets.token_hex(32).encode() for _ in range(documents)
    )
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {site.token}"}
    # Of large ones, few at once keep both processors busy, as many would keep memory.
    connections = CONNECTIONS if documents <= _SMALL_BUNDLE else _FEW_CONNECTIONS
    return Load(
        site.service + BUNDLES, b"".join(lines), headers, documents, connections=connections
    )


def upload(site: Site, documents: int, *, size: int = 20 * 1024) -> Load:
    """So many files of so many bytes a request, as a form."""
    part = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode() + b"x" * size
    body = b"\r\n".join([part] * documents) + f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Authorization": f"Bearer {site.token}",
    }
    return Load(site.service + BUNDLES, body, headers, documents)


def peer(site: Site, path: str) -> Load:
    """The request of `single`, to one of the peers."""
    return Load(site.peers + path, _DOCUMENT, {"Content-Type": "application/pdf"})


def measure(load: Load, *, seconds: float = 4.0) -> Rate:
    """Put load on for so long. Raises LoadError."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise LoadError("wrk is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="sealbook-load-") as folder:
        script, body = Path(folder, "load.lua"), Path(folder, "body")
        body.write_bytes(load.body)
        script.write_text(_lua(load, body))
        arguments = ["-t1", f"-c{load.connections}", f"-d{seconds:g}s", "--timeout", "30s"]
        done = subprocess.run(  # noqa: S603 - our own script
            [wrk, *arguments, "-s", str(script), load.url],
            capture_output=True,
            text=True,
            check=True,
        )
    trouble, rate = _WRK_TROUBLE.search(done.stdout), _WRK_RATE.search(done.stdout)
    if trouble is not None or rate is None:
        raise LoadError(f"not all requests were accepted:\n{done.stdout}")
    requests = float(rate[1])
    return Rate(requests, requests * load.documents)


def _lua(load: Load, body: Path) -> str:
    """A script for wrk; the names of requests are unlike those of any other run."""
    lines = [
        'wrk.method = "POST"',
        f'wrk.body = io.open("{body}", "rb"):read("*a")',
        *(f'wrk.headers["{name}"] = "{value}"' for name, value in load.headers.items()),
    ]
    if load.named:
        lines += [
            "local count = 0",
            "request = function()",
            "  count = count + 1",
            f'  wrk.headers["Idempotency-Key"] = "{secrets.token_hex(8)}-" .. count',
            "  return wrk.format()",
            "end",
        ]
    return "\n".join(lines)


def _silent(_text: str) -> None:
    """The progress of a start is nobody's business here."""


def loads(site: Site) -> dict[str, Load]:
    """All that is compared with each other, by what it is called."""
    return {
        "do-nothing FastAPI handler": peer(site, NOTHING),
        "do-nothing handler without FastAPI": peer(site, NOTHING_THIN),
        "a commit per request": peer(site, COMMIT),
        "single documents": single(site),
        "single documents, named": single(site, named=True),
        "single documents of 20 KiB": single(site, size=20 * 1024),
        "bundles of 100 digests": bundle(site, 100),
        "bundles of 10,000 digests": bundle(site, 10_000),
        "bundles of 100 files of 20 KiB": upload(site, 100),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, and not SQLite")
    parser.add_argument("--rounds", type=int, default=5, help="how often each takes its turn")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each turn")
    parser.add_argument("--only", default="", help="those whose name has this text")
    options = parser.parse_args(arguments)
    try:
        with running_site(postgres=options.postgres) as site:
            chosen = {name: load for name, load in loads(site).items() if options.only in name}
            _compare(chosen, options.rounds, lambda load: measure(load, seconds=options.seconds))
    except ScriptError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _compare(chosen: dict[str, Load], rounds: int, take_turn: Callable[[Load], Rate]) -> None:
    found: dict[str, list[Rate]] = {name: [] for name in chosen}
    for _ in range(rounds):
        for name, load in chosen.items():
            found[name].append(take_turn(load))
    for name, rates in found.items():
        requests = median(rate.requests_per_second for rate in rates)
        per_second = median(rate.documents_per_second for rate in rates)
        print(f"{name:40}{requests:12,.0f} requests/s{per_second:14,.0f} documents/s")


if __name__ == "__main__":
    sys.exit(main())

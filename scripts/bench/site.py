"""A service and the handlers that it is measured beside, each a process of its own.

All of them run under the same server with the same settings, on stores of the same kind.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.postgres_server import running_databases
from scripts.processes import Process
from scripts.stack import SUPPLIER, open_stack


@dataclass(frozen=True, slots=True)
class Site:
    """A service and its peers. token: an API key of the service."""

    service: str
    peers: str
    token: str


@contextmanager
def running_site(folder: Path, *, postgres: bool) -> Iterator[Site]:
    """A service and its peers on stores of one kind, with everything in a folder.

    Raises ScriptError if a part does not start.
    """
    with ExitStack() as stack:
        service_url, peers_url = f"sqlite:///{folder}/ledger.db", f"sqlite:///{folder}/peers.db"
        if postgres:
            databases = stack.enter_context(running_databases())
            service_url, peers_url = databases.new(migrated=False), databases.new(migrated=False)
        url_file = folder / "peers.url"
        command = [sys.executable, "-m", "scripts.bench.http_peers", peers_url, str(url_file)]
        peers = Process("the peers", command, folder / "peers.log", url_file)
        stack.callback(peers.stop)
        peers_at = peers.start()
        site = folder / "site"
        running = stack.enter_context(open_stack(site, _silent, database_url=service_url))
        yield Site(running.api_url, peers_at, running.api_key(SUPPLIER))


def _silent(_text: str) -> None:
    """The progress of a start is nobody's business here."""

"""The devnet as a process of its own, on a free port."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from devnet.rpc.values import Json
from tests.support.processes import START_SECONDS, Serving, serving


@dataclass(frozen=True)
class Running(Serving):
    """A devnet that answers at a URL."""

    data_dir: Path
    client: httpx.Client

    def post(self, document: Json) -> Any:
        """Send a JSON document; what comes back, decoded."""
        return self.client.post(self.url, json=document).json()

    def ask(self, method: str, *params: Json) -> Any:
        """The result of a method."""
        answer = self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)})
        return answer["result"]


def command(data_dir: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "devnet", "--data-dir", str(data_dir), "--port", "0", *options]


@contextmanager
def running(data_dir: Path, *options: str) -> Iterator[Running]:
    """Start a devnet and wait for its URL; it is ended at the end, if it still runs."""
    starting = serving(command(data_dir, *options), data_dir.with_suffix(".url"))
    with starting as served, httpx.Client(timeout=START_SECONDS) as client:
        yield Running(served.process, served.url, data_dir, client)

"""The service as a process of its own, under uvicorn, on a free port."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ledger.services.settings import CONFIG_VARIABLE
from scripts.processes import comes_up
from tests.support.processes import Serving, started

_PROGRAM = """
import socket, sys, uvicorn
config = uvicorn.Config("api.main:app_from_environment", factory=True, access_log=False)
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""


@dataclass(frozen=True)
class ServiceProcess(Serving):
    """A service that answers at a URL, and writes its log to a file."""

    log: Path


@contextmanager
def running_api(config: Path) -> Iterator[ServiceProcess]:
    """Start a service and wait until it answers; it is ended at the end, if it still runs."""
    log = config.with_suffix(".log")
    with ExitStack() as stack:
        # The service alone keeps the port and the log open, and gives them up when it ends.
        with socket.create_server(("127.0.0.1", 0)) as listener, log.open("ab") as output:
            starting = started(
                [sys.executable, "-c", _PROGRAM, str(listener.fileno())],
                env={**os.environ, CONFIG_VARIABLE: str(config)},
                pass_fds=[listener.fileno()],
                stdout=output,
                stderr=output,
            )
            process = stack.enter_context(starting)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert comes_up(process, lambda: _answers(url)), log.read_text()
        yield ServiceProcess(process, url, log)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").is_success
    except httpx.HTTPError:
        return False

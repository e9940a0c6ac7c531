"""The service as a process of its own, under uvicorn, on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ledger.services.settings import CONFIG_VARIABLE

START_SECONDS = 30
STOP_SECONDS = 15

_PROGRAM = """
import socket, sys, uvicorn
config = uvicorn.Config("api.main:app_from_environment", factory=True, access_log=False)
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""


@dataclass(frozen=True)
class ServiceProcess:
    """A service that answers at a URL, and writes its log to a file."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    def kill(self) -> None:
        """End the process as a power failure would: it cannot do anything about it."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """Ask the process to stop, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)


@contextmanager
def running_api(config: Path) -> Iterator[ServiceProcess]:
    """Start a service and wait until it answers; it is ended at the end, if it still runs."""
    log = config.with_suffix(".log")
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(listener.fileno())],
            env={**os.environ, CONFIG_VARIABLE: str(config)},
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=output,
        )
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    running = ServiceProcess(process, url, log)
    try:
        _wait_until_it_answers(running)
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(STOP_SECONDS)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_answers(running: ServiceProcess) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            httpx.get(f"{running.url}/healthz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the service did not start: {running.log.read_text()}")

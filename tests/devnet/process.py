"""The devnet as a process of its own, on a free port."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from devnet.rpc.values import Json

START_SECONDS = 30
STOP_SECONDS = 15


@dataclass(frozen=True)
class Running:
    """A process that answers at a URL."""

    process: "subprocess.Popen[str]"
    url: str
    data_dir: Path
    client: httpx.Client

    def post(self, document: Json) -> Any:
        """Send a JSON document; what comes back, decoded."""
        return self.client.post(self.url, json=document).json()

    def ask(self, method: str, *params: Json) -> Any:
        """The result of a method."""
        answer = self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)})
        return answer["result"]

    def kill(self) -> None:
        """End the process as a power failure would: it cannot do anything about it."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Ask the process to stop; its exit code, and what it wrote to standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=STOP_SECONDS)
        return self.process.returncode, errors


def command(data_dir: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "devnet", "--data-dir", str(data_dir), "--port", "0", *options]


@contextmanager
def running(data_dir: Path, *options: str) -> Iterator[Running]:
    """Start a devnet and wait for its URL; it is ended at the end, if it still runs."""
    url_file = data_dir.with_suffix(".url")
    url_file.unlink(missing_ok=True)  # a process that was killed leaves its URL behind
    process = subprocess.Popen(
        command(data_dir, "--url-file", str(url_file), *options),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(timeout=START_SECONDS) as client:
            yield Running(process, _wait_for_url(process, url_file), data_dir, client)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=STOP_SECONDS)


def _wait_for_url(process: "subprocess.Popen[str]", url_file: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if url_file.exists():
            return url_file.read_text().strip()
        time.sleep(0.02)
    process.kill()
    _, errors = process.communicate()
    raise AssertionError(f"the devnet did not start: {errors}")

"""The product's programs as processes of their own, which serve until they are ended."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.processes import comes_up

START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True)
class Serving:
    """A process that answers at a URL."""

    process: "subprocess.Popen[str]"
    url: str

    def kill(self) -> None:
        """End the process as a power failure would: it cannot do anything about it."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Ask the process to stop; its exit code, and what it printed to its pipes."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=STOP_SECONDS)
        return self.process.returncode, out, errors


@contextmanager
def started(command: Sequence[str | Path], **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """Start a command; it is ended at the end, if it still runs. Options are those of Popen."""
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=STOP_SECONDS)


@contextmanager
def serving(command: Sequence[str | Path], url_file: Path) -> Iterator[Serving]:
    """Start a command that writes its URL to a file, and wait for it; it is ended at the end."""
    url_file.unlink(missing_ok=True)  # a process that was killed leaves its URL behind
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started([*command, "--url-file", url_file], **pipes) as process:
        if not comes_up(process, url_file.exists):
            process.kill()
            out, errors = process.communicate(timeout=STOP_SECONDS)
            raise AssertionError(f"{command} did not start: {out}{errors}")
        yield Serving(process, url_file.read_text().strip())

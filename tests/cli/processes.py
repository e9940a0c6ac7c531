"""`sealbook` as a process of its own, that serves until it is ended."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("sealbook")
START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True)
class Running:
    """A process that has written its URL."""

    process: "subprocess.Popen[str]"
    url: str

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Ask the process to stop; its exit code, and what it printed."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=STOP_SECONDS)
        return self.process.returncode, out, errors


@contextmanager
def serving_process(url_file: Path, *arguments: str | Path) -> Iterator[Running]:
    """Start a command that serves, and wait for its URL; it is ended at the end."""
    process = subprocess.Popen(
        [PROGRAM, *arguments, "--port", "0", "--url-file", url_file],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(process, _wait_for_url(process, url_file))
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
    out, errors = process.communicate()
    raise AssertionError(f"the command did not start: {out}{errors}")

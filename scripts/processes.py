"""Starting the product's own processes, waiting for them, and ending them by their own ids."""

import ctypes
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

_START_SECONDS = 60
_STOP_SECONDS = 15
_PR_SET_PDEATHSIG = 1

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For httpx on this machine, which else reads the system's certificates again and again."""


class ScriptError(Exception):
    """Why a script cannot go on. No error of the product: the service never meets it."""


class StartError(ScriptError):
    """A process did not start; the message says where its log is."""


def interrupt_on_signals() -> None:
    """Let SIGINT and SIGTERM raise KeyboardInterrupt: processes are ended on the way out."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def sealbook(*arguments: str) -> list[str]:
    """The command line of this installation."""
    return [str(Path(sys.executable).with_name("sealbook")), *arguments]


class Process:
    """A server process with a log file, which writes its URL to a file once it listens."""

    def __init__(self, name: str, command: Sequence[str], log: Path, url_file: Path) -> None:
        self.name = name
        self._command = command
        self._log = log
        self._url_file = url_file
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start, and return the URL. Raises StartError if it ends or does not listen in time."""
        self._url_file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one call, no threads yet
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._url_file.exists():
                url = self._url_file.read_text("utf-8").strip()
                _port_file(self._url_file).write_text(url.rpartition(":")[2], "utf-8")
                return url
            time.sleep(0.05)
        self.stop()
        raise StartError(f"{self.name} did not start: {self.last_words()}")

    def last_words(self) -> str:
        """Which signal ended it, else the end of its log; and where the log is."""
        code = None if self._process is None else self._process.poll()
        if code is not None and code < 0:
            return f"it was killed by signal {-code} (log: {self._log})"
        last = self._log.read_text("utf-8", "replace").strip().splitlines()[-1:]
        return f"{' '.join(last)} (log: {self._log})"

    @property
    def pid(self) -> int | None:
        """The process's id; None before it starts."""
        return None if self._process is None else self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the process, if it lives."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):  # nobody is to wait any longer
            self._process.kill()
            self._process.wait()


def comes_up(process: "subprocess.Popen[str]", ready: Callable[[], bool]) -> bool:
    """Wait until a process is ready; whether it ever is."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if ready():
            return True
        time.sleep(0.02)
    return False


def wait_until_ready(api: Process, url: str) -> None:
    """Wait until a service says that it is ready. Raises StartError, at once if it has ended."""
    deadline = time.monotonic() + _START_SECONDS
    reason = "no answer"
    while time.monotonic() < deadline:
        if not api.running:
            raise StartError(f"{api.name} ended while it started: {api.last_words()}")
        try:
            response = httpx.get(f"{url}/readyz", timeout=5, verify=NO_AUTHORITIES)
            if response.status_code == httpx.codes.OK:
                return
            reason = response.text
        except httpx.TransportError as error:
            reason = str(error)
        time.sleep(0.1)
    raise StartError(f"the API at {url} is not ready: {reason}")


def port_for(url_file: Path) -> int:
    """The port that was used before, if it is free: commands that people noted go on working."""
    try:
        port = int(_port_file(url_file).read_text("utf-8"))
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, ValueError):
        return 0
    return port


def _port_file(url_file: Path) -> Path:
    return url_file.with_suffix(".port")


def _end_with_parent() -> None:
    # Linux only: a server must not outlive a starter that was killed.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

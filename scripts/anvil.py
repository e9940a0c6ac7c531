"""anvil, a chain node with a transaction pool, as a process that can be troubled."""

import itertools
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from scripts.processes import NO_AUTHORITIES, ScriptError, StartError

_PACKAGES = Path(__file__).parents[1] / "tests" / "faults" / "node_modules" / "@foundry-rs"
_NAMED = "SEALBOOK_TEST_ANVIL"
_START_SECONDS = 30
_STOP_SECONDS = 30
_ids = itertools.count(1)


class AnvilAbsent(ScriptError):
    """anvil is not installed; the message says how to."""


class RpcRefused(Exception):
    """The node answered with an error object."""


def rpc(url: str, method: str, *parameters: object) -> Any:
    """Ask a node, past the service and its proxy."""
    request = {"jsonrpc": "2.0", "id": next(_ids), "method": method, "params": parameters}
    sent = httpx.post(url, json=request, timeout=30, verify=NO_AUTHORITIES)
    answer = sent.raise_for_status().json()
    if "error" in answer:
        raise RpcRefused(f"{method}: {answer['error']['message']}")
    return answer["result"]


class Anvil:
    """One node. Options are those of its command line, without host and port.

    state: the file that the chain is read from at a start and written to at an end; None for a
    chain that is forgotten.
    """

    def __init__(self, folder: Path, *options: str, state: Path | None = None) -> None:
        self._folder = folder
        self.options = options
        self.state = state
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, and wait until it answers. Raises AnvilAbsent, or StartError."""
        command = self._command()
        with (self._folder / "anvil.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - our own command
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                self.rpc("eth_chainId")
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        self.kill()
        raise StartError(f"anvil does not answer: see {self._folder / 'anvil.log'}")

    def _command(self) -> list[str]:
        kept = () if self.state is None else ("--state", str(self.state))
        return [
            *("setpriv", "--pdeathsig", "TERM"),  # it must not outlive who started it
            anvil_binary(),
            *("--host", "127.0.0.1", "--port", str(self._port)),
            *("--cache-path", str(self._folder / "anvil-cache")),
            *kept,
            *self.options,
        ]

    def rpc(self, method: str, *parameters: object) -> Any:
        """Ask it, past the service and its proxy. Raises RpcRefused."""
        return rpc(self.url, method, *parameters)

    def send_signal(self, number: signal.Signals) -> None:
        """Send its process a signal; it must run."""
        if self._process is None:
            raise ScriptError("anvil does not run")
        self._process.send_signal(number)

    def stop(self) -> None:
        """Ask it to end, which writes its state. Nothing if it has ended."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power failure would."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(number)
        self._process.wait(_STOP_SECONDS)
        self._process = None

    def mine(self, blocks: int) -> None:
        """Seal blocks now."""
        self.rpc("anvil_mine", hex(blocks))

    def height(self) -> int:
        """The newest block's number."""
        return int(self.rpc("eth_blockNumber"), 16)

    def waiting(self) -> list[dict[str, Any]]:
        """The transactions of the pool, those behind a gap included."""
        content = self.rpc("txpool_content")
        return [
            transaction
            for part in ("pending", "queued")
            for by_nonce in content[part].values()
            for transaction in by_nonce.values()
        ]

    @contextmanager
    def not_sealing(self) -> Iterator[None]:
        """Let what is sent wait in the pool meanwhile; afterwards each is sealed as it comes."""
        self.rpc("evm_setAutomine", False)
        try:
            yield
        finally:
            self.rpc("evm_setAutomine", True)
            self.mine(1)


def anvil_binary() -> str:
    """The program that the environment names, or that npm has installed. Raises AnvilAbsent."""
    if named := os.environ.get(_NAMED):
        return named
    found = sorted(_PACKAGES.glob("anvil-*/bin/anvil"))
    if not found:
        raise AnvilAbsent("anvil is not installed: npm --prefix tests/faults ci")
    return str(found[0])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port

"""Chain nodes to try faults and speed on: anvil, and the project's own development chain."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from ledger.chain.signer import generate_key
from scripts.anvil import Anvil, rpc
from scripts.founding import ACCOUNTS, Founded, found, keep_accounts
from scripts.processes import Process, ScriptError, port_for, sealbook

_ETHER = 10**18


class Node(Protocol):
    """A chain node that runs as a process."""

    @property
    def url(self) -> str:
        """Where it answers."""

    def start(self) -> None:
        """Start on the state that it kept, and wait until it answers."""

    def stop(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it as a power failure would."""

    def send_signal(self, number: signal.Signals) -> None:
        """Send its process a signal; it must run."""

    def rpc(self, method: str, *parameters: object) -> Any:
        """Ask it, past the service and its proxy."""


class Devnet:
    """`sealbook devnet`, which keeps its chain whatever ends it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._options = options
        self._process: Process | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._url

    @property
    def keys(self) -> Iterator[str]:
        """The keys of the accounts that it funded."""
        found = (self.folder / "chain" / "keys").glob("account-*.key")
        return (path.read_text().strip() for path in found)

    def start(self) -> None:
        """Start on the chain that it kept. Raises StartError."""
        url_file = self.folder / "devnet.url"
        command = sealbook(
            "devnet",
            *("--data-dir", str(self.folder / "chain"), "--accounts", str(len(ACCOUNTS))),
            *("--port", str(port_for(url_file)), "--url-file", str(url_file)),
            *self._options,
        )
        self._process = Process("the devnet", command, self.folder / "devnet.log", url_file)
        self._url = self._process.start()

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """End it as a power failure would."""
        self.send_signal(signal.SIGKILL)
        self.stop()

    def send_signal(self, number: signal.Signals) -> None:
        """Send its process a signal; it must run."""
        if self._process is None or self._process.pid is None:
            raise ScriptError("the devnet does not run")
        os.kill(self._process.pid, number)

    def rpc(self, method: str, *parameters: object) -> Any:
        """Ask it, past the service and its proxy. Raises RpcRefused."""
        return rpc(self.url, method, *parameters)


def founded_on_anvil(node: Anvil, folder: Path) -> Founded:
    """Found the consortium on a node that runs."""
    founded = keep_accounts(folder, (generate_key() for _ in ACCOUNTS))
    for name in ACCOUNTS:
        node.rpc("anvil_setBalance", founded.signer(name).address, hex(1000 * _ETHER))
    found(founded, node.url)
    return founded


def founded_on_devnet(node: Devnet, folder: Path) -> Founded:
    """Found the consortium on a devnet that runs."""
    founded = keep_accounts(folder, node.keys)
    found(founded, node.url)
    return founded

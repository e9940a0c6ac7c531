"""The chain nodes that faults are tried on: anvil, and the project's own development chain."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from ledger.chain.signer import generate_key
from scripts.processes import Process, port_for, sealbook
from tests.faults.anvil import Anvil, rpc
from tests.faults.founding import ACCOUNTS, Founded, found, keep_accounts

_ETHER = 10**18


class Node(Protocol):
    """A chain node that runs as a process."""

    @property
    def url(self) -> str: ...

    def start(self) -> None:
        """Start on the state that it kept, and wait until it answers."""

    def stop(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it as a power failure would."""

    def send_signal(self, number: signal.Signals) -> None: ...

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
        return self._url

    @property
    def keys(self) -> Iterator[str]:
        """The keys of the accounts that it funded."""
        found = (self.folder / "chain" / "keys").glob("account-*.key")
        return (path.read_text().strip() for path in found)

    def start(self) -> None:
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
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
        self.stop()

    def send_signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        pid = str(self._process.pid)
        subprocess.run(["kill", f"-{number.value}", pid], check=True)  # noqa: S607 - part of any system

    def rpc(self, method: str, *parameters: object) -> Any:
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

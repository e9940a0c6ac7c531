"""A configured service whose chain and API run as processes of their own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ledger.chain.deployment import write_deployment
from ledger.chain.membership import Role
from ledger.cli.files import write_secret
from ledger.services.context import system_clock
from ledger.services.principals import issue_key
from ledger.store.engine import open_store
from tests.api.processes import free_port
from tests.devnet.process import running as running_devnet
from tests.support.consortium import SUPPLIER, running_consortium

MAX_BYTES = 256 * 1024


@dataclass(frozen=True)
class Site:
    """A configured service, and a chain that does not run yet."""

    folder: Path
    devnet_port: int
    database_url: str

    @property
    def config(self) -> Path:
        return self.folder / "sealbook.toml"

    def devnet(self) -> Any:
        return running_devnet(self.folder / "chain", "--port", str(self.devnet_port))

    def api_key(self) -> str:
        """A new key of the supplier."""
        store = open_store(self.database_url)
        _, secret = issue_key(store, SUPPLIER, Role.SUPPLIER, system_clock())
        store.close()
        return secret

    def client(self, url: str) -> httpx.Client:
        return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {self.api_key()}"})


def make_site(folder: Path, database_url: str) -> Site:
    """Found a consortium, and write down what a service needs."""
    with running_consortium(folder / "chain") as consortium:
        consortium.write_keys(folder / "keys")
        (folder / "deployment.json").write_text(write_deployment(consortium.deployment))
    write_secret(folder / "fingerprint.hex", "ab" * 32)
    port = free_port()
    (folder / "sealbook.toml").write_text(
        f"""
        [chain]
        rpc_url = "http://127.0.0.1:{port}"
        deployment = "deployment.json"
        development = true
        confirmations = 0
        [service]
        database_url = "{database_url}"
        keys_dir = "keys"
        max_document_bytes = {MAX_BYTES}
        poll_seconds = 0.05
        [fingerprint]
        key_file = "fingerprint.hex"
        """
    )
    return Site(folder, port, database_url)

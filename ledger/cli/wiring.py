"""Joins adapters for the commands: a node over HTTP, key files, the service's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.chain.deployment import Deployment, check_deployment, read_deployment
from ledger.chain.port import Chain
from ledger.chain.signer import Signer, load_key
from ledger.chain.view import NodeView
from ledger.chain.web3_adapter import connect
from ledger.errors import ConfigurationError
from ledger.evidence import ChainView
from ledger.services.settings import ChainSettings, ServiceSettings
from ledger.store.engine import Store, open_store
from ledger.store.migrations import upgrade


@dataclass(frozen=True, slots=True)
class Node:
    """A node, and the contracts that were found to stand on its chain."""

    chain: Chain
    deployment: Deployment


def open_node(settings: ChainSettings) -> Node:
    """Ask a node whether it answers for the deployment.

    Raises ConfigurationError for a manifest that cannot be read, TransportError if the node does
    not answer, ChainMismatch if it answers for another chain.
    """
    deployment = read_deployment(settings.deployment)
    chain = connect(settings.rpc_url, timeout_seconds=settings.timeout_seconds)
    check_deployment(chain, deployment)
    return Node(chain, deployment)


def open_view(settings: ChainSettings, deployment: Deployment) -> ChainView:
    """A node for a verification, which asks it only when it must. Nothing is sent yet."""
    chain = connect(settings.rpc_url, timeout_seconds=settings.timeout_seconds)
    return NodeView(chain, deployment)


def open_signer(key: Path, passphrase_file: Path | None) -> Signer:
    """An operator key from its file. Raises ConfigurationError."""
    passphrase = None if passphrase_file is None else _read_line(passphrase_file)
    return load_key(key, passphrase=passphrase)


@contextmanager
def open_database(settings: ServiceSettings) -> Iterator[Store]:
    """The service's database, with the schema of this version."""
    store = open_store(settings.database_url)
    try:
        upgrade(store)
        yield store
    finally:
        store.close()


def _read_line(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the passphrase file {path}: {error}") from error

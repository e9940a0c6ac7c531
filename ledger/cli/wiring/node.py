"""A chain node over HTTP, and the contracts that it answers for."""

from dataclasses import dataclass

from ledger.chain.deployment import Deployment, read_deployment
from ledger.chain.port import Chain
from ledger.chain.view import NodeView
from ledger.chain.web3_adapter import connect
from ledger.chain.wiring import check_deployment
from ledger.evidence import ChainView
from ledger.services.settings import ChainSettings


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


def open_bare_chain(rpc_url: str) -> Chain:
    """A node of a chain on which nothing of ours stands yet. Nothing is sent yet."""
    return connect(rpc_url)

"""Methods about the node and the network."""

from importlib.metadata import version

from devnet.node import Node
from devnet.rpc.registry import Registry
from devnet.rpc.values import Json, quantity

registry = Registry()


@registry.method("web3_clientVersion")
def client_version(_: Node) -> Json:
    """Name this program and what executes its contracts."""
    return f"sealbook-devnet/eth-tester-{version('eth-tester')}/py-evm-{version('py-evm')}"


@registry.method("net_version")
def network_id(node: Node) -> Json:
    """The network's id in decimal; it is the chain's."""
    return str(node.chain_id)


@registry.method("net_listening")
def listening(_: Node) -> Json:
    """A node that answers is listening."""
    return True


@registry.method("net_peerCount")
def peer_count(_: Node) -> Json:
    """There are no peers."""
    return quantity(0)


@registry.method("eth_chainId")
def chain_id(node: Node) -> Json:
    """The chain's id (EIP-695)."""
    return quantity(node.chain_id)


@registry.method("eth_syncing")
def syncing(_: Node) -> Json:
    """There is nobody to sync with."""
    return False


@registry.method("eth_accounts")
def accounts(node: Node) -> Json:
    """The accounts that `eth_sendTransaction` signs for."""
    return [account.address for account in node.accounts]

"""Methods that read the state at a block, run messages on it, or prove what it holds."""

from eth.abc import BlockHeaderAPI, StateAPI
from eth_typing import Address

from devnet import proofs, simulation
from devnet.errors import ServerError
from devnet.node import BlockId, BlockTag, Node
from devnet.rpc import params, values
from devnet.rpc.messages import TransactionRequest, transaction_request
from devnet.rpc.registry import Optional, Registry
from devnet.rpc.values import Json

registry = Registry()

_BLOCK = Optional(params.block, BlockTag.LATEST)
_MOST_PROVED_SLOTS = 1024


@registry.method("eth_getBalance", params.address, _BLOCK)
def balance(node: Node, address: bytes, block: BlockId) -> Json:
    """An account's balance in wei."""
    return values.quantity(_state(node, block).get_balance(Address(address)))


@registry.method("eth_getTransactionCount", params.address, _BLOCK)
def transaction_count(node: Node, address: bytes, block: BlockId) -> Json:
    """An account's next nonce; the pending one counts what waits for a block."""
    if block == BlockTag.PENDING:
        return values.quantity(node.pending_nonce(Address(address)))
    return values.quantity(_state(node, block).get_nonce(Address(address)))


@registry.method("eth_getCode", params.address, _BLOCK)
def code(node: Node, address: bytes, block: BlockId) -> Json:
    """A contract's code."""
    return values.data(_state(node, block).get_code(Address(address)))


@registry.method("eth_getStorageAt", params.address, params.storage_slot, _BLOCK)
def storage_at(node: Node, address: bytes, slot: int, block: BlockId) -> Json:
    """The 32 bytes in a contract's storage slot."""
    word = _state(node, block).get_storage(Address(address), slot)
    return values.data(word.to_bytes(params.WORD_BYTES))


@registry.method("eth_call", transaction_request, _BLOCK)
def call(node: Node, request: TransactionRequest, block: BlockId) -> Json:
    """Run a message in a block's context, on the state after it."""
    return values.data(simulation.call(node.backend, _header(node, block), request.message()))


@registry.method("eth_estimateGas", transaction_request, _BLOCK)
def estimate_gas(node: Node, request: TransactionRequest, block: BlockId) -> Json:
    """The gas a transaction needs in a block sealed now on the given one."""
    header = _header(node, block)
    if block != BlockTag.PENDING:
        header = node.child_of(header)
    return values.quantity(simulation.estimate_gas(node.backend, header, request.message()))


@registry.method(
    "eth_getProof",
    params.address,
    params.array(params.storage_slot, longest=_MOST_PROVED_SLOTS),
    _BLOCK,
)
def proof(node: Node, address: bytes, slots: tuple[int, ...], block: BlockId) -> Json:
    """Merkle proofs of an account and of storage slots against the state root (EIP-1186)."""
    header = _header(node, block)
    proved = proofs.prove(node.store, header.state_root, address, slots)
    return {
        "address": values.address(address),
        "accountProof": [values.data(each) for each in proved.path],
        "balance": values.quantity(proved.balance),
        "codeHash": values.data(proved.code_hash),
        "nonce": values.quantity(proved.nonce),
        "storageHash": values.data(proved.storage_root),
        "storageProof": [
            {
                "key": values.quantity(each.slot),
                "value": values.quantity(each.value),
                "proof": [values.data(node) for node in each.path],
            }
            for each in proved.slots
        ],
    }


def _header(node: Node, block: BlockId) -> BlockHeaderAPI:
    header = node.find_header(block)
    if header is None:
        raise ServerError("header not found: there is no such block on this chain")
    return header


def _state(node: Node, block: BlockId) -> StateAPI:
    if block == BlockTag.LATEST:
        return node.head_state
    return node.backend.state_at(_header(node, block))

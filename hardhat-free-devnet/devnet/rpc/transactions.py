"""Methods that send transactions and look them up."""

from devnet.node import BlockId, BlockTag, Node
from devnet.rpc import lookups, params, signing, values
from devnet.rpc.messages import TransactionRequest, transaction_request
from devnet.rpc.registry import Registry
from devnet.rpc.values import Json

registry = Registry()


@registry.method("eth_sendRawTransaction", params.data)
def send_raw(node: Node, encoded: bytes) -> Json:
    """Take a signed transaction; return its hash."""
    return values.data(node.submit(encoded))


@registry.method("eth_sendTransaction", transaction_request)
def send(node: Node, request: TransactionRequest) -> Json:
    """Sign a transaction with a development account's key and take it; return its hash."""
    return values.data(node.submit(signing.sign(node, request)))


@registry.method("eth_getTransactionByHash", params.block_hash)
def by_hash(node: Node, transaction_hash: bytes) -> Json:
    """A transaction, sealed or pending."""
    pending = node.pool.find(transaction_hash)
    if pending is not None:
        return values.pending_transaction(pending)
    record = node.index.transaction(transaction_hash)
    return None if record is None else lookups.transaction(node, record)


@registry.method("eth_getTransactionByBlockNumberAndIndex", params.block, params.height)
@registry.method("eth_getTransactionByBlockHashAndIndex", params.block_hash, params.height)
def by_position(node: Node, block: BlockId, position: int) -> Json:
    """The transaction at a place in a block."""
    header = node.find_header(block)
    if header is None or block == BlockTag.PENDING:
        return None
    record = node.index.transaction_at(header.block_number, position)
    return None if record is None else lookups.transaction(node, record)


@registry.method("eth_getTransactionReceipt", params.block_hash)
def receipt(node: Node, transaction_hash: bytes) -> Json:
    """The receipt of a sealed transaction; null while it is pending."""
    record = node.index.transaction(transaction_hash)
    return None if record is None else lookups.receipt(node, record)

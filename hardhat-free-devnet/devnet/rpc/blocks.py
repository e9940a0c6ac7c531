"""Methods that read blocks and their receipts."""

from eth.abc import BlockHeaderAPI

from devnet.node import BlockId, BlockTag, Node
from devnet.rpc import lookups, params, values
from devnet.rpc.registry import Optional, Registry
from devnet.rpc.values import Json

registry = Registry()

_FULL = Optional(params.boolean, default=False)


@registry.method("eth_blockNumber")
def block_number(node: Node) -> Json:
    """Height of the last sealed block."""
    return values.quantity(node.head.block_number)


@registry.method("eth_getBlockByNumber", params.block, _FULL)
@registry.method("eth_getBlockByHash", params.block_hash, _FULL)
def block(node: Node, wanted: BlockId, full: bool) -> Json:  # noqa: FBT001  # a JSON-RPC position
    """A block with its transactions' hashes or, in full, with its transactions."""
    header = node.find_header(wanted)
    if header is None:
        return None
    if wanted == BlockTag.PENDING:
        return _pending_block(node, header, full=full)
    records = node.index.transactions(header.block_number)
    transactions: list[Json] = [
        lookups.transaction(node, record) if full else values.data(record.hash)
        for record in records
    ]
    size = values.encoded_block_size(header, [record.encoded for record in records])
    return {
        **values.header_fields(header),
        "size": values.quantity(size),
        "totalDifficulty": values.quantity(0),
        "uncles": [],
        "transactions": transactions,
    }


def _pending_block(node: Node, header: BlockHeaderAPI, *, full: bool) -> Json:
    transactions: list[Json] = [
        values.pending_transaction(pending) if full else values.data(pending.hash)
        for pending in node.pool
    ]
    unknown: dict[str, Json] = dict.fromkeys(("hash", "nonce", "miner", "logsBloom"))
    return {
        **values.header_fields(header),
        **unknown,
        "size": values.quantity(
            values.encoded_block_size(header, [pending.encoded for pending in node.pool])
        ),
        "totalDifficulty": values.quantity(0),
        "uncles": [],
        "transactions": transactions,
    }


@registry.method("eth_getBlockTransactionCountByNumber", params.block)
@registry.method("eth_getBlockTransactionCountByHash", params.block_hash)
def transaction_count(node: Node, wanted: BlockId) -> Json:
    """How many transactions a block has."""
    header = node.find_header(wanted)
    if header is None:
        return None
    if wanted == BlockTag.PENDING:
        return values.quantity(len(node.pool))
    return values.quantity(len(node.index.transaction_hashes(header.block_number)))


@registry.method("eth_getBlockReceipts", params.block)
def block_receipts(node: Node, wanted: BlockId) -> Json:
    """The receipts of all transactions of a block, in order."""
    header = node.find_header(wanted)
    if header is None or wanted == BlockTag.PENDING:
        return None
    return [
        lookups.receipt(node, record) for record in node.index.transactions(header.block_number)
    ]

"""From the index's rows to JSON."""

from devnet.index import TransactionRecord
from devnet.node import Node
from devnet.rpc import values
from devnet.rpc.values import Json


def transaction(node: Node, record: TransactionRecord) -> Json:
    """A sealed transaction."""
    decoded = node.backend.decode_transaction(record.encoded)
    return values.sealed_transaction(record, decoded)


def receipt(node: Node, record: TransactionRecord) -> Json:
    """The receipt of a sealed transaction."""
    return values.sealed_receipt(
        record,
        node.backend.decode_transaction(record.encoded),
        node.backend.decode_receipt(record.receipt),
    )

"""Takes from the chain what proves a batch's anchor, once its block is final."""

import rlp

from ledger.chain.notary import Notary
from ledger.chain.port import Chain, Log, Receipt
from ledger.codec import member_to_word
from ledger.errors import TransportError
from ledger.evidence.receipt_trie import prove_receipt
from ledger.store.batches import Batch, StoredAnchor
from ledger.types import to_hex


def prove_anchor(chain: Chain, notary: Notary, batch: Batch, receipt: Receipt) -> StoredAnchor:
    """The header of the anchor's block, and the receipt's proof in its receipts trie.

    Raises TransportError if the node's answers do not fit together, as while it reorganises.
    """
    block = chain.block(receipt.block.number)
    if block is None or block.ref != receipt.block:
        raise TransportError(f"block {receipt.block.number} changed while it was read")
    receipts = [item.encoded for item in chain.receipts(receipt.block)]
    _root, nodes = prove_receipt(receipts, receipt.transaction_index)
    nodes_encoded: bytes = rlp.encode(list(nodes))
    return StoredAnchor(
        header=block.header,
        transaction_index=receipt.transaction_index,
        log_index=_position(notary, batch, receipt.logs),
        nodes=nodes_encoded,
    )


def _position(notary: Notary, batch: Batch, logs: tuple[Log, ...]) -> int:
    wanted = (notary.abi.topic("Anchored"), member_to_word(batch.member), batch.root)
    for position, log in enumerate(logs):
        if log.address == notary.address and log.topics == wanted:
            return position
    raise TransportError(f"the receipt does not hold the anchor of {to_hex(batch.root)}")

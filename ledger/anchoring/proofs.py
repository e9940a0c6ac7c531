"""Takes from the chain what proves a batch's anchor, once its block is final."""

import rlp

from ledger.anchoring.round import Round
from ledger.chain.notary import Notary
from ledger.chain.port import Block, Log, Receipt
from ledger.codec import member_to_word
from ledger.errors import NodeError, VerificationError
from ledger.evidence.headers import BlockHeader, decode_header
from ledger.evidence.receipt_trie import prove_receipt
from ledger.store.batches import Batch, StoredAnchor
from ledger.types import to_hex


def prove_anchor(current: Round, notary: Notary, batch: Batch, receipt: Receipt) -> StoredAnchor:
    """The header of the anchor's block, and the receipt's proof in its receipts trie.

    Raises NodeError if the node's answers do not prove it: what is kept as evidence must verify.
    """
    block = current.block(receipt.block.number)
    if block is None or block.ref != receipt.block:
        raise NodeError(f"block {receipt.block.number} changed while it was read")
    header = _header(block)
    receipts = [item.encoded for item in current.receipts(receipt.block)]
    if receipt.transaction_index >= len(receipts):
        raise NodeError(f"the node left receipts of block {receipt.block.number} out")
    root, nodes = prove_receipt(receipts, receipt.transaction_index)
    if header.ref != block.ref or header.receipts_root != root:
        raise NodeError(f"header and receipts of block {receipt.block.number} do not fit together")
    encoded: bytes = rlp.encode(list(nodes))
    return StoredAnchor(
        header=block.header,
        transaction_index=receipt.transaction_index,
        log_index=_position(notary, batch, receipt.logs),
        nodes=encoded,
    )


def _header(block: Block) -> BlockHeader:
    try:
        return decode_header(block.header)
    except VerificationError as error:
        raise NodeError(f"the header of block {block.ref.number} is malformed") from error


def _position(notary: Notary, batch: Batch, logs: tuple[Log, ...]) -> int:
    wanted = (notary.abi.topic("Anchored"), member_to_word(batch.member), batch.root)
    for position, log in enumerate(logs):
        if log.address == notary.address and log.topics == wanted:
            return position
    raise NodeError(f"the receipt does not hold the anchor of {to_hex(batch.root)}")

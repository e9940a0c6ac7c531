"""Proofs that a receipt stands at a place in a block's receipts trie (yellow paper, appendix D).

A proof is the list of the trie's nodes on the way from the root to the leaf, each in RLP. The leaf
holds the receipt. A key is the RLP of the transaction's index, and no such key is the beginning of
another, so a receipt always stands in a leaf; and it is longer than 32 bytes, so no node is ever
embedded in its parent.
"""

from collections.abc import Sequence

import rlp
from eth_utils.crypto import keccak
from trie.exceptions import InvalidNibbles, InvalidNode, MissingTrieNode, ValidationError
from trie.hexary import HexaryTrie

from ledger.codec import RlpItem, parse_rlp_strict, rlp_list
from ledger.errors import VerificationError

_LEAF_ITEMS = 2
_BRANCH_ITEMS = 17
_HASH_BYTES = 32

# Everything that `trie` raises on nodes that do not fit together.
_TRIE_ERRORS = (
    IndexError,
    InvalidNibbles,
    InvalidNode,
    KeyError,
    MissingTrieNode,
    ValidationError,
)


def receipt_in_proof(nodes: Sequence[bytes]) -> bytes:
    """The receipt that the proof's last node holds. Whether the proof holds is not checked here.

    Raises VerificationError if a node is not one that a receipts trie can have on this way.
    """
    if not nodes:
        raise VerificationError("the receipt proof is empty")
    for node in nodes[:-1]:
        _decode_node(node)
    leaf = _decode_node(nodes[-1])
    if len(leaf) != _LEAF_ITEMS or not isinstance(receipt := leaf[1], bytes):
        raise VerificationError("the receipt proof does not end at a leaf")
    return receipt


def verify_receipt(receipts_root: bytes, index: int, nodes: Sequence[bytes]) -> bytes:
    """The receipt that stands at a transaction's index in the trie with this root.

    Raises VerificationError unless the nodes are exactly those on the way, in order.
    """
    decoded = [_decode_node(node) for node in nodes]
    trie = HexaryTrie({keccak(node): node for node in nodes}, receipts_root)
    key = rlp.encode(index)
    try:
        on_the_way = list(trie.get_proof(key))  # type: ignore[no-untyped-call]  # bare in trie
        receipt = trie.get(key)
    except _TRIE_ERRORS as error:
        raise VerificationError("the receipt proof does not lead to the receipts root") from error
    if on_the_way != decoded:
        raise VerificationError("the receipt proof has nodes that are not on the way")
    if not receipt:
        raise VerificationError(f"the receipts trie has no transaction {index}")
    return receipt


def prove_receipt(receipts: Sequence[bytes], index: int) -> tuple[bytes, tuple[bytes, ...]]:
    """The receipts root of a block and the proof of one of its receipts.

    receipts: all receipts of the block in order, encoded as EIP-2718 prescribes.
    index: the transaction's index; IndexError outside the block.
    """
    if not 0 <= index < len(receipts):
        raise IndexError(f"transaction {index} of a block with {len(receipts)}")
    trie = HexaryTrie({})
    for number, receipt in enumerate(receipts):
        trie.set(rlp.encode(number), receipt)  # type: ignore[no-untyped-call]  # bare in trie
    proof = trie.get_proof(rlp.encode(index))  # type: ignore[no-untyped-call]  # bare in trie
    return trie.root_hash, tuple(rlp.encode(node) for node in proof)


def _decode_node(node: bytes) -> list[RlpItem]:
    items = rlp_list(parse_rlp_strict(node, "a node of the receipt proof"), "a node")
    children = items[:16] if len(items) == _BRANCH_ITEMS else []
    well_formed = len(items) in (_LEAF_ITEMS, _BRANCH_ITEMS) and all(
        isinstance(item, bytes) for item in items
    )
    if not well_formed or any(len(child) not in (0, _HASH_BYTES) for child in children):
        raise VerificationError("a node of the receipt proof is neither a branch nor a leaf")
    return items

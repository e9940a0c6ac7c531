"""Proofs that a receipt stands at a place in a block's receipts trie (yellow paper, appendix D).

A proof is the list of the trie's nodes on the way from the root to the leaf, each in RLP. The leaf
holds the receipt. A key is the RLP of the transaction's index, and no such key is the beginning of
another, so a receipt always stands in a leaf; and it is longer than 32 bytes, so no node is ever
embedded in its parent.

Proofs are made with `trie`, and checked by a walk of our own: the library raises errors of many
kinds on nodes that make no sense, and takes nodes that are not on the way.
"""

from collections.abc import Sequence

import rlp
from eth_utils.crypto import keccak
from trie.hexary import HexaryTrie

from ledger.codec import parse_rlp_strict, rlp_bytes, rlp_list
from ledger.errors import VerificationError

_BRANCH_ITEMS = 17
_PATH_ITEMS = 2  # of a leaf or an extension: encoded path, and value or child
_EXTENSION_FLAGS = frozenset("01")
_LEAF_FLAGS = frozenset("23")
_ODD_FLAGS = frozenset("13")


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


def receipt_in_proof(nodes: Sequence[bytes]) -> bytes:
    """The receipt in the proof's last node. Whether the proof holds is not checked here.

    Raises VerificationError if the last node is not a leaf.
    """
    items = _decode_node(nodes[-1]) if nodes else []
    if len(items) != _PATH_ITEMS or items[0].hex()[0] not in _LEAF_FLAGS:
        raise VerificationError("the receipt proof does not end at a leaf")
    return items[1]


def verify_receipt(receipts_root: bytes, index: int, nodes: Sequence[bytes]) -> bytes:
    """The receipt that stands at a transaction's index in the trie with this root.

    Raises VerificationError unless the nodes are exactly those on the way, in order.
    """
    expected = receipts_root
    nibbles = rlp.encode(index).hex()
    for node in nodes[:-1]:
        expected, nibbles = _descend(_require_hash(node, expected), nibbles)
    receipt = receipt_in_proof(nodes)
    flag_and_path, _ = _require_hash(nodes[-1], expected)
    if _path(flag_and_path) != nibbles:
        raise VerificationError(f"the receipt proof is not that of transaction {index}")
    return receipt


def _require_hash(node: bytes, expected: bytes) -> list[bytes]:
    if keccak(node) != expected:
        raise VerificationError("the receipt proof does not lead from the block's receipts root")
    return _decode_node(node)


def _descend(items: list[bytes], nibbles: str) -> tuple[bytes, str]:
    """The hash of the next node on the way, and what is left of the way from there."""
    if len(items) == _BRANCH_ITEMS and nibbles:
        return items[int(nibbles[0], 16)], nibbles[1:]
    if len(items) == _PATH_ITEMS and items[0].hex()[0] in _EXTENSION_FLAGS:
        path = _path(items[0])
        if nibbles.startswith(path):
            return items[1], nibbles[len(path) :]
    raise VerificationError("the receipt proof leaves the way to the transaction")


def _path(encoded: bytes) -> str:
    """The nibbles of a hex-prefix encoded path (yellow paper, appendix C), after its flag."""
    digits = encoded.hex()
    return digits[1:] if digits[0] in _ODD_FLAGS else digits[2:]


def _decode_node(node: bytes) -> list[bytes]:
    what = "a node of the receipt proof"
    items = [rlp_bytes(item, what) for item in rlp_list(parse_rlp_strict(node, what), what)]
    if len(items) == _BRANCH_ITEMS or (len(items) == _PATH_ITEMS and items[0]):
        return items
    raise VerificationError(f"{what} is neither a branch, nor an extension, nor a leaf")

"""Merkle proofs of accounts and storage against a block's state root (EIP-1186)."""

from collections.abc import Sequence
from dataclasses import dataclass

import rlp
from eth.constants import BLANK_ROOT_HASH
from eth.rlp.accounts import Account
from eth_utils.crypto import keccak
from trie.hexary import HexaryTrie

from devnet.nodes import NodeStore


@dataclass(frozen=True, slots=True)
class ProvedSlot:
    """A storage slot, its value (zero when it was never written), and its path."""

    slot: int
    value: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ProvedAccount:
    """An account's fields, and the trie nodes in RLP from the state root down to it.

    For an account that does not exist the fields are those of an empty one, and the path shows
    that it is absent.
    """

    balance: int
    nonce: int
    code_hash: bytes
    storage_root: bytes
    path: tuple[bytes, ...]
    slots: tuple[ProvedSlot, ...]


def prove(
    store: NodeStore, state_root: bytes, address: bytes, slots: Sequence[int]
) -> ProvedAccount:
    """Prove an account and some of its storage slots."""
    encoded, path = _look_up(store, state_root, address)
    account = rlp.decode(encoded, Account) if encoded else Account()
    return ProvedAccount(
        balance=account.balance,
        nonce=account.nonce,
        code_hash=account.code_hash,
        storage_root=account.storage_root,
        path=path,
        slots=tuple(_prove_slot(store, account.storage_root, slot) for slot in slots),
    )


def _prove_slot(store: NodeStore, storage_root: bytes, slot: int) -> ProvedSlot:
    encoded, path = _look_up(store, storage_root, slot.to_bytes(32))
    value = int.from_bytes(rlp.decode(encoded)) if encoded else 0
    return ProvedSlot(slot, value, path)


def _look_up(store: NodeStore, root: bytes, key: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    if root == BLANK_ROOT_HASH:  # an empty trie has no nodes to show
        return b"", ()
    trie = HexaryTrie(store, root)
    hashed = keccak(key)
    nodes = trie.get_proof(hashed)  # type: ignore[no-untyped-call]  # trie does not type it
    return trie[hashed], tuple(rlp.encode(node) for node in nodes)

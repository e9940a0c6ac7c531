"""Merkle trees as RFC 6962 defines them (section 2.1): build, prove, verify. Pure."""

from ledger.merkle.tree import MAX_LEAVES, MerkleTree
from ledger.merkle.verify import root_from_path

__all__ = ["MAX_LEAVES", "MerkleTree", "root_from_path"]

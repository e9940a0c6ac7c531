"""Commitments to statements, and the hashes that put them in an RFC 6962 tree.

A commitment is SHA-256(tag || salt || statement): the tag keeps it apart from every other hash,
the secret 32-byte salt keeps anyone from guessing the statement. Tag and salt have fixed lengths,
so no two inputs share a preimage. Leaves and nodes carry the prefixes of RFC 6962, section 2.1,
so that a node can never pass for a leaf.
"""

from hashlib import sha256

from ledger.types import DIGEST_BYTES, Digest

SALT_BYTES = 32

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"

_STATEMENT_TAG = b"sealbook/statement/1\n"


def commit(statement: bytes, salt: bytes) -> Digest:
    """Commitment to a statement's canonical bytes under a salt of 32 random bytes.

    Raises ValueError if the salt has another length.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return Digest(sha256(_STATEMENT_TAG + salt + statement).digest())


def leaf_hash(commitment: Digest) -> Digest:
    """Hash of a commitment as a leaf of a tree (RFC 6962, section 2.1).

    Raises ValueError if the commitment has not 32 bytes.
    """
    if len(commitment) != DIGEST_BYTES:
        raise ValueError(f"a commitment has {DIGEST_BYTES} bytes, not {len(commitment)}")
    return Digest(sha256(LEAF_PREFIX + commitment).digest())


def node_hash(left: bytes, right: bytes) -> Digest:
    """Hash of an inner node over the 32-byte hashes of its children (RFC 6962, section 2.1)."""
    return Digest(sha256(NODE_PREFIX + left + right).digest())

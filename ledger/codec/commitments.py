"""Commitments to statements and fields, the salts in them, and the hashes that make trees of them.

A commitment is SHA-256(tag || salt || what is committed to): the tag keeps it apart from every
other hash, the secret 32-byte salt keeps anyone from guessing. Tag and salt have fixed lengths, so
no two inputs share a preimage. Leaves and nodes carry the prefixes of RFC 6962, section 2.1, so
that a node can never pass for a leaf.

All salts of one document come from one secret by HMAC-SHA256, which is a pseudorandom function
under a secret key (RFC 2104; Bellare, 2006): whoever is shown some of them learns nothing about
the others, and whoever destroys the secret has destroyed them all.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from struct import iter_unpack

from ledger.types import DIGEST_BYTES, Digest

SALT_BYTES = 32

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"

_STATEMENT_TAG = b"sealbook/statement/1\n"
_FIELD_TAG = b"sealbook/field/1\n"
_STATEMENT_SALT_TAG = b"sealbook/statement-salt/1\n"
_FIELD_SALT_TAG = b"sealbook/field-salt/1\n"


def commit(statement: bytes, salt: bytes) -> Digest:
    """Commitment to a statement's canonical bytes under a secret salt of 32 bytes.

    Raises ValueError if the salt has another length.
    """
    return _commit(_STATEMENT_TAG, salt, statement)


def commit_field(field: bytes, salt: bytes) -> Digest:
    """Commitment to the canonical bytes of a field's name and value under a secret salt.

    Raises ValueError if the salt has another length than 32 bytes.
    """
    return _commit(_FIELD_TAG, salt, field)


def statement_salt(secret: bytes) -> bytes:
    """The salt of a statement with fields, from the secret of its document."""
    return hmac.digest(secret, _STATEMENT_SALT_TAG, "sha256")


def field_salt(secret: bytes, name: str) -> bytes:
    """The salt of the field of this name, from the secret of its document."""
    return hmac.digest(secret, _FIELD_SALT_TAG + name.encode(), "sha256")


def _commit(tag: bytes, salt: bytes, content: bytes) -> Digest:
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return Digest(sha256(tag + salt + content).digest())


def leaf_hash(commitment: Digest) -> Digest:
    """Hash of a commitment as a leaf of a tree (RFC 6962, section 2.1).

    Raises ValueError if the commitment has not 32 bytes.
    """
    if len(commitment) != DIGEST_BYTES:
        raise ValueError(f"a commitment has {DIGEST_BYTES} bytes, not {len(commitment)}")
    return Digest(sha256(LEAF_PREFIX + commitment).digest())


def statement_leaves(statements: Iterable[bytes], salts: bytes) -> bytes:
    """Leaf hashes of the commitments to many statements, 32 bytes each, in their order.

    statements: their canonical bytes. salts: as many times 32 bytes.

    Raises ValueError if there are not as many salts as statements.
    """
    if len(salts) % SALT_BYTES:
        raise ValueError(f"{len(salts)} bytes are no salts of {SALT_BYTES} bytes")
    # Two hash calls a statement are the cost of it: everything else stays out of this line.
    leaves = [
        sha256(LEAF_PREFIX + sha256(_STATEMENT_TAG + salt + statement).digest()).digest()
        for (salt,), statement in zip(iter_unpack("32s", salts), statements, strict=True)
    ]
    return b"".join(leaves)


def node_hash(left: bytes, right: bytes) -> Digest:
    """Hash of an inner node over the 32-byte hashes of its children (RFC 6962, section 2.1)."""
    return Digest(sha256(NODE_PREFIX + left + right).digest())

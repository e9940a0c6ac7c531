"""Openings: a statement with the salt that hides it."""

import secrets
from dataclasses import dataclass, field
from typing import Self

from ledger.codec import SALT_BYTES, commit, leaf_hash
from ledger.documents.statement import Statement
from ledger.types import Digest


@dataclass(frozen=True, slots=True)
class Opening:
    """What turns a commitment back into words; who lacks the salt can neither check nor guess.

    statement: what is committed to.
    salt: 32 secret random bytes, never used twice; ValueError for another length.
    """

    statement: Statement
    salt: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a salt of another length."""
        if len(self.salt) != SALT_BYTES:
            raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(self.salt)}")

    @classmethod
    def with_fresh_salt(cls, statement: Statement) -> Self:
        """Open a new commitment to a statement, under a salt from the system's random source."""
        return cls(statement, secrets.token_bytes(SALT_BYTES))

    @property
    def commitment(self) -> Digest:
        """What is anchored in place of the statement."""
        return commit(self.statement.canonical, self.salt)

    @property
    def leaf_hash(self) -> Digest:
        """The commitment as a leaf of a Merkle tree."""
        return leaf_hash(self.commitment)

"""Openings: a statement with the salt that hides it."""

from dataclasses import dataclass, field

from ledger.codec import SALT_BYTES, commit, leaf_hash
from ledger.documents.statement import Statement
from ledger.types import Digest


@dataclass(frozen=True, slots=True)
class Opening:
    """What turns a commitment back into words; who lacks the salt can neither check nor guess.

    statement: what is committed to.
    salt: 32 secret bytes, never used twice; ValueError for another length.
    """

    statement: Statement
    salt: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a salt of another length."""
        if len(self.salt) != SALT_BYTES:
            raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(self.salt)}")

    @property
    def commitment(self) -> Digest:
        """What is anchored in place of the statement."""
        return commit(self.statement.canonical, self.salt)

    @property
    def leaf_hash(self) -> Digest:
        """The commitment as a leaf of a Merkle tree."""
        return leaf_hash(self.commitment)

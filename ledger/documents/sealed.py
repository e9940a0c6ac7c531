"""What the member that notarised a document keeps of it, and can open later."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Self

from ledger.codec import SALT_BYTES, statement_salt
from ledger.documents.fields import Disclosure, Field
from ledger.documents.hashing import DocumentDigest
from ledger.documents.opening import Opening
from ledger.documents.statement import FieldOrigin, FieldsRoot, Statement, StatementKind
from ledger.types import MemberId


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A statement with the values of its fields, if it has any, and the secret behind all salts.

    Once the secret is destroyed, and every copy of what was opened with it, nothing links the
    commitment to the document any more.

    fields: all of them in the order of the tree; empty if the statement has none.
    secret: 32 random bytes, of this document alone. Without fields it is the statement's salt.
    """

    statement: Statement
    fields: tuple[Field, ...]
    secret: bytes = field(repr=False)

    @classmethod
    def plain(cls, document: DocumentDigest, *, media_type: str, member: MemberId) -> Self:
        """Seal a document without fields, under a fresh secret. Raises DocumentError."""
        statement = Statement(StatementKind.DOCUMENT, document, media_type, member)
        return cls(statement, (), _fresh_secret())

    @classmethod
    def with_fields(
        cls,
        fields: Sequence[Field],
        origin: FieldOrigin,
        *,
        kind: StatementKind,
        media_type: str,
        member: MemberId,
    ) -> Self:
        """Seal a document with fields, digest and size among them, under a fresh secret.

        Raises DocumentError if the statement is none.
        """
        secret = _fresh_secret()
        root = FieldsRoot(Disclosure.of_all(fields, secret).root, origin)
        return cls(Statement(kind, root, media_type, member), tuple(fields), secret)

    @property
    def opening(self) -> Opening:
        """The statement with its salt."""
        salt = statement_salt(self.secret) if self.fields else self.secret
        return Opening(self.statement, salt)

    @property
    def disclosure(self) -> Disclosure | None:
        """All fields with their salts; None if the statement has none."""
        return Disclosure.of_all(self.fields, self.secret) if self.fields else None


def _fresh_secret() -> bytes:
    # Of the system each time: none may stay in memory beforehand, or come again with a snapshot.
    return token_bytes(SALT_BYTES)

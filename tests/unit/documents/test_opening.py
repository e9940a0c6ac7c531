from hashlib import sha256

import pytest

from ledger.documents import DocumentDigest, Opening, Statement, StatementKind
from ledger.types import Digest, MemberId

STATEMENT = Statement(
    StatementKind.DOCUMENT,
    DocumentDigest(Digest(b"\x11" * 32), 3),
    "application/pdf",
    MemberId("lei:A"),
)


def test_commitment_and_leaf_follow_from_salt_and_statement() -> None:
    opening = Opening(STATEMENT, b"\x05" * 32)
    commitment = sha256(b"sealbook/statement/1\n" + b"\x05" * 32 + STATEMENT.canonical).digest()
    assert opening.commitment == commitment
    assert opening.leaf_hash == sha256(b"\x00" + commitment).digest()


def test_a_salt_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="a salt has 32 bytes"):
        Opening(STATEMENT, b"short")


def test_a_salt_does_not_show_in_logs() -> None:
    assert "salt" not in repr(Opening(STATEMENT, b"\x05" * 32))

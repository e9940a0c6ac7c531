import hmac
import os
from dataclasses import replace
from hashlib import sha256

import pytest

from ledger.documents import (
    DocumentDigest,
    Field,
    FieldOrigin,
    FieldsRoot,
    SealedDocument,
    StatementKind,
)
from ledger.types import Digest, MemberId

MEMBER = MemberId("lei:A")
DOCUMENT = DocumentDigest(Digest(b"\x11" * 32), 3)
FIELDS = (Field("number", "17"), Field("price", "1190.00"))


def with_fields() -> SealedDocument:
    return SealedDocument.with_fields(
        FIELDS,
        FieldOrigin.READ,
        kind=StatementKind.INVOICE,
        media_type="application/xml",
        member=MEMBER,
    )


def test_a_plain_document_has_its_secret_as_its_salt_and_no_fields() -> None:
    sealed = SealedDocument.plain(DOCUMENT, media_type="application/pdf", member=MEMBER)
    assert sealed.statement.content == DOCUMENT
    assert sealed.opening.salt == sealed.secret
    assert sealed.disclosure is None


def test_the_statement_of_a_document_with_fields_has_their_root_and_no_digest() -> None:
    sealed = with_fields()
    assert sealed.disclosure is not None
    assert sealed.statement.content == FieldsRoot(sealed.disclosure.root, FieldOrigin.READ)
    assert list(sealed.disclosure.shown) == ["number", "price"]
    assert not {"digest", "size"} & sealed.statement.to_json().keys()


def test_all_salts_of_a_document_with_fields_follow_from_one_secret() -> None:
    sealed = with_fields()
    salt = hmac.new(sealed.secret, b"sealbook/statement-salt/1\n", sha256).digest()
    assert sealed.opening.salt == salt
    again = replace(sealed, secret=bytes(32))
    assert again.disclosure is not None
    assert sealed.disclosure is not None
    assert again.opening.salt != salt
    assert not {field.salt for field in again.disclosure.shown.values()} & {
        field.salt for field in sealed.disclosure.shown.values()
    }


def test_the_same_document_twice_has_two_secrets_and_two_commitments() -> None:
    first, second = with_fields(), with_fields()
    assert first.secret != second.secret
    assert first.opening.commitment != second.opening.commitment
    assert first.statement != second.statement


def test_a_secret_does_not_show_in_logs() -> None:
    assert "secret" not in repr(with_fields())


def test_each_secret_is_drawn_by_itself_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def draw(count: int) -> bytes:
        drawn.append(os.urandom(count))
        return drawn[-1]

    monkeypatch.setattr("ledger.documents.sealed.token_bytes", draw)
    sealed = [
        SealedDocument.plain(DOCUMENT, media_type="text/plain", member=MEMBER) for _ in range(3)
    ]
    assert [one.secret for one in sealed] == drawn
    assert len(set(drawn)) == 3

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ledger.codec import JsonValue
from ledger.documents import (
    DocumentDigest,
    FieldOrigin,
    FieldsRoot,
    Link,
    Relation,
    Statement,
    StatementKind,
    parse_statement,
)
from ledger.errors import DocumentError, VerificationError
from ledger.types import Digest, MemberId, UnixTime

PLAIN = Statement(
    kind=StatementKind.DOCUMENT,
    content=DocumentDigest(Digest(b"\x11" * 32), 3),
    media_type="application/pdf",
    member=MemberId("lei:5493001KJTIIGC8Y1R12"),
)
FULL = replace(
    PLAIN,
    kind=StatementKind.INVOICE,
    content=FieldsRoot(Digest(b"\x33" * 32), FieldOrigin.READ),
    media_type="application/xml",
    issued_at=UnixTime(1_760_000_000),
    links=(
        Link(Relation.CORRECTS, Digest(b"\x22" * 32)),
        Link(Relation.SUPPORTS, Digest(b"\x22" * 32)),
    ),
)


def test_a_statement_says_only_what_is_known() -> None:
    assert PLAIN.canonical == (
        b'{"digest":"0x' + b"11" * 32 + b'","kind":"document","links":[],'
        b'"media_type":"application/pdf","member":"lei:5493001KJTIIGC8Y1R12",'
        b'"sealbook":"statement/1","size":3}'
    )


def test_a_full_statement_is_written_in_this_form() -> None:
    assert FULL.canonical == (
        b'{"fields":{"origin":"read","root":"0x' + b"33" * 32 + b'"},'
        b'"issued_at":1760000000,"kind":"invoice","links":['
        b'{"commitment":"0x' + b"22" * 32 + b'","rel":"corrects"},'
        b'{"commitment":"0x' + b"22" * 32 + b'","rel":"supports"}],'
        b'"media_type":"application/xml","member":"lei:5493001KJTIIGC8Y1R12",'
        b'"sealbook":"statement/1"}'
    )


DECLARED = replace(PLAIN, content=FieldsRoot(Digest(b"\x33" * 32), FieldOrigin.DECLARED))


@pytest.mark.parametrize("statement", [PLAIN, FULL, DECLARED])
def test_a_statement_is_read_back(statement: Statement) -> None:
    assert parse_statement(statement.to_json()) == statement


@pytest.mark.parametrize(
    "change",
    [
        {"issued_at": UnixTime(0)},
        {"issued_at": UnixTime(2**53 - 1)},
        {"links": tuple(Link(Relation.SUPPORTS, Digest(bytes([i] * 32))) for i in range(32))},
    ],
)
def test_values_at_their_limits_are_written_and_read_back(change: Mapping[str, object]) -> None:
    statement = replace(FULL, **change)  # type: ignore[arg-type]  # one field each, of its own type
    assert parse_statement(statement.to_json()) == statement


@pytest.mark.parametrize("size", [1, 2**53 - 1])
def test_sizes_at_their_limits_are_written_and_read_back(size: int) -> None:
    statement = replace(PLAIN, content=DocumentDigest(Digest(b"\x11" * 32), size))
    assert parse_statement(statement.to_json()) == statement


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (DocumentDigest(Digest(bytes(31)), 3), "must have 32 bytes"),
        (DocumentDigest(Digest(bytes(32)), 0), "1 to 9007199254740991 bytes, not 0"),
        (DocumentDigest(Digest(bytes(32)), 2**53), "not 9007199254740992"),
        (FieldsRoot(Digest(bytes(33)), FieldOrigin.DECLARED), "must have 32 bytes"),
    ],
)
def test_a_document_that_there_cannot_be_is_not_stated(
    content: DocumentDigest | FieldsRoot, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        replace(PLAIN, content=content)


@pytest.mark.parametrize("content", [PLAIN.content, DECLARED.content])
def test_an_invoice_is_stated_with_fields_that_were_read_from_it(
    content: DocumentDigest | FieldsRoot,
) -> None:
    with pytest.raises(DocumentError, match="has fields that were read from it"):
        replace(FULL, content=content)


def test_a_document_may_have_fields_that_were_read_from_it_too() -> None:
    assert replace(FULL, kind=StatementKind.DOCUMENT).origin is FieldOrigin.READ


def test_a_statement_without_fields_says_not_where_they_come_from() -> None:
    assert PLAIN.origin is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"links": (Link(Relation.CORRECTS, Digest(b"")),)}, "must have 32 bytes"),
        ({"media_type": "Application/PDF"}, "is not a media type"),
        ({"media_type": "text/plain; charset=utf-8"}, "is not a media type"),
        ({"issued_at": UnixTime(-1)}, "Unix time in seconds"),
        ({"links": (FULL.links[0], FULL.links[0])}, "links twice"),
        (
            {"links": tuple(Link(Relation.SUPPORTS, Digest(bytes([i] * 32))) for i in range(33))},
            "at most 32 links",
        ),
    ],
)
def test_a_statement_that_could_not_be_read_back_cannot_be_made(
    change: Mapping[str, object], reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        replace(FULL, **change)  # type: ignore[arg-type]  # one field each, of its own type


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sealbook", "statement/2"),
        ("kind", "receipt"),
        ("kind", "INVOICE"),
        ("media_type", "pdf"),
        ("media_type", None),
        ("member", "acme"),
        ("member", "lei:" + "A" * 29),
        ("issued_at", None),
        ("issued_at", -1),
        ("links", None),
        ("links", [{"rel": "corrects"}]),
        ("links", [{"rel": "precedes", "commitment": "0x" + "22" * 32}]),
        ("links", [{"rel": "corrects", "commitment": "0x" + "22" * 32, "note": "x"}]),
        ("links", [{"rel": "corrects", "commitment": "0x" + "22" * 32}] * 2),
        ("fields", None),
        ("fields", "0x" + "33" * 32),
        ("fields", {"root": "0x" + "33" * 32}),
        ("fields", {"root": "0x" + "33" * 32, "origin": "declared"}),
        ("fields", {"root": "0x" + "33" * 32, "origin": "guessed"}),
        ("fields", {"root": "0x" + "33" * 31, "origin": "read"}),
        ("fields", {"root": "0x" + "33" * 32, "origin": "read", "count": 20}),
        ("digest", "0x" + "11" * 32),
        ("size", 3),
        ("note", "x"),
    ],
)
def test_other_values_are_refused_by_the_name_of_their_place(key: str, value: JsonValue) -> None:
    with pytest.raises(VerificationError, match="statement"):
        parse_statement({**FULL.to_json(), key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("digest", "0x" + "AB" * 32),
        ("digest", "11" * 32),
        ("size", 0),
        ("size", "3"),
        ("size", True),
    ],
)
def test_a_digest_and_a_size_have_one_form(key: str, value: JsonValue) -> None:
    with pytest.raises(VerificationError, match="statement"):
        parse_statement({**PLAIN.to_json(), key: value})


@pytest.mark.parametrize("key", sorted(PLAIN.to_json()))
def test_nothing_that_every_statement_says_may_be_left_out(key: str) -> None:
    value = PLAIN.to_json()
    del value[key]
    with pytest.raises(VerificationError, match=f"statement lacks {key}"):
        parse_statement(value)


@pytest.mark.parametrize("value", [None, [], "statement", 1])
def test_a_statement_is_an_object(value: object) -> None:
    with pytest.raises(VerificationError, match="inner is not an object"):
        parse_statement(value, "inner")

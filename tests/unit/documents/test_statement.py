from collections.abc import Mapping
from dataclasses import replace

import pytest

from ledger.codec import JsonValue
from ledger.documents import Link, Relation, Statement, StatementKind, parse_statement
from ledger.errors import DocumentError, VerificationError
from ledger.types import Digest, MemberId, UnixTime

PLAIN = Statement(
    kind=StatementKind.DOCUMENT,
    digest=Digest(b"\x11" * 32),
    size=3,
    media_type="application/pdf",
    member=MemberId("lei:5493001KJTIIGC8Y1R12"),
)
FULL = replace(
    PLAIN,
    kind=StatementKind.INVOICE,
    media_type="application/xml",
    issued_at=UnixTime(1_760_000_000),
    links=(
        Link(Relation.CORRECTS, Digest(b"\x22" * 32)),
        Link(Relation.SUPPORTS, Digest(b"\x22" * 32)),
    ),
    fields_root=Digest(b"\x33" * 32),
)


def test_a_statement_says_only_what_is_known() -> None:
    assert PLAIN.canonical == (
        b'{"digest":"0x' + b"11" * 32 + b'","kind":"document","links":[],'
        b'"media_type":"application/pdf","member":"lei:5493001KJTIIGC8Y1R12",'
        b'"sealbook":"statement/1","size":3}'
    )


def test_a_full_statement_is_written_in_this_form() -> None:
    assert FULL.canonical == (
        b'{"digest":"0x' + b"11" * 32 + b'","fields_root":"0x' + b"33" * 32 + b'",'
        b'"issued_at":1760000000,"kind":"invoice","links":['
        b'{"commitment":"0x' + b"22" * 32 + b'","rel":"corrects"},'
        b'{"commitment":"0x' + b"22" * 32 + b'","rel":"supports"}],'
        b'"media_type":"application/xml","member":"lei:5493001KJTIIGC8Y1R12",'
        b'"sealbook":"statement/1","size":3}'
    )


@pytest.mark.parametrize("statement", [PLAIN, FULL])
def test_a_statement_is_read_back(statement: Statement) -> None:
    assert parse_statement(statement.to_json()) == statement


@pytest.mark.parametrize(
    "change",
    [
        {"size": 1},
        {"size": 2**53 - 1},
        {"issued_at": UnixTime(0)},
        {"issued_at": UnixTime(2**53 - 1)},
        {"links": tuple(Link(Relation.SUPPORTS, Digest(bytes([i] * 32))) for i in range(32))},
    ],
)
def test_values_at_their_limits_are_written_and_read_back(change: Mapping[str, object]) -> None:
    statement = replace(FULL, **change)  # type: ignore[arg-type]  # one field each, of its own type
    assert parse_statement(statement.to_json()) == statement


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"digest": Digest(bytes(31))}, "must have 32 bytes"),
        ({"links": (Link(Relation.CORRECTS, Digest(b"")),)}, "must have 32 bytes"),
        ({"fields_root": Digest(bytes(33))}, "must have 32 bytes"),
        ({"size": 0}, "1 to 9007199254740991 bytes, not 0"),
        ({"size": 2**53}, "not 9007199254740992"),
        ({"media_type": "Application/PDF"}, "is not a media type"),
        ({"media_type": "text/plain; charset=utf-8"}, "is not a media type"),
        ({"issued_at": UnixTime(-1)}, "Unix time in seconds"),
        ({"links": (FULL.links[0], FULL.links[0])}, "links twice"),
        (
            {"links": tuple(Link(Relation.SUPPORTS, Digest(bytes([i] * 32))) for i in range(33))},
            "at most 32 links",
        ),
        ({"kind": StatementKind.DOCUMENT}, "only an invoice has disclosed fields"),
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
        ("digest", "0x" + "AB" * 32),
        ("digest", "11" * 32),
        ("size", 0),
        ("size", "3"),
        ("size", True),
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
        ("fields_root", None),
        ("note", "x"),
    ],
)
def test_other_values_are_refused_by_the_name_of_their_place(key: str, value: JsonValue) -> None:
    with pytest.raises(VerificationError, match="statement"):
        parse_statement({**FULL.to_json(), key: value})


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

import json
from collections.abc import Callable
from typing import Any

import pytest

from ledger.codec import canonical_json
from ledger.errors import VerificationError
from ledger.evidence import Evidence, parse_evidence
from tests.unit.evidence.ledger_world import (
    DECLARED_EVIDENCE,
    DOCUMENT_EVIDENCE,
    INVOICE_EVIDENCE,
    NOTARY,
)

MAX_BYTES = 1_000_000
FILE = INVOICE_EVIDENCE.serialise()

Change = Callable[[Any], object]


def changed(change: Change) -> bytes:
    value = json.loads(FILE)
    change(value)
    return canonical_json(value)


def put(*path: str | int, value: object) -> Change:
    def change(evidence: Any) -> None:
        *parents, key = path
        for parent in parents:
            evidence = evidence[parent]
        evidence[key] = value

    return change


@pytest.mark.parametrize("evidence", [DOCUMENT_EVIDENCE, DECLARED_EVIDENCE, INVOICE_EVIDENCE])
def test_evidence_is_read_back_to_the_same_bytes(evidence: Evidence) -> None:
    data = evidence.serialise()
    assert parse_evidence(data, max_bytes=len(data)) == evidence
    assert parse_evidence(data, max_bytes=len(data)).serialise() == data


def test_evidence_of_a_document_names_no_record() -> None:
    assert b'"record"' not in DOCUMENT_EVIDENCE.serialise()


def test_evidence_over_the_limit_is_refused() -> None:
    with pytest.raises(VerificationError, match="at most 3000 are read"):
        parse_evidence(FILE, max_bytes=3000)


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(json.loads(FILE)).encode(),
        json.dumps(json.loads(FILE), indent=2).encode(),
        FILE + b"\n",
        b" " + FILE,
        FILE.replace(b"sealbook-evidence/1", b"sealbook-evidence\\u002f1"),
    ],
)
def test_a_reformatted_file_is_refused_and_the_reader_is_told_what_to_do(data: bytes) -> None:
    with pytest.raises(VerificationError, match="take the file as it was issued"):
        parse_evidence(data, max_bytes=MAX_BYTES)


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{}", b'"x"', b"%PDF-1.7", b"<Invoice/>"])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(VerificationError):
        parse_evidence(data, max_bytes=MAX_BYTES)


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(VerificationError, match="'seals' is repeated"):
        parse_evidence(FILE.replace(b'"seals"', b'"seals":null,"seals"'), max_bytes=MAX_BYTES)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (put("format", value="sealbook-evidence/2"), "not evidence in the format sealbook-evid"),
        (put("note", value="x"), "evidence has an unknown field: 'note'"),
        (put("seals", value=[]), "evidence.seals is not null"),
        (put("record", value=None), "evidence.record is not an object"),
        (put("salt", value="0x" + "AB" * 32), "evidence.salt is not 0x and lower-case hex"),
        (put("statement", "note", value=1), "evidence.statement has an unknown field"),
        (put("inclusion", "index", value=-1), "evidence.inclusion.index is -1"),
        (put("inclusion", "index", value=2**32 - 1), "evidence.inclusion.index is 4294967295"),
        (put("inclusion", "size", value=0), "evidence.inclusion.size is 0"),
        (put("inclusion", "size", value=2**32), "evidence.inclusion.size is 4294967296"),
        (put("inclusion", "path", value=["0x" + "00" * 32] * 33), "at most 32 are read"),
        (put("anchor", "chain", value="eip155:1"), "evidence.anchor.notary is not on eip155:1"),
        (put("anchor", "chain", value="eip155:01337"), "is not a CAIP-2 name"),
        (
            put("anchor", "notary", value=f"eip155:1337:{NOTARY.lower()}"),
            f"evidence.anchor.notary must be written eip155:1337:{NOTARY}",
        ),
        (put("anchor", "member", value="Acme Ltd"), "is not a member"),
        (put("event", "log_index", value=3), "the receipt has no event 3, only 3"),
        (put("event", "transaction_index", value=2**32), "transaction_index is 4294967296"),
        (put("event", "proof", value=[]), "does not end at a leaf"),
        (put("event", "proof", value=["0x"] * 17), "at most 16 are read"),
        (put("event", "proof", -1, value="0x"), "not one item of canonical RLP"),
        (put("event", "proof", -1, value="0xc0"), "neither a branch, nor an extension"),
        (put("header", value="0x"), "the block header is not one item of canonical RLP"),
        (put("header", value=json.loads(FILE)["header"] + "00"), "not one item of canonical RLP"),
        (put("header", value="0x" + "00" * (2**16 + 1)), "header has more than 65536 bytes"),
        (put("event", "proof", 0, value="0x" + "00" * (2**18 + 1)), "more than 262144 bytes"),
        (put("record", "book", value="eip155:1337"), "is not a CAIP-2 name"),
        (put("record", "id", value="0x00"), "evidence.record.id has 1 bytes"),
        (put("fields", value=None), "evidence.fields is not an object"),
        (lambda evidence: evidence.pop("fields"), "exactly where the statement has fields"),
        (put("fields", "root", value="0x" + "00" * 32), "evidence.fields has an unknown field"),
        (put("fields", "shown", "price", value={}), "fields.shown has an unknown field: 'price'"),
        (put("fields", "shown", "number", value="17"), "fields.shown.number is not an object"),
        (put("fields", "shown", "number", value={"value": "17"}), "number lacks salt"),
        (put("fields", "shown", "number", "salt", value="0x00"), "number.salt has 1 bytes"),
        (put("fields", "shown", "number", "value", value=17), "the field number has a value"),
        (put("fields", "hidden", value=["0x" + "00" * 32]), "take 0 hashes, and not 1"),
        (put("fields", "hidden", value=["0x" + "00" * 32] * 21), "at most 20 are read"),
        (lambda evidence: evidence["fields"]["shown"].pop("number"), "take 1 hashes, and not 0"),
    ],
)
def test_what_is_not_as_specified_is_refused_by_its_name(change: Change, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_evidence(changed(change), max_bytes=MAX_BYTES)


def test_evidence_of_a_plain_document_shows_no_fields() -> None:
    value = json.loads(DOCUMENT_EVIDENCE.serialise())
    value["fields"] = json.loads(FILE)["fields"]
    with pytest.raises(VerificationError, match="exactly where the statement has fields"):
        parse_evidence(canonical_json(value), max_bytes=MAX_BYTES)


def test_evidence_that_could_not_be_read_back_cannot_be_made() -> None:
    with pytest.raises(VerificationError, match="the block header"):
        Evidence(
            DOCUMENT_EVIDENCE.opening,
            DOCUMENT_EVIDENCE.inclusion,
            DOCUMENT_EVIDENCE.anchor,
            DOCUMENT_EVIDENCE.event,
            header=b"",
        )

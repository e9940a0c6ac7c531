import json
from hashlib import sha256

import pytest

from ledger.documents import DocumentDigest, FieldOrigin, StatementKind
from ledger.evidence import Evidence, parse_evidence
from ledger.invoices.disclosed import FIELD_NAMES
from ledger.types import Digest
from tests.api.clients import DECLARED, FORM, PDF, UBL, Api, Caller, problem
from tests.support.consortium import BUYER, SUPPLIER

JSON = {"Content-Type": "application/json"}


def registered(api: Api) -> str:
    """Path of the document of an invoice that was registered."""
    done = api.done(api.supplier, api.supplier.register())
    return f"/v1/documents/{done['document']}"


def evidence(caller: Caller, document: str, *show: str) -> Evidence:
    response = caller.get(f"{document}/evidence", params={"show": list(show)})
    assert response.status_code == 200, response.text
    return parse_evidence(response.content, max_bytes=1024 * 1024)


def shown(found: Evidence) -> dict[str, object]:
    assert found.fields is not None
    return {name: field.value for name, field in found.fields.shown.items()}


def test_a_registered_invoice_has_fields_that_were_read_and_its_evidence_shows_them_all(
    api: Api,
) -> None:
    path = registered(api)
    document = api.supplier.get(path).json()
    assert document["fields"] == "read"
    assert document["digest"] == "0x" + sha256(UBL).hexdigest()
    assert document["size"] == len(UBL)

    found = evidence(api.supplier, path)
    assert found.opening.statement.kind is StatementKind.INVOICE
    assert found.document == DocumentDigest(Digest(sha256(UBL).digest()), len(UBL))
    assert tuple(shown(found)) == FIELD_NAMES
    assert shown(found)["number"] == "123456XX"
    assert shown(found)["gross_amount"] == "336.9"


def test_evidence_shows_what_is_asked_for_and_hides_the_rest(api: Api) -> None:
    path = registered(api)
    cut = evidence(api.supplier, path, "due_date", "buyer")
    assert tuple(shown(cut)) == ("due_date", "buyer.name", "buyer.ids", "buyer.country")
    whole = evidence(api.supplier, path)
    assert cut.opening == whole.opening
    assert cut == whole.showing(tuple(shown(cut)))


def test_a_field_that_there_is_not_is_refused_with_those_that_there_are(api: Api) -> None:
    path = registered(api)
    response = api.supplier.get(f"{path}/evidence", params={"show": "price"})
    body = problem(response, 422, "unknown-field")
    assert "the fields are: document.digest, document.size, number" in body["detail"]


def test_a_plain_document_has_no_field_to_show(api: Api) -> None:
    document = api.supplier.notarise().json()["links"]["evidence"]
    api.settle()
    problem(api.supplier.get(document, params={"show": "number"}), 422, "no-fields")


def test_a_document_is_declared_without_being_sent(api: Api) -> None:
    supplier = api.supplier
    response = supplier.post("/v1/documents/declared", json=DECLARED)
    assert response.status_code == 202, response.text
    document = response.json()
    assert response.headers["Location"] == document["links"]["self"]
    assert document["fields"] == "declared"
    assert (document["digest"], document["size"]) == (DECLARED["digest"], len(PDF))

    api.settle()
    found = evidence(supplier, document["links"]["self"])
    statement = found.opening.statement
    assert (statement.kind, statement.origin) == (StatementKind.DOCUMENT, FieldOrigin.DECLARED)
    assert (statement.member, statement.media_type) == (SUPPLIER, "application/pdf")
    assert found.document == DocumentDigest(Digest(sha256(PDF).digest()), len(PDF))
    assert shown(found)["seller.ids"] == ["vat:DE123456788"]
    assert shown(found)["due_date"] is None


def test_a_declaration_that_is_repeated_with_its_key_is_one_document(api: Api) -> None:
    supplier = api.supplier
    headers = {"Idempotency-Key": "once"}
    first = supplier.post("/v1/documents/declared", json=DECLARED, headers=headers)
    again = supplier.post("/v1/documents/declared", json=DECLARED, headers=headers)
    assert first.json() == again.json()
    other = supplier.post("/v1/documents/declared", json={**DECLARED, "size": 5}, headers=headers)
    problem(other, 409, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"fields": {**FORM, "number": ""}}, "document-refused", "number is empty"),
        ({"fields": {**FORM, "gross_amount": 238}}, "document-refused", "not a string"),
        ({"fields": {**FORM, "gross_amount": 2.5}}, "document-refused", "gross_amount|2.5"),
        ({"fields": {}}, "document-refused", "the JSON is no invoice"),
        ({"fields": "<Invoice/>"}, "invalid-request", "fields"),
        ({"digest": "0x11"}, "invalid-request", "digest"),
        ({"size": 0}, "invalid-request", "size"),
        ({"size": 2**53}, "invalid-request", "size"),
        ({"media_type": "pdf"}, "invalid-request", "media_type"),
        ({"note": "x"}, "invalid-request", "note"),
    ],
)
def test_a_declaration_that_is_none_is_refused(
    refusing: Api, change: dict[str, object], code: str, reason: str
) -> None:
    body = json.dumps({**DECLARED, **change})
    response = refusing.supplier.post("/v1/documents/declared", content=body, headers=JSON)
    found = problem(response, 422, code)["detail"]
    assert any(word in found for word in reason.split("|")), found


def test_a_declaration_is_json_with_no_key_repeated(refusing: Api) -> None:
    supplier = refusing.supplier
    twice = json.dumps(DECLARED).replace('"number"', '"number": "18/2025", "number"')
    response = supplier.post("/v1/documents/declared", content=twice, headers=JSON)
    problem(response, 422, "invalid-request")
    as_pdf = {"Content-Type": "application/pdf"}
    response = supplier.post("/v1/documents/declared", content=PDF, headers=as_pdf)
    problem(response, 415, "unsupported-media-type")


def test_another_members_evidence_is_not_found_however_little_is_asked_for(api: Api) -> None:
    path = registered(api)
    response = api.buyer.get(f"{path}/evidence", params={"show": "number"})
    problem(response, 404, "unknown-document")
    assert BUYER not in response.text

import csv
import re

import pytest

from ledger.types import MAX_UNITS
from tests.api.clients import CII_TWIN, UBL, VECTORS, XML, Api, problem
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER

BAD = VECTORS / "bad"
REASONS = {
    row["file"]: row["reason"]
    for row in csv.DictReader(
        (BAD / "REASONS.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t"
    )
}


def test_a_registered_invoice_is_an_operation_a_record_and_a_document(api: Api) -> None:
    supplier = api.supplier
    response = supplier.register()

    assert response.status_code == 202
    pending = response.json()
    assert response.headers["Location"] == f"/v1/operations/{pending['id']}"
    assert (pending["kind"], pending["state"]) == ("register", "pending")
    assert "transaction" not in pending
    done = api.done(supplier, response)
    assert {**done, "state": "pending"} == {**pending, "transaction": done["transaction"]}
    document = supplier.get(f"/v1/documents/{done['document']}").json()
    assert (document["state"], document["record"]) == ("final", done["record"])
    record = supplier.get(done["links"]["record"]).json()
    assert record["commitment"] == document["commitment"]
    assert (record["supplier"], record["buyer"]) == (SUPPLIER, BUYER)
    assert (record["state"], record["total"]) == ("registered", 10**9)


def test_the_supplier_may_choose_the_units(api: Api) -> None:
    supplier = api.supplier
    query = {"buyer": BUYER, "units": str(MAX_UNITS)}
    response = supplier.post("/v1/invoices", params=query, content=UBL, headers=XML)
    record = api.done(supplier, response)["links"]["record"]
    assert supplier.get(record).json()["total"] == MAX_UNITS


@pytest.mark.parametrize("units", ["0", "-1", str(MAX_UNITS + 1), "9" * 5000, "1.5", "", "\0"])
def test_units_outside_their_limits_are_refused(refusing: Api, units: str) -> None:
    query = {"buyer": BUYER, "units": units}
    response = refusing.supplier.post("/v1/invoices", params=query, content=UBL, headers=XML)
    assert response.status_code == 422
    assert response.json()["code"] in ("invalid-units", "invalid-request")


def test_the_same_invoice_in_another_syntax_is_refused_with_the_record_that_stands(
    api: Api,
) -> None:
    standing = api.registered()

    for content in (CII_TWIN, UBL):
        body = problem(api.supplier.register(content), 409, "already-registered")
        assert f"/v1/records/{body['record']}" == standing
        assert body["record"] in body["detail"]


def test_of_two_twins_taken_in_at_once_the_second_is_refused_by_the_contract(api: Api) -> None:
    supplier = api.supplier
    first, second = supplier.register(UBL), supplier.register(CII_TWIN)
    assert (first.status_code, second.status_code) == (202, 202)

    done = api.done(supplier, first)

    refused = supplier.get(second.headers["Location"]).json()
    assert refused["state"] == "refused"
    assert refused["problem"]["code"] == "already-registered"
    assert refused["problem"]["record"] == done["record"]
    assert done["record"] in refused["problem"]["detail"]
    document = supplier.get(f"/v1/documents/{refused['document']}").json()
    assert document["state"] == "final", "the document was accepted, so it is anchored"


@pytest.mark.parametrize("name", sorted(REASONS))
def test_a_broken_invoice_is_refused_with_what_is_wrong(refusing: Api, name: str) -> None:
    response = refusing.supplier.register((BAD / name).read_bytes())
    assert REASONS[name] in problem(response, 422, "document-refused")["detail"]


def test_a_credit_note_cannot_be_registered_and_the_answer_says_what_can_be_done(
    refusing: Api,
) -> None:
    note = (VECTORS / "good" / "cen__ubl__ubl-tc434-creditnote1.xml").read_bytes()
    body = problem(refusing.supplier.register(note), 422, "not-financeable")
    assert "notarised as a document" in body["detail"]


@pytest.mark.parametrize("day", ["1969-12-31", "0001-01-01", "1970-01-01"])
def test_an_invoice_whose_due_date_the_contract_cannot_hold_is_refused(
    refusing: Api, day: str
) -> None:
    body = problem(refusing.supplier.register(due(day)), 422, "invalid-due-date")
    assert day in body["detail"]


def test_an_invoice_due_on_the_second_day_of_1970_is_registered(api: Api) -> None:
    record = api.done(api.supplier, api.supplier.register(due("1970-01-02")))["links"]["record"]
    assert api.supplier.get(record).json()["due_at"] == "1970-01-02T00:00:00Z"


def due(day: str) -> bytes:
    element = b"<cbc:DueDate>%b</cbc:DueDate>" % day.encode()
    content, count = re.subn(rb"</cbc:IssueDate>", rb"\g<0>" + element, UBL)
    assert count == 1
    return content


def test_an_invoice_for_somebody_who_is_no_member_is_refused_by_the_contract(refusing: Api) -> None:
    body = problem(
        refusing.supplier.register(buyer="lei:NOBODY00000000000009"), 404, "unknown-member"
    )
    assert body["member"] == "lei:NOBODY00000000000009"


def test_an_invoice_for_a_member_that_is_no_buyer_is_refused_by_the_contract(refusing: Api) -> None:
    problem(refusing.supplier.register(buyer=FINANCIER), 403, "missing-role")


@pytest.mark.parametrize("buyer", ["nobody", "lei:", "lei:" + "X" * 60, "lei:A\0B", "", "L:É"])
def test_a_buyer_that_is_not_a_members_name_is_refused(refusing: Api, buyer: str) -> None:
    body = problem(refusing.supplier.register(buyer=buyer), 422, "invalid-request")
    assert body["errors"][0]["where"] == "query.buyer"


def test_a_registration_names_a_buyer(refusing: Api) -> None:
    response = refusing.supplier.post("/v1/invoices", content=UBL, headers=XML)
    assert "query.buyer" in problem(response, 422, "invalid-request")["detail"]


def test_only_a_suppliers_key_registers(refusing: Api) -> None:
    problem(refusing.buyer.register(), 403, "wrong-role")


def test_nothing_refused_is_kept(api: Api) -> None:
    supplier = api.supplier
    supplier.register(b"<broken")
    supplier.register(buyer="lei:NOBODY00000000000009")
    assert supplier.get("/v1/documents").json() == {"items": []}


def test_a_refused_registration_leaves_a_document_that_names_no_record(api: Api) -> None:
    supplier = api.supplier
    first, second = supplier.register(UBL), supplier.register(CII_TWIN)
    for pending in (first, second):
        document = supplier.get(f"/v1/documents/{pending.json()['document']}").json()
        assert "record" not in document
        assert pending.json()["record"]

    registered = api.done(supplier, first)
    refused = supplier.get(second.headers["Location"]).json()

    assert (refused["state"], refused["problem"]["code"]) == (
        "refused",
        "already-registered",
    )
    for operation, record in ((registered, registered["record"]), (refused, None)):
        path = f"/v1/documents/{operation['document']}"
        assert supplier.get(path).json().get("record") == record
        evidence = supplier.get(f"{path}/evidence").json()
        assert ("record" in evidence) is (record is not None), evidence.keys()
    shown = supplier.get("/v1/documents").json()["items"]
    assert [item.get("record") for item in shown] == [registered["record"], None]

import base64
from typing import Any

import httpx
import pytest

from ledger.types import to_hex
from tests.api.clients import CII_TWIN, UBL, Api, Caller, problem
from tests.api.trading import SHARE, name_of, offer
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER
from tests.support.service import MAX_DOCUMENT_BYTES
from tests.unit.invoices.samples import ubl

PATH = "/v1/screenings"
NO_RECORD = "0x" + "ab" * 32


def file(name: str, content: bytes | str, **more: str) -> dict[str, str]:
    raw = content.encode() if isinstance(content, str) else content
    return {"name": name, "content_base64": base64.b64encode(raw).decode(), **more}


def asked(caller: Caller, *files: dict[str, str]) -> httpx.Response:
    return caller.post(PATH, json={"files": list(files)})


def screened(caller: Caller, *files: dict[str, str]) -> Any:
    response = asked(caller, *files)
    assert response.status_code == 200, response.text
    return response.json()


def kinds(answer: Any) -> list[str]:
    return [found["kind"] for found in answer["findings"]]


def test_an_unknown_invoice_is_clear_and_says_what_was_read(api: Api) -> None:
    api.settle()
    found = screened(api.financier, file("new.xml", ubl()))
    head = api.consortium.chain.head()
    assert found["block"]["hash"] == to_hex(head.ref.hash)
    assert (found["projected_to"], found["lag_blocks"]) == (head.ref.number, 0)
    assert (found["review_from"], found["records"]) == (30, [])
    (answer,) = found["files"]
    assert (answer["verdict"], answer["score"], answer["findings"]) == ("clear", 0, [])
    assert answer["invoice"] == {
        "number": "A-1",
        "issue_date": "2024-03-18",
        "type_code": "380",
        "currency": "EUR",
        "gross_amount": "119.00",
        "seller": "Seller GmbH",
        "buyer": "Buyer AG",
    }
    (note,) = answer["not_looked_at"]
    assert note.endswith("name the supplier and the buyer.")


def test_a_registered_invoice_is_blocked_with_the_record_and_its_holders(api: Api) -> None:
    path = api.accepted()
    api.done(api.supplier, offer(api.supplier, path))
    financier = api.financier
    api.done(financier, financier.post(f"{path}/offers/0/acceptance"))
    found = screened(financier, file("twin.xml", CII_TWIN))
    (answer,) = found["files"]
    assert answer["verdict"] == "blocked"
    first = answer["findings"][0]
    record = to_hex(name_of(path))
    assert (first["kind"], first["points"]) == ("registered", 100)
    assert {exhibit["record"] for exhibit in first["evidence"]} == {record}
    assert {exhibit["rule"] for exhibit in first["evidence"]} >= {"K1", "K2"}
    assert all(exhibit["block"] and exhibit["time"] for exhibit in first["evidence"])
    (known,) = found["records"]
    shown = financier.get(path).json()
    for name in ("id", "supplier", "buyer", "state", "commitment", "total", "freezes"):
        assert known[name] == shown[name]
    holders = [{"member": SUPPLIER, "units": 10**9 - SHARE}, {"member": FINANCIER, "units": SHARE}]
    assert known["holders"] == holders


def test_the_offered_record_is_no_block(api: Api) -> None:
    path = api.accepted()
    api.done(api.supplier, offer(api.supplier, path))
    record = to_hex(name_of(path))
    (answer,) = screened(api.financier, file("i.xml", UBL, record=record))["files"]
    assert (answer["verdict"], kinds(answer)) == ("clear", ["the-record", "offered"])
    assert answer["not_looked_at"] == [
        f"Whether the member {member} is the {party}, which is not known from its name."
        for member, party in ((SUPPLIER, "seller"), (BUYER, "buyer"))
    ]
    (answer,) = screened(api.financier, file("i.xml", UBL, record=NO_RECORD))["files"]
    assert (answer["verdict"], kinds(answer)[:2]) == ("blocked", ["other-record", "registered"])


def test_the_score_is_the_sum_of_the_findings(api: Api) -> None:
    caller = api.financier
    screened(caller, file("one", ubl()))
    (answer,) = screened(caller, file("two", ubl(issue_date="2024-03-19")))["files"]
    assert answer["verdict"] == "review"
    assert answer["score"] == sum(found["points"] for found in answer["findings"]) == 50
    (exhibit,) = answer["findings"][0]["evidence"]
    assert exhibit["seen"]["number"] == "A-1"
    assert (exhibit["seen"]["minor_units"], exhibit["seen"]["how"]) == ("11900", "screened")


def test_files_of_one_call_are_screened_against_each_other(api: Api) -> None:
    files = [file("one.xml", UBL), file("two.xml", CII_TWIN), file("three.xml", b"%PDF-1.7 no")]
    one, two, three = screened(api.financier, *files)["files"]
    assert [item["verdict"] for item in (one, two)] == ["blocked", "blocked"]
    assert one["findings"][0]["evidence"][0]["file"] == "two.xml"
    assert "verdict" not in three
    assert three["problem"]


def test_members_that_the_client_names_are_taken_for_the_parties(api: Api) -> None:
    api.settle()
    parties = {"supplier": SUPPLIER, "buyer": BUYER}
    (answer,) = screened(api.financier, file("one", ubl(), **parties))["files"]
    assert answer["not_looked_at"] == []


def test_every_role_may_screen(api: Api) -> None:
    for caller in (api.supplier, api.buyer, api.financier):
        assert asked(caller, file("one", ubl())).status_code == 200


def test_strangers_learn_nothing(api: Api) -> None:
    problem(asked(api.stranger, file("one", ubl())), 401, "unauthenticated")


def test_an_idempotency_key_does_no_harm(api: Api) -> None:
    headers = {"Idempotency-Key": "once"}
    caller = api.financier
    for content in (ubl(), ubl(number="B-7")):
        response = caller.post(PATH, json={"files": [file("one", content)]}, headers=headers)
        assert response.status_code == 200


@pytest.mark.parametrize(
    "files",
    [
        [],
        [{"name": "one"}],
        [{"name": "one", "content_base64": "not base64!"}],
        [{"name": "one", "content_base64": 17}],
        [{"name": "", "content_base64": ""}],
        [{"name": "a\nb", "content_base64": ""}],
        [{"name": "one", "content_base64": "", "record": "0xab"}],
        [{"name": "one", "content_base64": "", "supplier": "nobody"}],
        [{"name": "one", "content_base64": "", "more": 1}],
        [{"name": str(number), "content_base64": ""} for number in range(101)],
    ],
)
def test_a_screening_that_is_not_of_its_form_is_refused(refusing: Api, files: object) -> None:
    problem(refusing.financier.post(PATH, json={"files": files}), 422, "invalid-request")


def test_a_name_that_is_no_text_is_refused(refusing: Api) -> None:
    body = rb'{"files": [{"name": "\ud800", "content_base64": ""}]}'
    headers = {"Content-Type": "application/json"}
    response = refusing.financier.post(PATH, content=body, headers=headers)
    problem(response, 422, "invalid-request")


def test_two_files_of_one_name_are_refused(refusing: Api) -> None:
    response = asked(refusing.financier, file("one", ubl()), file("one", UBL))
    problem(response, 422, "invalid-files")


def test_all_files_together_may_be_as_large_as_one_document(refusing: Api) -> None:
    caller = refusing.financier
    half = b" " * (MAX_DOCUMENT_BYTES // 2)
    (one, two) = screened(caller, file("one", half), file("two", half + b" "))["files"]
    assert one["problem"]
    assert two["problem"]
    response = asked(caller, *(file(str(number), half) for number in range(3)))
    problem(response, 413, "body-too-large")


def test_a_screening_is_sent_as_json(refusing: Api) -> None:
    headers = {"Content-Type": "application/xml"}
    response = refusing.financier.post(PATH, content=UBL, headers=headers)
    problem(response, 415, "unsupported-media-type")

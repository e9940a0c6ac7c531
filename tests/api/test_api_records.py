import pytest

from ledger.chain.record_forms import Security
from ledger.types import Digest, Units, UnixTime
from tests.api.clients import VECTORS, Api, problem
from tests.api.trading import name_of
from tests.support.consortium import BUYER, COUNCIL, FINANCIER, SUPPLIER

ANOTHER = (VECTORS / "good" / "kosit__01.20a-INVOICE_ubl.xml").read_bytes()
NOWHERE = "/v1/records/0x" + "ab" * 32


def test_a_record_is_read_at_one_block_that_it_names(api: Api) -> None:
    path = api.registered()
    head = api.consortium.chain.head()

    record = api.buyer.get(path).json()

    assert record["block"]["number"] == head.ref.number
    assert record["block"]["hash"] == "0x" + head.ref.hash.hex()
    assert record["block"]["time"].endswith("Z")
    assert record["positions"] == [{"member": SUPPLIER, "free": 10**9, "reserved": 0, "pledged": 0}]
    assert (record["retired"], record["offers"]) == (0, [])
    assert record["links"] == {"self": path, "history": f"{path}/history"}
    assert "accepted_at" not in record


def test_the_buyer_accepts_its_invoice(api: Api) -> None:
    record = api.registered()
    buyer = api.buyer
    operation = api.done(buyer, buyer.post(f"{record}/acceptance"))
    assert operation["kind"] == "accept"
    state = buyer.get(record).json()
    assert state["state"] == "accepted"
    assert state["accepted_at"] == state["block"]["time"]


def test_the_buyer_rejects_its_invoice_with_a_reason_that_stands_in_the_history(api: Api) -> None:
    record = api.registered()
    buyer = api.buyer
    api.done(buyer, buyer.post(f"{record}/rejection", json={"reason": "nicht geliefert: Größe"}))

    assert buyer.get(record).json()["state"] == "rejected"
    events = buyer.get(f"{record}/history").json()["events"]
    [rejected] = [event for event in events if event["name"] == "InvoiceRejected"]
    assert bytes.fromhex(rejected["arguments"]["reason"][2:]).rstrip(b"\0").decode() == (
        "nicht geliefert: Größe"
    )


def test_the_supplier_cancels_an_invoice_that_nobody_holds(api: Api) -> None:
    record = api.registered()
    supplier = api.supplier
    api.done(supplier, supplier.post(f"{record}/cancellation"))
    assert supplier.get(record).json()["state"] == "cancelled"


def test_a_record_shows_what_burdens_it(api: Api) -> None:
    record, consortium, book = api.accepted(), api.consortium, api.consortium.book
    name = name_of(record)
    before = api.financier.get(record).json()
    assert (before["freezes"], before["pledged"], before["disputed"]) == ([], 0, 0)
    assert (before["overdue"], before["payment_declared"]) == (False, False)
    assert (before["pledges"], before["payments"]) == ([], [])
    assert "undertaken_at" not in before

    security = Security(FINANCIER, Units(5), UnixTime(1_900_000_000), Digest(b"\xab" * 32))
    consortium.act(SUPPLIER, book.pledge(name, security))
    consortium.act(BUYER, book.declare_payment(name, SUPPLIER, Units(7), Digest(bytes(32))))
    consortium.act(SUPPLIER, book.confirm_payment(name, 0))
    consortium.act(BUYER, book.undertake(name))
    consortium.decide(book.freeze(name, b"checked".ljust(32, b"\0")))

    shown = api.financier.get(record).json()
    assert (shown["state"], shown["freezes"], shown["pledged"]) == ("accepted", ["council"], 5)
    assert (shown["payment_declared"], shown["retired"]) == (True, 7)
    assert shown["undertaken_at"].endswith("Z")
    assert (shown["pledge_count"], shown["payment_count"]) == (1, 1)
    assert shown["pledges"] == [
        {
            "id": 0,
            "pledgor": SUPPLIER,
            "pledgee": FINANCIER,
            "units": 5,
            "lot": 0,
            "rank": 1,
            "enforceable_from": "2030-03-17T17:46:40Z",
            "terms": "0x" + "ab" * 32,
            "state": "open",
        }
    ]
    [payment] = shown["payments"]
    assert (payment["holder"], payment["units"], payment["state"]) == (SUPPLIER, 7, "confirmed")


def test_a_history_says_who_acted_and_why_it_is_frozen(api: Api) -> None:
    record, consortium, book = api.accepted(), api.consortium, api.consortium.book
    consortium.decide(book.freeze(name_of(record), b"checked".ljust(32, b"\0")))
    consortium.act(BUYER, book.dispute(name_of(record), Units(3), b"late".ljust(32, b"\0")))
    history = api.buyer.get(f"{record}/history").json()
    frozen = [event for event in history["events"] if event["name"] == "RecordFrozen"]
    assert [event["arguments"]["by"] for event in frozen] == [None, BUYER]
    assert [event["arguments"]["cause"] for event in frozen] == ["council", "dispute"]
    assert history["complete"] is True


def test_a_record_that_was_voided_or_settled_says_so(api: Api) -> None:
    record, consortium, book = api.accepted(), api.consortium, api.consortium.book
    consortium.act(SUPPLIER, book.credit(name_of(record), Units(10**9), Digest(b"\x01" * 32)))
    assert api.buyer.get(record).json()["state"] == "settled"
    other = api.done(api.supplier, api.supplier.register(ANOTHER))["links"]["record"]
    consortium.decide(book.void(name_of(other), b"fraud".ljust(32, b"\0")))
    assert api.buyer.get(other).json()["state"] == "voided"


def test_what_the_state_does_not_allow_is_refused_with_the_state(api: Api) -> None:
    record = api.accepted()
    body = problem(api.buyer.post(f"{record}/acceptance"), 409, "wrong-invoice-state")
    assert body["state"] == "accepted"
    assert f"/v1/records/{body['record']}" == record


def test_an_act_that_the_chain_overtakes_is_refused_on_its_page(api: Api) -> None:
    record = api.registered()
    buyer = api.buyer
    first = buyer.post(f"{record}/acceptance")
    second = buyer.post(f"{record}/rejection", json={"reason": "changed our mind"})
    assert (first.status_code, second.status_code) == (202, 202)
    api.settle()

    refused = buyer.get(second.headers["Location"]).json()
    assert refused["state"] == "refused"
    assert refused["problem"]["code"] == "wrong-invoice-state"
    assert refused["problem"]["state"] == "accepted"
    assert "accepted" in refused["problem"]["detail"]


def test_a_history_is_complete_and_names_members(api: Api) -> None:
    record = api.accepted()
    history = api.financier.get(f"{record}/history").json()

    assert history["complete"] is True
    assert f"/v1/records/{history['record']}" == record
    names = [event["name"] for event in history["events"]]
    assert (names[0], names[-1]) == ("InvoiceRegistered", "InvoiceAccepted")
    assert len(names) == api.buyer.get(record).json()["history"]["count"]
    registered = history["events"][0]
    assert registered["arguments"]["supplier"] == SUPPLIER
    assert registered["arguments"]["buyer"] == BUYER
    assert registered["transaction"].startswith("0x")
    assert registered["block"] <= history["block"]["number"]


@pytest.mark.parametrize("suffix", ["", "/history"])
def test_a_record_that_does_not_exist_is_not_found(refusing: Api, suffix: str) -> None:
    body = problem(refusing.supplier.get(NOWHERE + suffix), 404, "unknown-record")
    assert body["record"] == "0x" + "ab" * 32


@pytest.mark.parametrize(
    "name", ["0x12", "ab" * 32, "0x" + "AB" * 32, "0x" + "zz" * 32, "0x" + "ab" * 33, "%00", "é"]
)
def test_what_is_not_a_records_name_is_refused(refusing: Api, name: str) -> None:
    problem(refusing.supplier.get(f"/v1/records/{name}"), 422, "invalid-request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"reason": 5}',
        b'{"reason": ""}',
        b'{"reason": "' + b"x" * 33 + b'"}',
        b'{"reason": "\\u0000"}',
        b'{"reason": "\\ud800"}',
        b'{"reason": "a\\nb"}',
        b'{"reason": "x", "more": 1}',
        b'{"' + b"more" * 10_000 + b'": 1}',
        b'{"reason": ' + b"9" * 60_000 + b"}",
        b"[" * 60_000,
        b"\xff",
    ],
)
def test_a_rejection_that_is_not_of_its_form_is_refused(refusing: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = refusing.buyer.post(f"{NOWHERE}/rejection", content=body, headers=headers)
    found = problem(response, 422, "invalid-request")
    assert len(response.content) < 1000
    assert found["errors"][0]["where"].startswith("body")


def test_a_reason_of_more_than_32_bytes_is_refused_though_it_has_fewer_letters(
    refusing: Api,
) -> None:
    response = refusing.buyer.post(f"{NOWHERE}/rejection", json={"reason": "é" * 17})
    problem(response, 422, "reason-too-long")


def test_a_form_is_read_up_to_64_kib(refusing: Api) -> None:
    response = refusing.buyer.post(f"{NOWHERE}/rejection", json={"reason": "x" * 65_536})
    assert problem(response, 413, "body-too-large")["max_bytes"] == 65_536


def test_a_form_that_is_not_sent_as_json_is_refused(refusing: Api) -> None:
    headers = {"Content-Type": "text/plain"}
    response = refusing.buyer.post(f"{NOWHERE}/rejection", content=b"{}", headers=headers)
    problem(response, 415, "unsupported-media-type")


def test_a_request_without_terms_refuses_terms(api: Api) -> None:
    response = api.buyer.post(f"{api.registered()}/acceptance", json={"units": 5})
    problem(response, 422, "unexpected-body")


def test_all_members_are_listed_once_they_were_followed(api: Api) -> None:
    assert api.buyer.get("/v1/members").json() == {"items": []}
    api.settle()
    members = api.buyer.get("/v1/members").json()["items"]
    assert [member["id"] for member in members][:3] == [*COUNCIL, SUPPLIER]
    assert members[2] == {"id": SUPPLIER, "status": "active", "roles": ["supplier"], "keys": 1}


def test_a_suspended_member_is_shown_so(api: Api) -> None:
    api.consortium.decide(api.consortium.membership.suspend(FINANCIER))
    assert api.buyer.get(f"/v1/members/{FINANCIER}").json()["status"] == "suspended"


def test_somebody_who_is_no_member_is_not_found(refusing: Api) -> None:
    problem(refusing.buyer.get("/v1/members/lei:NOBODY00000000000009"), 404, "unknown-member")
    problem(refusing.buyer.get("/v1/members/nobody"), 422, "invalid-request")


def test_the_deployment_is_the_manifest_and_needs_no_key(refusing: Api) -> None:
    manifest = refusing.stranger.get("/v1/deployment").json()
    deployment = refusing.consortium.deployment
    assert manifest["format"] == "sealbook-deployment/1"
    assert manifest["chain"] == str(deployment.chain)
    assert manifest["contracts"]["Notary"].endswith(deployment.notary)

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.services.context import system_clock
from ledger.types import UnixTime
from tests.api.clients import AS_PDF, PDF, UBL, Api, Caller, problem
from tests.support.consortium import BUYER, FINANCIER
from tests.support.service import Service

KEY = "order 4711/1"
HEADER = {"Idempotency-Key": KEY}


def documents(caller: Caller) -> list[Any]:
    items: list[Any] = caller.get("/v1/documents").json()["items"]
    return items


def test_a_retried_upload_finds_the_same_document(api: Api) -> None:
    supplier = api.supplier
    first, second = supplier.notarise(key=KEY), supplier.notarise(key=KEY)
    assert (second.status_code, second.json()) == (202, first.json())
    assert second.headers["Location"] == first.headers["Location"]
    assert len(documents(supplier)) == 1


def test_a_retry_shows_how_far_the_document_has_come_since(api: Api) -> None:
    supplier = api.supplier
    first = supplier.notarise(key=KEY).json()
    api.settle()
    assert supplier.notarise(key=KEY).json() == {**first, "state": "final"}


def test_without_a_key_each_upload_is_a_document(api: Api) -> None:
    supplier = api.supplier
    supplier.notarise()
    supplier.notarise()
    assert len(documents(supplier)) == 2


def test_a_key_that_was_used_for_other_content_is_refused(api: Api) -> None:
    supplier = api.supplier
    supplier.notarise(key=KEY)
    problem(supplier.notarise(PDF + b" ", key=KEY), 409, "idempotency-key-reused")
    other_type = {"Content-Type": "text/plain", **HEADER}
    problem(
        supplier.post("/v1/documents", content=PDF, headers=other_type),
        409,
        "idempotency-key-reused",
    )
    assert len(documents(supplier)) == 1


def test_a_key_is_bound_to_path_and_query_too(api: Api) -> None:
    supplier = api.supplier
    record = api.accepted()
    supplier.post(f"{record}/cancellation", headers=HEADER)
    other = record[:-1] + ("0" if record[-1] != "0" else "1")
    for path in (f"{other}/cancellation", f"{record}/cancellation?x=1"):
        problem(supplier.post(path, headers=HEADER), 409, "idempotency-key-reused")


def test_members_do_not_share_keys(api: Api) -> None:
    one, other = api.supplier.notarise(key=KEY).json(), api.buyer.notarise(key=KEY).json()
    assert one["id"] != other["id"]


def test_a_refused_request_leaves_its_key_free(api: Api) -> None:
    supplier = api.supplier
    problem(supplier.notarise(b"", key=KEY), 422, "document-refused")
    assert supplier.notarise(key=KEY).status_code == 202


def test_a_retried_registration_finds_its_operation_though_the_invoice_stands_by_now(
    api: Api,
) -> None:
    supplier = api.supplier
    query = {"buyer": BUYER}
    headers = {"Content-Type": "application/xml", **HEADER}

    def register() -> Any:
        return supplier.post("/v1/invoices", params=query, content=UBL, headers=headers)

    first = register()
    done = api.done(supplier, first)
    again = register()
    assert (again.status_code, again.json()) == (202, done)


def test_a_retried_offer_finds_its_operation_though_its_time_is_over(api: Api) -> None:
    record, supplier = api.accepted(), api.supplier
    moment = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    terms = {"to": FINANCIER, "units": 1, "expires_at": moment}
    first = supplier.post(f"{record}/offers", json=terms, headers=HEADER)
    api.settle()

    later = replace(api.service.ledger, clock=lambda: UnixTime(system_clock() + 7200))
    later_caller = Caller(
        Api.over(api.consortium, Service(later, api.service.worker)).http, supplier.secret
    )
    again = later_caller.post(f"{record}/offers", json=terms, headers=HEADER)
    assert again.json()["id"] == first.json()["id"]
    problem(later_caller.post(f"{record}/offers", json=terms), 422, "invalid-expiry")


def test_twenty_retries_at_once_are_one_document(api: Api) -> None:
    supplier = api.supplier
    with ThreadPoolExecutor(max_workers=8) as pool:
        responses = list(pool.map(lambda _: supplier.notarise(key=KEY), range(20)))
    assert {response.status_code for response in responses} == {202}
    assert len({response.json()["id"] for response in responses}) == 1
    assert len(documents(supplier)) == 1


@pytest.mark.parametrize("key", ["x" * 129, "tab\there", "\xe9", "\x7f"])
def test_a_key_that_is_not_128_printable_ascii_characters_is_refused(
    refusing: Api, key: str
) -> None:
    headers: dict[str, Any] = {**AS_PDF, "Idempotency-Key": key.encode("latin-1")}
    response = refusing.supplier.post("/v1/documents", content=PDF, headers=headers)
    assert "Idempotency-Key" in problem(response, 422, "invalid-request")["detail"]


def test_a_key_may_have_128_characters(api: Api) -> None:
    assert api.supplier.notarise(key="~" * 128).status_code == 202

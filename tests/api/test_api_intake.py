import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message

from api.app import create_app
from api.bodies import HASHED_AT_ONCE_BYTES, feed_body, hash_body
from api.problems import add_problem_handlers
from api.routes import documents
from ledger.chain.membership import Role
from ledger.services.context import system_clock
from ledger.services.principals import KEY_SECONDS, Doorkeeper, issue_key, revoke_key
from ledger.services.remembered import Remembered
from ledger.store import idempotency
from ledger.store.group_commit import GroupCommit
from ledger.types import Digest
from tests.api.clients import AS_PDF, PDF, Api, Caller, problem
from tests.support.consortium import SUPPLIER
from tests.support.service import Service

SECONDS = 20
KEY = {"Idempotency-Key": "same"}


def test_what_is_answered_is_what_is_found_again(api: Api) -> None:
    supplier = api.supplier
    answered = supplier.notarise()
    found = supplier.get(answered.headers["Location"])
    assert answered.content == found.content
    assert answered.headers["Content-Type"] == found.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("size", [1, HASHED_AT_ONCE_BYTES, HASHED_AT_ONCE_BYTES + 1, 700 * 1024])
def test_small_and_large_documents_have_their_digests(api: Api, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    answered = api.supplier.notarise(content[:size]).json()
    digest = "0x" + sha256(content[:size]).hexdigest()
    assert (answered["digest"], answered["size"]) == (digest, size)


@pytest.mark.parametrize("consume", ["hash", "feed"])
def test_a_body_in_very_many_pieces_costs_each_piece_the_same(consume: str) -> None:
    async def read(pieces: int) -> tuple[bytes, float]:
        left = iter(range(pieces))

        async def receive() -> Message:
            body = bytes(HASHED_AT_ONCE_BYTES) if (number := next(left)) == 0 else b"x"
            return {"type": "http.request", "body": body, "more_body": number < pieces - 1}

        request = Request({"type": "http", "headers": []}, receive)
        start, digest = time.process_time(), sha256()
        if consume == "hash":
            found = (await hash_body(request, max_bytes=2**20)).digest
        else:
            found = await feed_body(
                request, digest.update, lambda: Digest(digest.digest()), max_bytes=2**20
            )
        return found, time.process_time() - start

    for pieces in (1000, 40_000):
        found, seconds = asyncio.run(read(pieces))
        content = bytes(HASHED_AT_ONCE_BYTES) + b"x" * (pieces - 1)
        assert found == sha256(content).digest()
    assert seconds < 2, "the square of 40,000 pieces takes ten seconds"


def test_a_retry_from_before_hashed_bodies_is_still_known_by_its_fingerprint(api: Api) -> None:
    assert at_once(api, [PDF], authorised(api, **KEY))[0].status_code == 202
    parts = (b"POST", b"/v1/documents", b"", b"application/pdf", PDF)
    expected = sha256(b"".join(sha256(part).digest() for part in parts)).digest()
    with api.service.ledger.store.reading() as connection:
        kept = idempotency.find(connection, [(SUPPLIER, "same")])
    assert kept[SUPPLIER, "same"].fingerprint == expected


def at_once(api: Api, bodies: Sequence[bytes], headers: Mapping[str, str]) -> list[httpx.Response]:
    """Post all bodies in one event loop, as one server has them."""

    async def post_all() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=api.http.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            sending = (
                client.post("/v1/documents", content=body, headers=headers) for body in bodies
            )
            return await asyncio.gather(*sending)

    return asyncio.run(post_all())


def authorised(api: Api, **headers: str) -> dict[str, str]:
    return {**AS_PDF, "Authorization": f"Bearer {api.supplier.secret}", **headers}


def test_twenty_at_once_with_one_key_are_one_document(api: Api) -> None:
    found = at_once(api, [PDF] * 20, authorised(api, **KEY))
    assert {response.status_code for response in found} == {202}
    assert len({response.json()["id"] for response in found}) == 1
    assert len(api.supplier.get("/v1/documents").json()["items"]) == 1


def test_two_documents_at_once_with_one_key_are_one_document_and_conflicts(api: Api) -> None:
    found = at_once(api, [PDF, b"another"] * 10, authorised(api, **KEY))
    assert sorted(response.status_code for response in found) == [202] * 10 + [409] * 10
    assert len({response.json()["id"] for response in found if response.is_success}) == 1


def test_many_at_once_without_a_key_are_as_many_documents(api: Api) -> None:
    found = at_once(api, [b"document %d" % number for number in range(50)], authorised(api))
    assert len({response.json()["id"] for response in found}) == 50
    for response in found:
        assert api.supplier.get(response.headers["Location"]).json() == response.json()


@pytest.fixture
def bare(api: Api) -> TestClient:
    """The route as the framework has it, without the layer in front."""
    app = FastAPI()
    app.state.ledger = api.service.ledger
    app.state.doorkeeper = Doorkeeper(api.service.ledger.store)
    app.include_router(documents.router)
    add_problem_handlers(app)
    return TestClient(app)


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({}, PDF, 202),
        ({"Authorization": "Basic abc"}, PDF, 401),
        ({"Authorization": "Bearer sbk_unknown"}, PDF, 401),
        ({"Content-Type": "pdf"}, PDF, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, PDF, 415),
        ({}, b"", 422),
        ({"Idempotency-Key": "x" * 129}, PDF, 422),
        ({"Idempotency-Key": ""}, PDF, 422),
        ({}, bytes(2 * 1024 * 1024), 413),
    ],
)
def test_the_layer_in_front_answers_as_the_described_route_does(
    api: Api, bare: TestClient, headers: dict[str, str], content: bytes, status: int
) -> None:
    sent = {**authorised(api), **headers}
    there, here = (
        client.post("/v1/documents", content=content, headers=sent) for client in (bare, api.http)
    )
    assert (there.status_code, here.status_code) == (status, status)
    assert there.headers["Content-Type"] == here.headers["Content-Type"]
    fresh = {"id", "commitment", "links", "accepted_at"}
    shown = [{k: v for k, v in one.json().items() if k not in fresh} for one in (there, here)]
    assert shown[0] == shown[1]


def test_the_layer_in_front_answers_below_a_root_path_too(api: Api) -> None:
    service = api.service
    client = TestClient(create_app(service.ledger, service.worker), root_path="/ledger")
    response = client.post("/ledger/v1/documents", content=PDF, headers=authorised(api))
    assert response.status_code == 202


def test_a_revoked_key_gets_in_no_longer_than_is_documented(api: Api) -> None:
    store = api.service.ledger.store
    identifier, secret = issue_key(store, SUPPLIER, Role.SUPPLIER, system_clock())
    caller = Caller(api.http, secret)
    assert caller.notarise().status_code == 202
    revoke_key(store, identifier, system_clock())
    time.sleep(KEY_SECONDS)
    problem(caller.notarise(), 401, "unauthenticated")
    problem(caller.get("/v1/documents"), 401, "unauthenticated")


def with_ledger(api: Api, **changes: Any) -> Caller:
    """The supplier at a service that differs in what is named."""
    ledger = replace(api.service.ledger, **changes)
    other = Api.over(api.consortium, Service(ledger, api.service.worker))
    return Caller(other.http, api.supplier.secret)


def test_a_revoked_operator_key_is_refused_once_the_last_answer_is_too_old(api: Api) -> None:
    supplier = with_ledger(api, operators=Remembered(seconds=1.0, most=10))
    assert supplier.notarise().status_code == 202
    address = api.consortium.signers[SUPPLIER].address
    api.consortium.decide(api.consortium.membership.revoke_key(SUPPLIER, address))
    time.sleep(1)
    problem(supplier.notarise(), 403, "operator-key-retired")
    problem(supplier.notarise(), 403, "operator-key-retired")


def test_a_retry_finds_its_document_though_the_operator_key_was_revoked_since(api: Api) -> None:
    supplier = with_ledger(api, operators=Remembered(seconds=0, most=10))
    first = supplier.notarise(key="same").json()
    address = api.consortium.signers[SUPPLIER].address
    api.consortium.decide(api.consortium.membership.revoke_key(SUPPLIER, address))
    assert supplier.notarise(key="same").json() == first
    problem(supplier.notarise(key="other"), 403, "operator-key-retired")


@pytest.fixture
def crowded_out(api: Api) -> Iterator[Caller]:
    """The supplier, while what keeps requests is busy and no more may wait."""
    intake = GroupCommit(api.service.ledger.store, max_waiting=1)
    supplier = with_ledger(api, intake=intake)
    entered, done = threading.Event(), threading.Event()

    def hold(_connection: Connection, items: Sequence[None]) -> list[None]:
        entered.set()
        assert done.wait(SECONDS)
        return list(items)

    held = intake.submit(hold, None)
    assert entered.wait(SECONDS)
    yield supplier
    done.set()
    held.result(SECONDS)
    intake.stop()


def test_more_than_can_be_kept_is_refused_with_a_time_to_come_back(crowded_out: Caller) -> None:
    response = crowded_out.notarise()
    assert "too many requests" in problem(response, 503, "overloaded")["detail"]
    assert response.headers["Retry-After"] == "1"


def test_what_comes_after_the_stop_is_refused(api: Api) -> None:
    stopped = GroupCommit(api.service.ledger.store)
    stopped.stop()
    problem(with_ledger(api, intake=stopped).notarise(), 503, "unreachable")
    assert api.supplier.get("/v1/documents").json() == {"items": []}

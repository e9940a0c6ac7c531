import importlib
import json
import pkgutil
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

import api as api_package
import ledger
from api.app import create_app
from api.boundary import Boundary
from api.problems import ANSWERS, add_problem_handlers, answer_of
from ledger.chain.port import Reverted, SendFailure, SendRefused
from ledger.errors import (
    ChainMismatch,
    ConfigurationError,
    Conflict,
    DocumentError,
    Refusal,
    SealbookError,
    TransportError,
    VerificationError,
)
from ledger.store.failures import DatabaseUnreachable, StorageFull
from tests.api.clients import Api, Caller, problem
from tests.api.exchange import exchange
from tests.support.consortium import FINANCIER

INSIDE = "postgresql://ledger@10.0.0.5 /etc/sealbook"


def subclasses(error: type[SealbookError]) -> Iterator[type[SealbookError]]:
    for subclass in error.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def import_everything() -> None:
    for package in (ledger, api_package):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)


def test_every_error_of_ours_has_a_line_in_the_table() -> None:
    import_everything()
    ours = {
        error
        for error in subclasses(SealbookError)
        # The command line is the API's client: its own errors never come to be answered.
        # An RpcError is told apart from other NodeErrors only between transport and adapter.
        if not error.__module__.startswith(("tests.", "ledger.cli.", "ledger.chain.rpc"))
        and not error.__name__.startswith("_")
    }
    assert len(ours) > 10
    assert ours <= ANSWERS.keys()


def test_an_error_that_the_table_does_not_know_is_answered_as_its_base_is() -> None:
    class TakenTwice(Conflict):
        code = "taken-twice"

    assert answer_of(TakenTwice) is ANSWERS[Conflict]


def answer_to(error: BaseException) -> TestClient:
    app = FastAPI()
    add_problem_handlers(app)

    @app.get("/")
    def fail() -> None:
        raise error

    return TestClient(app)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TransportError(INSIDE), 503),
        (DatabaseUnreachable(INSIDE), 503),
        (StorageFull(INSIDE), 503),
        (ChainMismatch(INSIDE), 503),
        (SendRefused(SendFailure.REFUSED, INSIDE), 503),
        (ConfigurationError(INSIDE), 500),
        (Reverted(INSIDE.encode()), 409),
    ],
)
def test_what_is_for_the_operator_is_logged_and_not_answered(
    error: SealbookError, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    response = answer_to(error).get("/")
    problem(response, status, error.code)
    assert "10.0.0.5" not in response.text
    assert INSIDE.encode().hex() not in response.text
    assert str(error) in caplog.text


@pytest.mark.parametrize(
    ("error", "status"),
    [(DocumentError("it is torn"), 422), (VerificationError("it is forged"), 422)],
)
def test_what_is_about_the_request_is_answered_in_its_own_words(
    error: SealbookError, status: int
) -> None:
    body = problem(answer_to(error).get("/"), status, error.code)
    assert body["detail"] == str(error)


def test_a_refusals_details_are_members_of_the_problem_and_take_no_members_place() -> None:
    error = Refusal("no", code="some-rule", record="0x12", wanted=5, status=200, type="x")
    body = problem(answer_to(error).get("/"), 409, "some-rule")
    assert (body["record"], body["wanted"], body["title"]) == ("0x12", 5, "Some rule")


def test_a_chain_that_is_away_says_when_to_come_back() -> None:
    assert answer_to(TransportError("away")).get("/").headers["Retry-After"] == "5"


def test_an_unknown_path_and_a_wrong_method_are_problems(refusing: Api) -> None:
    problem(refusing.supplier.get("/v1/nothing"), 404, "unknown-path")
    problem(refusing.supplier.get("/v1/documents/"), 404, "unknown-path")
    response = refusing.supplier.send("DELETE", "/v1/members")
    problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET"


def test_a_defect_is_answered_without_what_is_inside_and_logged(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(api.service.ledger, api.service.worker)

    @app.get("/v1/defect")
    def fail() -> None:
        raise RuntimeError(INSIDE)

    response = TestClient(app).get("/v1/defect")

    problem(response, 500, "internal-error")
    assert INSIDE not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    [record] = [item for item in caplog.records if item.name == "api.boundary"]
    assert record.exc_info is not None
    assert INSIDE in caplog.text


def test_an_answer_that_breaks_off_is_not_made_whole_by_a_second_one() -> None:
    async def break_off(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(INSIDE)

    with pytest.raises(RuntimeError):
        exchange(Boundary(break_off), "/", {}, iter([]))


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"limit": "9" * 5000},
        {"limit": "\0"},
        {"after": "x"},
        {"after": "\0"},
    ],
)
def test_a_query_outside_its_limits_is_refused_without_repeating_it(
    refusing: Api, query: dict[str, str]
) -> None:
    response = refusing.supplier.get("/v1/documents", params=query)
    body = problem(response, 422, "invalid-request")
    assert body["errors"] == [
        {"where": f"query.{next(iter(query))}", "problem": body["errors"][0]["problem"]}
    ]
    assert len(response.content) < 600


@pytest.mark.parametrize(
    ("body", "where", "sentence"),
    [
        ('{"units": 1}', "body.to", "it is missing"),
        ('{"to": "lei:X", "units": "5"}', "body.units", "it must be a whole number"),
        ('{"to": "lei:X", "units": 0}', "body.units", "it must be at least 1"),
        ('{"to": 5, "units": 1}', "body.to", "it must be text"),
        ('{"to": "lei:X", "units": 1, "x": 1}', "body.x", "there is no such field; leave it out"),
        ("{", "body", "it is not JSON"),
        ("[]", "body", "it must be a JSON object"),
        (
            '{"to": "lei:X", "units": 5, "expires_in_seconds": 9, "\\u0075nits": 6}',
            "body.units",
            "it stands there twice; say it once",
        ),
    ],
)
def test_what_is_wrong_with_a_body_is_said_in_our_own_words(
    refusing: Api, body: str, where: str, sentence: str
) -> None:
    response = refusing.supplier.post(
        f"/v1/records/0x{'ab' * 32}/offers",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    errors = problem(response, 422, "invalid-request")["errors"]
    assert {"where": where, "problem": sentence} in errors


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("a\nb", "it has characters that do not belong there"),
        ("", "it must have at least 1 characters"),
        ("x" * 33, "it must have at most 32 characters"),
    ],
)
def test_a_reason_outside_its_form_is_refused_in_our_own_words(
    refusing: Api, reason: str, sentence: str
) -> None:
    response = refusing.buyer.post(f"/v1/records/0x{'ab' * 32}/rejection", json={"reason": reason})
    assert sentence in problem(response, 422, "invalid-request")["detail"]


@pytest.mark.parametrize("name", ["x", "%00", "0" * 33, "..%2F..", "1" * 4000])
def test_an_id_that_is_none_is_refused(refusing: Api, name: str) -> None:
    for kind in ("documents", "operations"):
        response = refusing.supplier.get(f"/v1/{kind}/{name}")
        assert response.status_code in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND)
        assert response.headers["Content-Type"] == "application/problem+json"


def test_every_answer_forbids_guessing_and_keeping(refusing: Api) -> None:
    for response in (
        refusing.supplier.get("/v1/documents"),
        refusing.stranger.get("/v1/documents"),
        refusing.stranger.get("/nothing"),
        refusing.stranger.get("/healthz"),
    ):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.fixture(scope="module")
def fuzzed(refusing: Api) -> Caller:
    return refusing.supplier


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
terms = st.fixed_dictionaries(
    {},
    optional={
        "to": st.just(FINANCIER) | json_values,
        "units": st.integers() | json_values,
        "expires_in_seconds": st.integers() | json_values,
        "expires_at": st.datetimes().map(str) | json_values,
    },
)


@given(name=st.text(), body=terms)
@settings(max_examples=60, deadline=None)
def test_no_offer_whatsoever_makes_the_service_fail(
    fuzzed: Caller, name: str, body: dict[str, Any]
) -> None:
    for record in ("0x" + "ab" * 32, name):
        response = fuzzed.http.request(
            "POST",
            "/v1/records/" + quote(record, safe="") + "/offers",
            content=json.dumps(body),
            headers={
                "Authorization": f"Bearer {fuzzed.secret}",
                "Content-Type": "application/json",
            },
        )
        assert 400 <= response.status_code < 500, response.text
        assert response.headers["Content-Type"] == "application/problem+json"

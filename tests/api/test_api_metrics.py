import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from starlette.testclient import TestClient

from api.app import create_app
from api.metrics import exposition
from api.metrics.meter import Meter, metered_chain
from ledger.errors import NodeError, TransportError
from ledger.services.context import system_clock
from ledger.store.outbox import SET_ASIDE_TRIES
from ledger.store.schema import transactions
from tests.api.clients import Api
from tests.support.consortium import Consortium
from tests.support.service import running_service
from tests.support.trouble import altered_chain

PAGE = Path(__file__).parents[2] / "api" / "OPERATORS.md"
ROW = re.compile(r"^\| `(sealbook_\w+)` +\| (\w+) +\|", re.MULTILINE)
Samples = dict[tuple[str, ...], float]


class Metered:
    """An API whose ledger, worker and chain are counted."""

    def __init__(self, api: Api, answers: dict[str, Any]) -> None:
        self.api = api
        self.answers = answers

    def families(self) -> dict[str, Metric]:
        response = self.api.http.get("/metrics")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return {item.name: item for item in text_string_to_metric_families(response.text)}

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of a name that have these labels."""
        return sum(
            sample.value
            for family in self.families().values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


@pytest.fixture
def metered(
    consortium: Consortium, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Metered]:
    monkeypatch.setattr(exposition, "FRESH_SECONDS", 0.0)
    meter = Meter()
    answers: dict[str, Any] = {}
    chain = metered_chain(altered_chain(consortium.chain, answers), meter)
    with running_service(consortium, tmp_path, chain=chain, observer=meter) as service:
        service.ledger.intake.when_committed(meter.committed)
        client = TestClient(create_app(service.ledger, service.worker, meter))
        yield Metered(Api(consortium, service, client), answers)


def test_every_stage_counts_what_passes_and_shows_what_waits(metered: Metered) -> None:
    metered.api.supplier.notarise()
    assert metered.value("sealbook_documents_accepted_total", form="document") == 1
    assert metered.value("sealbook_stage_items", stage="accepted") == 1
    metered.api.service.worker._batcher.step(system_clock())
    assert metered.value("sealbook_stage_items", stage="accepted") == 0
    assert metered.value("sealbook_stage_items", stage="batched") == 1
    metered.api.settle()
    for stage in ("accepted", "batched", "signed", "broadcast", "mined", "final"):
        assert metered.value("sealbook_stage_transitions_total", stage=stage) == 1
        assert metered.value("sealbook_stage_items", stage=stage) == 0
    assert metered.value("sealbook_batch_documents_sum") == 1
    assert metered.value("sealbook_commit_group_size_sum") == 1
    assert metered.value("sealbook_commit_seconds_count") == 1


def test_documents_of_a_bundle_are_counted_apart(metered: Metered) -> None:
    line = '{"digest":"0x%s","size":1}'
    body = "\n".join(line % (f"{number:064x}") for number in (1, 2, 3))
    supplier = metered.api.supplier
    sent = supplier.post(
        "/v1/bundles", content=body, headers={"Content-Type": "application/x-ndjson"}
    )
    assert sent.status_code == 202, sent.text
    assert metered.value("sealbook_documents_accepted_total", form="bundle") == 3
    assert metered.value("sealbook_documents_accepted_total", form="document") == 0
    assert metered.value("sealbook_stage_transitions_total", stage="accepted") == 1


def test_the_age_of_what_waits_grows_and_ends(metered: Metered) -> None:
    assert metered.value("sealbook_stage_oldest_seconds", stage="accepted") == 0
    metered.api.supplier.notarise()
    first = metered.value("sealbook_stage_oldest_seconds", stage="accepted")
    assert 0 < first < metered.value("sealbook_stage_oldest_seconds", stage="accepted") < 60
    metered.api.settle()
    assert metered.value("sealbook_stage_oldest_seconds") == 0


def test_failures_are_counted_by_stage_and_kind(metered: Metered) -> None:
    def fail(*_arguments: Any, **_named: Any) -> Any:
        raise NodeError("the node refused")

    metered.answers["estimates"] = fail
    metered.api.supplier.notarise()
    metered.api.service.worker.step()
    failures = {"stage": "batched", "kind": "node-error"}
    assert metered.value("sealbook_step_failures_total", **failures) == 1
    calls = {"method": "estimates", "outcome": "node-error"}
    assert metered.value("sealbook_chain_call_seconds_count", **calls) == 1


def test_a_round_that_does_not_go_through_is_counted_by_part(metered: Metered) -> None:
    def fail(*_arguments: Any, **_named: Any) -> Any:
        raise TransportError("the node does not answer")

    metered.answers["tip"] = fail
    metered.api.service.worker.step()
    trouble = {"part": "checking", "kind": "unreachable"}
    assert metered.value("sealbook_worker_troubles_total", **trouble) == 1
    calls = {"method": "tip", "outcome": "unreachable"}
    assert metered.value("sealbook_chain_call_seconds_count", **calls) == 1


def test_what_is_set_aside_is_in_a_stage_of_its_own(metered: Metered) -> None:
    metered.api.supplier.notarise()
    store = metered.api.service.ledger.store
    metered.api.service.worker._batcher.step(system_clock())
    with store.writing() as connection:
        connection.execute(update(transactions).values(tries=SET_ASIDE_TRIES))
    assert metered.value("sealbook_stage_items", stage="set-aside") == 1
    assert metered.value("sealbook_stage_items", stage="batched") == 0


def test_requests_are_counted_by_route_and_refusals_by_code(metered: Metered) -> None:
    supplier = metered.api.supplier
    document = supplier.notarise().json()
    supplier.get(document["links"]["self"])
    supplier.get("/v1/documents/00000000-0000-7000-8000-000000000000")
    supplier.get("/v1/nothing")
    metered.api.stranger.post("/v1/documents")
    metered.api.http.request("BREW", "/healthz")
    requests = "sealbook_http_request_seconds_count"
    by_name = "/v1/documents/{document}"
    for method, route, status in (
        ("POST", "/v1/documents", "202"),
        ("POST", "/v1/documents", "401"),
        ("GET", by_name, "200"),
        ("GET", by_name, "404"),
        ("GET", "unmatched", "404"),
        ("other", "/healthz", "405"),
    ):
        assert metered.value(requests, method=method, route=route, status=status) == 1, route
    for code in ("unauthenticated", "unknown-document", "unknown-path", "method-not-allowed"):
        assert metered.value("sealbook_problems_total", code=code) == 1, code


def test_head_lag_and_round_are_those_of_the_worker(metered: Metered) -> None:
    assert "sealbook_follower_lag_blocks" not in metered.families()
    metered.api.settle()
    head = metered.api.consortium.chain.head().ref.number
    assert metered.value("sealbook_chain_head_block") == head
    assert metered.value("sealbook_follower_lag_blocks") == 0
    assert 0 <= metered.value("sealbook_worker_round_age_seconds") < 60
    assert metered.value("sealbook_worker_running") == 0


def test_nonces_that_no_block_holds_are_shown_until_one_does(metered: Metered) -> None:
    metered.answers["send_many"] = lambda raws: [None] * len(raws)
    metered.api.supplier.notarise()
    for _ in range(3):
        metered.api.service.worker.step()
    assert metered.value("sealbook_signer_unsealed_nonces") == 1
    assert metered.value("sealbook_stage_items", stage="broadcast") == 1


def test_without_its_database_the_service_shows_the_figures_that_it_has(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert metered.value("sealbook_database_reachable") == 1

    def fail() -> Any:
        raise TransportError("the database does not answer")

    monkeypatch.setattr(type(metered.api.service.ledger.store), "reading", lambda _store: fail())
    families = metered.families()
    assert families["sealbook_database_reachable"].samples[0].value == 0
    assert "sealbook_stage_items" not in families
    assert "sealbook_worker_running" in families


def test_the_figures_are_looked_up_once_a_second_at_most(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposition, "FRESH_SECONDS", 3600.0)
    before = metered.api.http.get("/metrics").text
    metered.api.supplier.notarise()
    assert metered.api.http.get("/metrics").text == before


def test_no_figure_names_a_member_a_document_or_a_key(metered: Metered) -> None:
    document = metered.api.supplier.notarise().json()
    metered.api.settle()
    text = metered.api.http.get("/metrics").text
    assert document["id"] not in text
    assert "lei:" not in text
    signer = metered.api.consortium.signers
    assert not any(key.address.lower() in text.lower() for key in signer.values())


def test_the_page_for_operators_lists_exactly_what_is_exported(metered: Metered) -> None:
    metered.api.supplier.notarise()
    metered.api.stranger.post("/v1/documents")
    metered.answers["estimates"] = lambda *_arguments: list[int]().pop()
    metered.api.service.worker.step()
    del metered.answers["estimates"]
    metered.api.settle()
    exported = {
        (family.name + ("_total" if family.type == "counter" else ""), family.type)
        for family in metered.families().values()
        if family.name.startswith("sealbook")
    }
    told = {(name, kind) for name, kind in ROW.findall(PAGE.read_text("utf-8"))}
    # The parser of the text format takes an info for the gauge that it is there.
    assert told == {(name, "gauge" if kind == "info" else kind) for name, kind in exported}


def test_a_request_gets_a_name_or_keeps_the_one_it_came_with(api: Api) -> None:
    names = [api.stranger.get("/healthz").headers["X-Request-Id"] for _ in range(2)]
    assert len(set(names)) == 2
    given = api.stranger.get("/healthz", headers={"X-Request-Id": "trace-1.a:B_2"})
    assert given.headers["X-Request-Id"] == "trace-1.a:B_2"


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "line\u00e4", "{}", '"quoted"'])
def test_a_name_that_could_confuse_a_log_is_replaced(api: Api, name: str) -> None:
    answered = api.stranger.get("/healthz", headers={"X-Request-Id": name.encode("latin-1")})
    assert answered.headers["X-Request-Id"] != name
    assert re.fullmatch(r"[0-9a-f]{12}-\d+", answered.headers["X-Request-Id"])

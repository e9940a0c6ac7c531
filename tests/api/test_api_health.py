import time
from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from api.readiness import MOST_LAG_BLOCKS
from ledger.store.engine import open_store
from ledger.store.migrations import downgrade
from tests.api.clients import Api
from tests.support.consortium import Consortium
from tests.support.service import Service, running_service


def reasons(client: TestClient) -> dict[str, str]:
    response = client.get("/readyz")
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert (body["status"], response.status_code) == (
        ("not-ready", 503) if body["reasons"] else ("ready", 200)
    )
    return {reason["check"]: reason["code"] for reason in body["reasons"]}


def test_a_process_that_lives_says_so_whatever_else_is_wrong(api: Api) -> None:
    response = api.stranger.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_a_started_service_follows_the_chain_and_is_ready(service: Service) -> None:
    with TestClient(create_app(service.ledger, service.worker)) as client:
        assert reasons(client) == {}
        deadline = time.monotonic() + 10
        while client.get("/readyz").json()["lag_blocks"]:
            assert time.monotonic() < deadline
    assert not service.worker.running


def test_a_started_service_makes_documents_final_by_itself(
    consortium: Consortium, service: Service
) -> None:
    api = Api.over(consortium, service)
    supplier = api.supplier
    with api.http:
        document = supplier.notarise().json()
        deadline = time.monotonic() + 10
        while supplier.get(document["links"]["self"]).json()["state"] != "final":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert supplier.get(document["links"]["evidence"]).status_code == 200


def test_a_service_whose_worker_does_not_run_is_not_ready(api: Api) -> None:
    assert reasons(api.http) == {"worker": "stopped"}


def test_a_service_whose_database_is_of_another_version_is_not_ready(api: Api) -> None:
    downgrade(api.service.ledger.store, "base")
    assert reasons(api.http)["database"] == "configuration"


def test_a_service_whose_database_does_not_answer_is_not_ready(api: Api, tmp_path: Path) -> None:
    ledger = replace(api.service.ledger, store=open_store(f"sqlite:///{tmp_path}/gone/ledger.db"))
    client = TestClient(create_app(ledger, api.service.worker))
    assert reasons(client)["database"] == "unreachable"
    assert str(tmp_path) not in client.get("/readyz").text


def test_a_service_whose_node_answers_for_another_chain_is_not_ready(
    consortium: Consortium, tmp_path: Path
) -> None:
    with running_service(consortium, tmp_path) as service:
        genesis = replace(service.ledger.deployment, genesis=bytes(32))
        elsewhere = replace(service.ledger, deployment=genesis)
        client = TestClient(create_app(elsewhere, service.worker))
        assert reasons(client)["chain"] == "chain-mismatch"
        assert client.get("/readyz").json()["lag_blocks"] is not None


def test_a_service_that_lags_far_behind_the_chain_is_not_ready(api: Api) -> None:
    for _ in range(MOST_LAG_BLOCKS):
        api.consortium.devnet.request("evm_mine", [])
    assert reasons(api.http)["follower"] == "lagging"
    api.settle()
    assert "follower" not in reasons(api.http)

import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.readiness import readiness
from ledger.chain.web3_adapter import connect
from ledger.errors import TransportError
from ledger.services.limits import MOST_LAG_BLOCKS
from ledger.services.worker import Worker, WorkerHealth
from ledger.store.engine import open_store
from ledger.store.failures import DatabaseUnreachable, StorageFull
from ledger.store.migrations import downgrade
from ledger.types import UnixTime
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


def wait_for(client: TestClient, wanted: dict[str, str]) -> None:
    deadline = time.monotonic() + 10
    while (found := reasons(client)) != wanted:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def test_a_process_that_lives_says_so_whatever_else_is_wrong(api: Api) -> None:
    response = api.stranger.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_a_started_service_follows_the_chain_and_is_ready(service: Service) -> None:
    with TestClient(create_app(service.ledger, service.worker)) as client:
        wait_for(client, {})
        assert client.get("/readyz").json()["lag_blocks"] == 0
    assert reasons(client) == {"worker": "stopped"}


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
    elsewhere = replace(consortium, deployment=replace(consortium.deployment, genesis=bytes(32)))
    with (
        running_service(elsewhere, tmp_path) as service,
        TestClient(create_app(service.ledger, service.worker)) as client,
    ):
        wait_for(client, {"chain": "chain-mismatch"})


def test_a_service_whose_node_does_not_answer_is_not_ready_and_says_so_at_once(
    consortium: Consortium, tmp_path: Path
) -> None:
    silent = connect("http://127.0.0.1:9", timeout_seconds=0.5)
    with (
        running_service(consortium, tmp_path, chain=silent) as service,
        TestClient(create_app(service.ledger, service.worker)) as client,
    ):
        wait_for(client, {"chain": "unreachable"})


def test_a_service_whose_worker_is_stuck_is_not_ready(
    consortium: Consortium, tmp_path: Path
) -> None:
    with (
        running_service(consortium, tmp_path) as service,
        TestClient(create_app(service.ledger, service.worker)) as client,
    ):
        wait_for(client, {})
        later = replace(service.ledger, clock=lambda: UnixTime(2**40))
        client.app.state.ledger = later  # type: ignore[attr-defined]  # starlette types it as ASGI
        assert reasons(client) == {"worker": "silent"}


def test_a_service_that_lags_far_behind_the_chain_is_not_ready(
    consortium: Consortium, tmp_path: Path
) -> None:
    with running_service(consortium, tmp_path) as service:
        for _ in range(1000 + MOST_LAG_BLOCKS):
            consortium.devnet.request("evm_mine", [])
        service.worker.step()
        client = TestClient(create_app(service.ledger, service.worker))
        assert reasons(client)["follower"] == "lagging"
        service.settle()
        assert "follower" not in reasons(client)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (DatabaseUnreachable("locked"), {"database": "unreachable"}),
        (StorageFull("full"), {"database": "storage-full"}),
        (TransportError("silent"), {"chain": "unreachable"}),
    ],
)
def test_the_part_that_failed_the_worker_is_named_and_not_its_neighbour(
    service: Service, trouble: Exception, reason: dict[str, str]
) -> None:
    health = WorkerHealth(running=True, completed_at=None, trouble=trouble, lag_blocks=None)
    worker = cast("Worker", SimpleNamespace(health=health))
    found = readiness(service.ledger, worker).reasons
    assert {item.check: item.code for item in found} == reason
    assert [item.check for item in found] == list(reason)


def test_a_lag_that_nobody_knows_is_none(service: Service) -> None:
    service.worker.step()
    assert service.worker.health.lag_blocks == 0
    service.worker._checked = False
    service.worker._chain = connect("http://127.0.0.1:9", timeout_seconds=0.5)
    service.worker.step()
    assert service.worker.health.lag_blocks is None
    assert readiness(service.ledger, service.worker).lag_blocks is None

import itertools
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.chain.deployment import write_deployment
from ledger.chain.membership import Role
from ledger.cli.files import write_secret
from ledger.evidence import parse_evidence
from ledger.services.context import system_clock
from ledger.services.principals import issue_key
from ledger.store.engine import open_store
from tests.api.clients import AS_PDF, problem
from tests.api.processes import free_port, running_api
from tests.devnet.process import running as running_devnet
from tests.support.consortium import SUPPLIER, running_consortium

MAX_BYTES = 256 * 1024
FINAL_SECONDS = 20
PIECE = bytes(64 * 1024)
TOO_LARGE = "body-too-large"


@dataclass(frozen=True)
class Site:
    """A configured service, and a chain that does not run yet."""

    folder: Path
    devnet_port: int
    database_url: str

    @property
    def config(self) -> Path:
        return self.folder / "sealbook.toml"

    def devnet(self) -> Any:
        return running_devnet(self.folder / "chain", "--port", str(self.devnet_port))

    def client(self, url: str) -> httpx.Client:
        store = open_store(self.database_url)
        _, secret = issue_key(store, SUPPLIER, Role.SUPPLIER, system_clock())
        store.close()
        return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def site(tmp_path: Path, store_url: str) -> Site:
    with running_consortium(tmp_path / "chain") as consortium:
        consortium.write_keys(tmp_path / "keys")
        (tmp_path / "deployment.json").write_text(write_deployment(consortium.deployment))
    write_secret(tmp_path / "fingerprint.hex", "ab" * 32)
    port = free_port()
    (tmp_path / "sealbook.toml").write_text(
        f"""
        [chain]
        rpc_url = "http://127.0.0.1:{port}"
        deployment = "deployment.json"
        development = true
        confirmations = 0
        [service]
        database_url = "{store_url}"
        keys_dir = "keys"
        max_document_bytes = {MAX_BYTES}
        poll_seconds = 0.05
        [fingerprint]
        key_file = "fingerprint.hex"
        """
    )
    return Site(tmp_path, port, store_url)


def notarise(client: httpx.Client, content: bytes, **headers: str) -> httpx.Response:
    return client.post("/v1/documents", content=content, headers={**AS_PDF, **headers})


def test_nothing_accepted_is_lost_when_chain_and_service_are_killed(site: Site) -> None:
    with site.devnet() as chain, running_api(site.config) as api, site.client(api.url) as client:
        first = notarise(client, b"before").json()
        chain.kill()
        accepted = [
            notarise(client, b"document %d" % number, **{"Idempotency-Key": str(number)}).json()
            for number in range(20)
        ]
        api.kill()
    with site.devnet(), running_api(site.config) as api, site.client(api.url) as client:
        again = notarise(client, b"document 7", **{"Idempotency-Key": "7"}).json()
        assert again["id"] == accepted[7]["id"]
        for document in (first, *accepted):
            content = wait_for_evidence(client, document["links"]["evidence"])
            evidence = parse_evidence(content, max_bytes=1024 * 1024)
            assert "0x" + evidence.opening.commitment.hex() == document["commitment"]
        assert len(client.get("/v1/documents?limit=200").json()["items"]) == 21
        assert client.get("/readyz").json()["status"] == "ready"
        api.stop()
    assert "Application shutdown complete" in api.log.read_text()


def wait_for_evidence(client: httpx.Client, path: str) -> bytes:
    deadline = time.monotonic() + FINAL_SECONDS
    while (response := client.get(path)).status_code == 409:
        assert time.monotonic() < deadline, client.get(path.removesuffix("/evidence")).text
        time.sleep(float(response.headers["Retry-After"]) / 10)
    assert response.status_code == 200
    return response.content


def test_uploads_over_a_real_connection(site: Site) -> None:
    with running_api(site.config) as api, site.client(api.url) as client:
        for content in (bytes(MAX_BYTES + 1), bytes(40 * MAX_BYTES), itertools.repeat(PIECE, 40)):
            problem(client.post("/v1/documents", content=content, headers=AS_PDF), 413, TOO_LARGE)
        leave_half_way(client)
        assert client.get("/v1/documents").json() == {"items": []}
        assert notarise(client, bytes(MAX_BYTES)).status_code == 202
        pieces = itertools.repeat(PIECE, MAX_BYTES // len(PIECE))
        response = client.post("/v1/documents", content=pieces, headers=AS_PDF)
        assert response.json()["size"] == MAX_BYTES
    assert "Traceback" not in api.log.read_text()


def leave_half_way(client: httpx.Client) -> None:
    """Announce a thousand bytes, send ten and go."""
    request = client.build_request("POST", "/v1/documents", headers=AS_PDF, content=bytes(1000))
    head = b"POST /v1/documents HTTP/1.1\r\n" + b"".join(
        name + b": " + value + b"\r\n" for name, value in request.headers.raw
    )
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
        connection.sendall(head + b"\r\n" + bytes(10))

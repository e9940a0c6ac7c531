import itertools
import socket
import time
from pathlib import Path

import httpx
import pytest

from ledger.evidence import parse_evidence
from tests.api.clients import AS_PDF, problem
from tests.api.processes import running_api
from tests.api.sites import MAX_BYTES, Site, make_site

FINAL_SECONDS = 20
PIECE = bytes(64 * 1024)
TOO_LARGE = "body-too-large"


@pytest.fixture
def site(tmp_path: Path, store_url: str) -> Site:
    return make_site(tmp_path, store_url)


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


@pytest.mark.parametrize("store_urls", ["sqlite"], indirect=True)
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

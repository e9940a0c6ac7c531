import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import httpx
import pytest
from web3.types import RPCEndpoint, RPCResponse

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from ledger.chain.web3_adapter import Web3Chain
from ledger.evidence import parse_evidence
from tests.api.clients import AS_PDF, CII_TWIN, PDF, Api, Caller, problem
from tests.support.consortium import Consortium
from tests.support.service import running_service

SECONDS = 20


class SwitchedProvider(DevnetProvider):
    """A node that can be switched off."""

    def __init__(self, devnet: Devnet) -> None:
        super().__init__(devnet)
        self.down = False
        self.hangs: threading.Event | None = None
        self.asked_in_vain = 0

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        if self.hangs is not None:
            self.asked_in_vain += 1
            self.hangs.wait(SECONDS)
            raise TimeoutError("timed out")
        if self.down:
            raise ConnectionRefusedError("connection refused")
        return super().make_request(method, params)


@pytest.fixture
def provider(consortium: Consortium) -> SwitchedProvider:
    return SwitchedProvider(consortium.devnet)


@pytest.fixture
def switched(consortium: Consortium, provider: SwitchedProvider, tmp_path: Path) -> Iterator[Api]:
    with running_service(consortium, tmp_path, chain=Web3Chain(provider)) as service:
        yield Api.over(consortium, service)


def test_documents_are_accepted_while_the_chain_is_down_and_anchored_when_it_is_back(
    switched: Api, provider: SwitchedProvider
) -> None:
    supplier = switched.supplier
    provider.down = True
    accepted = [supplier.notarise(b"document %d" % number).json() for number in range(3)]
    assert [document["state"] for document in accepted] == ["accepted"] * 3
    switched.settle()
    shown = supplier.get(accepted[0]["links"]["self"]).json()
    assert shown["state"] == "batched"
    problem(supplier.get(accepted[0]["links"]["evidence"]), 409, "not-final-yet")

    provider.down = False
    switched.settle()

    for document in accepted:
        assert supplier.get(document["links"]["self"]).json()["state"] == "final"
        content = supplier.get(document["links"]["evidence"]).content
        assert parse_evidence(content, max_bytes=1024 * 1024).inclusion.size == 3


def test_a_registration_is_taken_in_unchecked_and_carried_out_later(
    switched: Api, provider: SwitchedProvider
) -> None:
    supplier = switched.supplier
    provider.down = True
    response = supplier.register()
    assert (response.status_code, response.json()["state"]) == (202, "pending")
    provider.down = False
    assert switched.done(supplier, response)["state"] == "done"


def test_what_was_taken_in_unchecked_is_refused_later_on_its_page(
    switched: Api, provider: SwitchedProvider
) -> None:
    supplier = switched.supplier
    switched.registered()
    provider.down = True
    twin = supplier.register(CII_TWIN)
    assert twin.status_code == 202
    provider.down = False
    switched.settle()
    refused = supplier.get(twin.headers["Location"]).json()
    assert refused["problem"]["code"] == "already-registered"


def test_reads_of_the_chain_say_that_it_is_down(switched: Api, provider: SwitchedProvider) -> None:
    record = switched.registered()
    provider.down = True
    for path in (record, f"{record}/history", "/v1/members"):
        response = switched.buyer.get(path)
        problem(response, 503, "unreachable")
        assert int(response.headers["Retry-After"]) > 0
    provider.down = False
    assert switched.buyer.get(record).status_code == 200


def test_evidence_and_pages_need_no_chain(switched: Api, provider: SwitchedProvider) -> None:
    supplier = switched.supplier
    document = supplier.notarise().json()
    switched.settle()
    provider.down = True
    for path in ("/v1/documents", *document["links"].values()):
        assert supplier.get(path).status_code == 200


def test_a_node_that_hangs_is_asked_once_and_keeps_no_request_waiting(
    switched: Api, provider: SwitchedProvider
) -> None:
    provider.hangs = threading.Event()
    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = [pool.submit(switched.supplier.notarise, b"%d" % number) for number in range(6)]
        done = list(as_completed(answers, timeout=SECONDS / 2))
        assert provider.asked_in_vain == 1
    assert {answer.result().status_code for answer in done} == {202}
    assert switched.supplier.notarise(b"one more").status_code == 202
    assert provider.asked_in_vain == 1
    provider.hangs.set()


def test_a_node_that_hangs_for_many_members_keeps_no_other_work_waiting(
    switched: Api, provider: SwitchedProvider
) -> None:
    hangs = provider.hangs = threading.Event()
    members = [switched.supplier, switched.buyer, switched.financier, switched.other_financier]

    async def handed_in(client: httpx.AsyncClient, caller: Caller) -> int:
        headers = {**AS_PDF, "Authorization": f"Bearer {caller.secret}", "Idempotency-Key": "one"}
        response = await client.post("/v1/documents", content=PDF, headers=headers)
        repeated = await client.post("/v1/documents", content=PDF, headers=headers)
        assert repeated.json()["id"] == response.json()["id"]
        return response.status_code

    async def by_all() -> list[int]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        served = httpx.ASGITransport(switched.http.app)
        try:
            async with httpx.AsyncClient(transport=served, base_url="http://here") as client:
                every = asyncio.gather(*(handed_in(client, member) for member in members))
                return await asyncio.wait_for(every, SECONDS / 2)
        finally:
            hangs.set()

    assert asyncio.run(by_all()) == [202] * len(members)
    assert provider.asked_in_vain == len(members)

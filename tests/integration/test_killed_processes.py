"""The stack of `make serve`, killed with SIGKILL while documents come in, and started again."""

import os
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from ledger.chain.deployment import read_deployment
from ledger.chain.web3_adapter import connect
from ledger.services.settings import CONFIG_VARIABLE
from scripts.processes import Process, sealbook
from scripts.stack import SUPPLIER, Stack, open_stack

SETTLE_SECONDS = 60


class Sender(threading.Thread):
    """A supplier's program: sends documents and remembers what was answered.

    accepted: the content of each accepted document, by its id.
    unexpected: answers that are neither `202` nor `503` while the service starts or ends.
    """

    def __init__(self, api_url: str, api_key: str, name: str) -> None:
        super().__init__()
        self._http = httpx.Client(
            base_url=api_url,
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": "text/plain"},
            timeout=10,
        )
        self._prefix = name
        self.accepted: dict[str, bytes] = {}
        self.unexpected: list[str] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        with self._http:
            self._send()

    def _send(self) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            content = f"{self._prefix} {number}".encode()
            try:
                response = self._http.post("/v1/documents", content=content)
            except httpx.TransportError:
                time.sleep(0.02)
                continue
            if response.status_code == httpx.codes.ACCEPTED:
                self.accepted[response.json()["id"]] = content
            elif response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                self.unexpected.append(f"{response.status_code} {response.text}")


def kill(process: Process) -> None:
    assert process.pid is not None
    subprocess.run(["kill", "-KILL", str(process.pid)], check=True)  # noqa: S607 - part of any system


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


def final_evidence(stack: Stack, documents: dict[str, bytes]) -> dict[str, bytes]:
    """Wait until every document's anchor is final, and return the evidence by the ids."""
    with httpx.Client(
        base_url=stack.api_url,
        headers={"Authorization": f"Bearer {stack.api_key(SUPPLIER)}"},
        timeout=10,
    ) as http:
        deadline = time.monotonic() + SETTLE_SECONDS
        evidence = {}
        for document in documents:
            while True:
                response = http.get(f"/v1/documents/{document}/evidence")
                if response.is_success:
                    break
                assert response.status_code == httpx.codes.CONFLICT, response.text
                assert time.monotonic() < deadline, response.text
                time.sleep(0.1)
            evidence[document] = response.content
        return evidence


def anchored_roots(stack: Stack) -> list[str]:
    deployment = read_deployment(stack.folder / "deployment.json")
    with closing(connect(stack.rpc_url)) as chain:
        head = chain.head().ref.number
        logs = chain.logs((deployment.notary,), deployment.first_block, head)
    return ["0x" + log.topics[2].hex() for log in logs]


@dataclass(frozen=True)
class Kept:
    """What the service's database holds: leaf hashes by document id, batches as root and leaves."""

    documents: dict[str, bytes]
    batches: list[tuple[bytes, list[bytes]]]


def kept_by_service(folder: Path) -> Kept:
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        documents = database.execute("SELECT id, leaf_hash FROM documents").fetchall()
        batches = database.execute("SELECT root, leaves FROM batches").fetchall()
    return Kept(
        {str(UUID(identifier)): leaf for identifier, leaf in documents},
        [
            (root, [leaves[start : start + 32] for start in range(0, len(leaves), 32)])
            for root, leaves in batches
        ],
    )


def settle(folder: Path) -> None:
    """Wait until the service has anchored all that it keeps."""
    deadline = time.monotonic() + SETTLE_SECONDS
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        while database.execute(
            "SELECT (SELECT count(*) FROM documents WHERE batch_id IS NULL)"
            " + (SELECT count(*) FROM batches WHERE id NOT IN (SELECT batch_id FROM anchors))"
        ).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def check_anchored_once(kept: Kept, accepted: dict[str, bytes], anchored: list[str]) -> None:
    """Compare documents with leaves, and batches with anchors, one to one."""
    assert set(accepted) <= set(kept.documents)
    leaves = Counter(leaf for _, batch in kept.batches for leaf in batch)
    assert leaves == Counter(kept.documents.values()), "each document is in exactly one batch"
    assert Counter(anchored) == Counter("0x" + root.hex() for root, _ in kept.batches)


def check_with_command(stack: Stack, content: bytes, evidence: bytes, folder: Path) -> None:
    (folder / "document").write_bytes(content)
    (folder / "evidence.json").write_bytes(evidence)
    done = subprocess.run(
        sealbook("verify", str(folder / "document"), str(folder / "evidence.json")),
        env={**os.environ, CONFIG_VARIABLE: str(stack.config)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "VERIFIED" in done.stdout


def test_what_was_accepted_is_anchored_once_whatever_is_killed(
    folder: Path, tmp_path: Path
) -> None:
    accepted: dict[str, bytes] = {}
    unexpected: list[str] = []
    some = []
    for number, victims in enumerate((["api"], ["devnet"], ["api", "devnet"])):
        with open_stack(folder, lambda _text: None) as stack:
            sender = Sender(stack.api_url, stack.api_key(SUPPLIER), f"round {number}")
            sender.start()
            time.sleep(0.5 + 0.3 * number)
            devnet, api = stack.processes
            for victim in victims:
                kill({"api": api, "devnet": devnet}[victim])
            time.sleep(0.3)
            sender.stopping.set()
            sender.join()
            assert sender.accepted
            accepted |= sender.accepted
            unexpected += sender.unexpected
            some.append(list(sender.accepted)[-1])  # nearest to the kill
    assert unexpected == []
    with open_stack(folder, lambda _text: None) as stack:
        evidence = final_evidence(stack, accepted)
        # A document whose answer was lost was kept too: its batch may be younger.
        settle(folder)
        check_anchored_once(kept_by_service(folder), accepted, anchored_roots(stack))
        for document in some:
            check_with_command(stack, accepted[document], evidence[document], tmp_path)


def test_a_second_start_finds_the_chain_and_the_documents_of_the_first(folder: Path) -> None:
    with open_stack(folder, lambda _text: None) as stack:
        with closing(connect(stack.rpc_url)) as chain:
            genesis, head = chain.block(0), chain.head().ref
        urls = (stack.rpc_url, stack.api_url)
    with open_stack(folder, lambda _text: None) as stack:
        with closing(connect(stack.rpc_url)) as chain:
            assert chain.block(0) == genesis
            found = chain.block(head.number)
        assert found is not None
        assert found.ref == head
        assert (stack.rpc_url, stack.api_url) == urls, "noted commands go on working"

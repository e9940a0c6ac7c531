"""The stack of `make serve`, killed with SIGKILL while documents come in, and started again."""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from ledger.chain.deployment import read_deployment
from ledger.chain.web3_adapter import connect
from scripts.processes import Process
from scripts.stack import SUPPLIER, Stack, open_stack

SETTLE_SECONDS = 60


class Sender(threading.Thread):
    """A supplier's program: sends documents and remembers those that were accepted."""

    def __init__(self, api_url: str, api_key: str, name: str) -> None:
        super().__init__()
        self._http = httpx.Client(
            base_url=api_url,
            headers={"Authorization": f"Bearer {api_key}", "Content-Type": "text/plain"},
            timeout=10,
        )
        self._prefix = name
        self.accepted: list[str] = []
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
                self.accepted.append(response.json()["id"])


def kill(process: Process) -> None:
    assert process.pid is not None
    subprocess.run(["kill", "-KILL", str(process.pid)], check=True)  # noqa: S607 - part of any system


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


def final_roots(stack: Stack, documents: list[str]) -> list[str]:
    """Wait until every document's anchor is final, and return the anchored roots."""
    with httpx.Client(
        base_url=stack.api_url,
        headers={"Authorization": f"Bearer {stack.api_key(SUPPLIER)}"},
        timeout=10,
    ) as http:
        deadline = time.monotonic() + SETTLE_SECONDS
        roots = []
        for document in documents:
            while True:
                response = http.get(f"/v1/documents/{document}/evidence")
                if response.is_success:
                    break
                assert response.status_code == httpx.codes.CONFLICT, response.text
                assert time.monotonic() < deadline, response.text
                time.sleep(0.1)
            roots.append(json.loads(response.content)["anchor"]["root"])
        return roots


def anchored_roots(stack: Stack) -> list[str]:
    deployment = read_deployment(stack.folder / "deployment.json")
    with closing(connect(stack.rpc_url)) as chain:
        head = chain.head().ref.number
        logs = chain.logs((deployment.notary,), deployment.first_block, head)
    return ["0x" + log.topics[2].hex() for log in logs]


def test_what_was_accepted_is_anchored_once_whatever_is_killed(folder: Path) -> None:
    accepted: list[str] = []
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
            accepted += sender.accepted
    with open_stack(folder, lambda _text: None) as stack:
        roots = final_roots(stack, accepted)
        anchored = anchored_roots(stack)
    assert set(roots) <= set(anchored)
    assert len(anchored) == len(set(anchored)), "no batch is anchored twice"


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


def test_interrupting_make_serve_ends_its_processes(folder: Path) -> None:
    serve = subprocess.Popen(
        [sys.executable, "-m", "scripts.serve", "--dir", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert serve.stdout is not None
    for line in serve.stdout:
        if "Ctrl-C ends it" in line:
            break
    serve.send_signal(signal.SIGINT)
    assert serve.wait(timeout=30) == 0
    serve.stdout.close()
    for name in ("api", "devnet"):
        port = int((folder / f"{name}.port").read_text("utf-8"))
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/", timeout=2)

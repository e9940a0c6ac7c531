import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from ledger.chain.deployment import read_deployment
from ledger.chain.web3_adapter import connect
from ledger.store.engine import open_store
from ledger.store.schema import anchors, batches, documents
from tests.api.processes import ServiceProcess, running_api
from tests.api.sites import Site, make_site
from tests.support.postgres import Databases, PostgresServer, running_server

PATIENCE_SECONDS = 60


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with running_server() as running:
        yield running


class Sender(threading.Thread):
    """A client that sends document after document, and repeats what was not answered.

    It goes to the other service when one does not answer. accepted: content by id.
    """

    def __init__(self, name: str, urls: list[str], api_key: str) -> None:
        super().__init__()
        self._name = name
        self._urls = urls
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "text/plain"}
        self.accepted: dict[str, str] = {}
        self.unexpected: list[str] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        number = 0
        with httpx.Client(headers=self._headers, timeout=10) as http:
            while not self.stopping.is_set():
                number += 1
                self._send(http, f"{self._name} {number}")

    def _send(self, http: httpx.Client, content: str) -> None:
        while not self.stopping.is_set():
            headers = {"Idempotency-Key": content}
            try:
                answer = http.post(
                    f"{self._urls[0]}/v1/documents", content=content, headers=headers
                )
            except httpx.TransportError:
                self._urls.reverse()
                time.sleep(0.02)
                continue
            if answer.status_code == httpx.codes.ACCEPTED:
                self.accepted[answer.json()["id"]] = content
                return
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                self.unexpected.append(answer.text)
            time.sleep(0.02)


def configured(site: Site, name: str) -> Path:
    """A copy of the configuration: each service writes its log beside its own."""
    path = site.folder / f"{name}.toml"
    path.write_text(site.config.read_text())
    return path


def wait_until_anchored(site: Site) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = select(func.count()).select_from(documents).where(documents.c.batch_id.is_(None))
    open_batches = (
        select(func.count())
        .select_from(batches)
        .where(batches.c.id.not_in(select(anchors.c.batch_id)))
    )
    with closing(open_store(site.database_url)) as store:
        while True:
            with store.reading() as connection:
                if not any(
                    connection.execute(query).scalar_one() for query in (waiting, open_batches)
                ):
                    return
            assert time.monotonic() < deadline
            time.sleep(0.1)


def check_anchored_once(site: Site, accepted: dict[str, str]) -> None:
    with closing(open_store(site.database_url)) as store, store.reading() as connection:
        kept = {str(row.id): row.leaf_hash for row in connection.execute(select(documents))}
        held = list(connection.execute(select(batches)))
    assert set(accepted) <= set(kept)
    leaves = Counter(row.leaves[at : at + 32] for row in held for at in range(0, 32 * row.size, 32))
    assert leaves == Counter(kept.values()), "each document is in exactly one batch"
    deployment = read_deployment(site.folder / "deployment.json")
    with closing(connect(f"http://127.0.0.1:{site.devnet_port}")) as chain:
        head = chain.head().ref.number
        logs = chain.logs((deployment.notary,), deployment.first_block, head)
    assert Counter(log.topics[2] for log in logs) == Counter(row.root for row in held)


def test_services_share_a_database_and_lose_nothing_when_one_of_them_or_the_database_dies(
    tmp_path: Path, server: PostgresServer
) -> None:
    site = make_site(tmp_path, Databases(server.url).new(migrated=False))
    names = ("first", "second")
    with ExitStack() as stack:
        stack.enter_context(site.devnet())
        first, second = start_together(stack, [configured(site, name) for name in names])
        key = site.api_key()
        senders = [
            Sender("a", [first.url, second.url], key),
            Sender("b", [second.url, first.url], key),
        ]
        for sender in senders:
            sender.start()
        time.sleep(0.7)
        server.restart()
        time.sleep(0.7)
        first.kill()
        time.sleep(0.7)
        for sender in senders:
            sender.stopping.set()
            sender.join()
        assert [sender.unexpected for sender in senders] == [[], []]
        assert all(len(sender.accepted) > 10 for sender in senders)
        accepted = senders[0].accepted | senders[1].accepted
        assert len(accepted) == len(senders[0].accepted) + len(senders[1].accepted)
        assert len(set(accepted.values())) == len(accepted)
        wait_until_anchored(site)
        check_anchored_once(site, accepted)
        second.stop()
    for name in names:
        assert "Traceback" not in (site.folder / f"{name}.log").read_text()


def test_a_request_that_reaches_two_services_at_once_is_accepted_once(
    tmp_path: Path, databases: Databases
) -> None:
    site = make_site(tmp_path, databases.new())
    with ExitStack() as stack:
        services = [
            stack.enter_context(running_api(configured(site, name))) for name in ("first", "second")
        ]
        clients = [stack.enter_context(site.client(service.url)) for service in services]
        together = threading.Barrier(len(clients))

        def send(client: httpx.Client) -> list[httpx.Response]:
            answers = []
            for number in range(40):
                together.wait()
                headers = {"Content-Type": "text/plain", "Idempotency-Key": f"request {number}"}
                answers.append(client.post("/v1/documents", content="once", headers=headers))
            return answers

        with ThreadPoolExecutor(len(clients)) as pool:
            first, second = pool.map(send, clients)
        assert {answer.status_code for answer in (*first, *second)} == {httpx.codes.ACCEPTED}
        accepted = [answer.json()["id"] for answer in first]
        assert [answer.json()["id"] for answer in second] == accepted
        assert len(clients[0].get("/v1/documents?limit=200").json()["items"]) == len(set(accepted))
        assert len(set(accepted)) == 40


def start_together(stack: ExitStack, configs: list[Path]) -> list[ServiceProcess]:
    """Start services at the same moment, on a database that has no schema yet."""
    running: dict[Path, ServiceProcess] = {}

    def start(config: Path) -> None:
        running[config] = stack.enter_context(running_api(config))

    threads = [threading.Thread(target=start, args=[config]) for config in configs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [running[config] for config in configs]

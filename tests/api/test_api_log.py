import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from ledger.anchoring.observer import ClosedBatch
from ledger.errors import NodeError, Refusal
from ledger.services.context import system_clock
from ledger.services.watching.event_log import EventLog, LogFormat
from ledger.services.watching.journal import Journal
from ledger.services.watching.log_handler import send_logging_to
from ledger.store.engine import open_store
from ledger.store.schema import bundles, documents
from tests.api.clients import UBL, Api, Caller
from tests.support.consortium import SUPPLIER, Consortium
from tests.support.service import FINGERPRINT, running_service
from tests.support.trouble import altered_chain

WAY = ["accepted", "batched", "signed", "broadcast", "mined", "final"]


class Logged:
    """An API whose log is kept in memory."""

    def __init__(self, consortium: Consortium, folder: Path) -> None:
        self.consortium = consortium
        self.folder = folder
        self.answers: dict[str, Any] = {}
        self.written: list[bytes] = []
        self.log = EventLog(self.written.append, LogFormat.JSON)

    @property
    def text(self) -> str:
        self.log.close()
        return b"".join(self.written).decode()

    def about(self, identifier: str) -> list[Any]:
        """What a search for an id finds."""
        return [json.loads(line) for line in self.text.splitlines() if identifier in line]


@pytest.fixture
def logged(consortium: Consortium, tmp_path: Path) -> Logged:
    found = Logged(consortium, tmp_path)
    send_logging_to(found.log)
    return found


@pytest.fixture
def api(logged: Logged) -> Iterator[Api]:
    chain = altered_chain(logged.consortium.chain, logged.answers)
    journal = Journal(logged.log, open_store(f"sqlite:///{logged.folder}/ledger.db"))
    with running_service(
        logged.consortium, logged.folder, chain=chain, observer=journal
    ) as service:
        client = TestClient(create_app(service.ledger, service.worker, log=logged.log))
        yield Api(logged.consortium, service, client)


def stages(lines: list[Any]) -> list[str]:
    return [line["event"].split(".")[1] for line in lines]


def test_a_search_for_a_document_shows_its_way_from_request_to_final(
    api: Api, logged: Logged
) -> None:
    sent = api.supplier.post(
        "/v1/documents",
        content=b"a document",
        headers={"Content-Type": "text/plain", "X-Request-Id": "my-request-7"},
    )
    api.settle()
    lines = logged.about(sent.json()["id"])
    assert stages(lines) == WAY
    assert lines[0]["request"] == sent.headers["X-Request-Id"] == "my-request-7"
    assert {line["member"] for line in lines} == {SUPPLIER}
    assert len({line["transaction"] for line in lines[1:]}) == 1
    assert len({line["batch"] for line in lines[1:]}) == 1
    assert len({line["hash"] for line in lines[2:]}) == 1
    final = lines[-1]
    assert final["block"] == logged.consortium.chain.head().ref.number
    assert final["block_hash"] == "0x" + logged.consortium.chain.head().ref.hash.hex()


def test_a_request_that_is_repeated_is_told_of_once(api: Api, logged: Logged) -> None:
    supplier = api.supplier
    first, second = supplier.notarise(key="same"), supplier.notarise(key="same")
    assert first.json()["id"] == second.json()["id"]
    assert stages(logged.about(first.json()["id"])) == ["accepted"]


def test_a_search_for_a_bundle_shows_its_way(api: Api, logged: Logged) -> None:
    line = '{"digest":"0x%064x","size":1}'
    sent = api.supplier.post(
        "/v1/bundles",
        content="\n".join(line % number for number in (1, 2, 3)),
        headers={"Content-Type": "application/x-ndjson"},
    )
    api.settle()
    lines = logged.about(sent.json()["id"])
    assert stages(lines) == WAY
    assert (lines[0]["size"], lines[1]["size"]) == (3, 3)


def test_a_search_for_an_operation_or_its_document_shows_its_way(api: Api, logged: Logged) -> None:
    operation = api.done(api.supplier, api.supplier.register())
    lines = logged.about(operation["id"])
    assert stages(lines) == ["accepted", "signed", "broadcast", "mined", "final"]
    [document] = {line["document"] for line in logged.about("document.accepted")}
    assert stages(logged.about(document)) == WAY


def test_what_fails_says_where_it_stays_and_why(api: Api, logged: Logged) -> None:
    def fail(*_arguments: Any, **_named: Any) -> Any:
        raise NodeError("the node refused it")

    logged.answers["estimates"] = fail
    document = api.supplier.notarise().json()["id"]
    api.service.worker.step()
    failed = logged.about(document)[-1]
    assert (failed["event"], failed["level"]) == ("transaction.failed", "warning")
    assert (failed["stage"], failed["reason"]) == ("batched", "node-error")
    assert failed["message"] == "the node refused it"


def test_a_service_that_was_restarted_still_names_the_documents_of_a_batch(
    api: Api, logged: Logged
) -> None:
    document = api.supplier.notarise().json()["id"]
    api.service.worker._batcher.step(system_clock())
    later = Journal(logged.log, api.service.ledger.store)
    with running_service(logged.consortium, logged.folder, observer=later) as restarted:
        restarted.settle()
    assert stages(logged.about(document))[-4:] == WAY[2:]


def test_a_batch_is_told_of_in_lines_that_stay_short() -> None:
    written: list[bytes] = []
    log = EventLog(written.append, LogFormat.JSON)
    names = [uuid4() for _ in range(250)]
    Journal(log, open_store("sqlite://")).batched(
        ClosedBatch(uuid4(), SUPPLIER, uuid4(), 250, names, ())
    )
    log.close()
    lines = [json.loads(line) for line in b"".join(written).splitlines()]
    assert [len(line["documents"]) for line in lines] == [100, 100, 50]
    assert [name for line in lines for name in line["documents"]] == [str(name) for name in names]


def test_a_log_holds_no_secret_no_digest_no_name_and_no_key(api: Api, logged: Logged) -> None:
    supplier, stranger = api.supplier, Caller(api.http, "sbk_" + "A" * 43)
    supplier.notarise(b"a document of nobody's business")
    api.done(supplier, supplier.register(UBL))
    line = '{"digest":"0x%064x","size":1}' % 0xABCDEF  # noqa: UP031 - braces
    supplier.post("/v1/bundles", content=line, headers={"Content-Type": "application/x-ndjson"})
    api.settle()
    stranger.get("/v1/documents")
    supplier.register(UBL)
    text = logged.text
    with api.service.ledger.store.reading() as connection:
        kept = connection.execute(select(documents)).all()
        bundled = connection.execute(select(bundles)).all()
    hidden = [item.secret for item in kept] + [item.leaf_hash for item in kept]
    hidden += [item.digests for item in bundled] + [item.secrets for item in bundled]
    hidden += [FINGERPRINT.key]
    words = [value.hex() for value in hidden] + [
        str(supplier.secret),
        str(stranger.secret),
        sha256(b"a document of nobody's business").hexdigest(),
        "nobody's business",
    ]
    words += [word.decode() for word in (b"[Seller name]", b"[Buyer name]", b"01.01a-INVOICE")]
    assert b"[Seller name]" in UBL
    assert [word for word in words if word in text] == []
    assert len(text.splitlines()) > 10


def test_a_failure_of_the_log_s_own_look_up_loses_the_names_and_not_the_line(
    logged: Logged, tmp_path: Path
) -> None:
    journal = Journal(logged.log, open_store(f"sqlite:///{tmp_path}/nowhere/ledger.db"))
    journal.troubled("following", Refusal("no", code="some-rule"))
    [line] = logged.about("worker.troubled")
    assert (line["part"], line["reason"], line["message"]) == ("following", "some-rule", "no")

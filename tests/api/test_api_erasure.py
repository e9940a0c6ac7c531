import base64
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.chain.membership import Role
from ledger.documents import DocumentDigest
from ledger.evidence import parse_evidence
from ledger.invoices import read_invoice
from ledger.invoices.disclosed import invoice_fields
from ledger.merkle import root_from_path
from ledger.services.sightings import identity_of_fields
from ledger.store import seen_invoices
from ledger.types import Digest
from tests.api.clients import PDF, UBL, XML, Api, Caller, problem
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER, Consortium
from tests.support.screening import refers_to, total
from tests.support.service import running_service
from tests.unit.invoices.samples import VAT_ID, party_id, ubl

NOWHERE = DocumentDigest(Digest(b"\xab" * 32), 1)
_UNKNOWN = "/v1/documents/01890a5d-ac96-774b-bcce-b302099a8057"


def on_disk(api: Api) -> bytes:
    """All that the database's files hold."""
    url = api.service.ledger.store.engine.url.database
    assert url is not None
    files = (Path(url + end) for end in ("", "-wal"))
    return b"".join(file.read_bytes() for file in files if file.exists())


def test_an_erased_document_keeps_its_place_and_nothing_that_names_it(api: Api) -> None:
    supplier = api.supplier
    path = supplier.notarise().json()["links"]["self"]
    api.settle()
    before = supplier.get(path).json()

    response = supplier.send("DELETE", f"{path}/opening")
    assert response.status_code == 200, response.text
    erased = response.json()
    assert erased == {
        "id": before["id"],
        "state": "final",
        "accepted_at": before["accepted_at"],
        "erased_at": erased["erased_at"],
        "links": before["links"],
    }
    assert supplier.get(path).json() == erased
    assert supplier.get("/v1/documents").json()["items"] == [erased]
    body = problem(supplier.get(before["links"]["evidence"]), 410, "erased")
    assert "was erased for its member" in body["detail"]


def test_erasing_again_changes_nothing(api: Api) -> None:
    path = api.supplier.notarise().json()["links"]["self"]
    first = api.supplier.send("DELETE", f"{path}/opening").json()
    assert api.supplier.send("DELETE", f"{path}/opening").json() == first


def test_a_document_can_be_erased_before_it_is_anchored_and_is_anchored_still(api: Api) -> None:
    supplier = api.supplier
    erased = supplier.notarise(b"one").json()["links"]["self"]
    kept = supplier.notarise(b"other").json()["links"]
    assert supplier.send("DELETE", f"{erased}/opening").json()["state"] == "accepted"
    api.settle()

    assert supplier.get(erased).json()["state"] == "final"
    file = supplier.get(kept["evidence"]).content
    evidence = parse_evidence(file, max_bytes=len(file))
    place = evidence.inclusion
    assert place.size == 2
    leaf = evidence.opening.leaf_hash
    assert root_from_path(leaf, place.index, place.size, place.path) == evidence.anchor.root


def test_evidence_of_others_in_the_batch_stays_as_it_was(api: Api) -> None:
    supplier = api.supplier
    erased = supplier.notarise(b"one").json()["links"]["self"]
    kept = supplier.notarise(b"other").json()["links"]["evidence"]
    api.settle()
    before = supplier.get(kept).content
    supplier.send("DELETE", f"{erased}/opening")
    assert supplier.get(kept).content == before


def test_of_an_erased_invoice_nothing_is_left_on_the_disk(api: Api) -> None:
    supplier = api.supplier
    query = {"buyer": BUYER}
    headers = {**XML, "Idempotency-Key": "sha256-of-the-invoice"}
    response = supplier.post("/v1/invoices", params=query, content=UBL, headers=headers)
    done = api.done(supplier, response)
    path = f"/v1/documents/{done['document']}"
    with api.service.ledger.store.reading() as connection:
        row = connection.execute(text("SELECT secret, statement, fields FROM documents")).one()
        fingerprint = connection.execute(
            text("SELECT fingerprint FROM idempotency_keys")
        ).scalar_one()
    traces = [*row, fingerprint, b"sha256-of-the-invoice", b"123456XX", b"[Seller name]", b"336.9"]
    disk = on_disk(api)
    assert all(trace in disk for trace in traces)

    assert supplier.send("DELETE", f"{path}/opening").status_code == 200
    disk = on_disk(api)
    assert [trace for trace in traces if trace in disk] == []


def test_an_erasure_is_done_even_while_somebody_reads_the_databases_log(
    consortium: Consortium,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("ledger.store.sqlite.BUSY_TIMEOUT_MS", 10)
    with running_service(consortium, tmp_path) as service:
        api = Api.over(consortium, service)
        path = api.supplier.notarise().json()["links"]["self"]
        with service.ledger.store.reading() as connection:
            connection.execute(text("SELECT * FROM documents")).all()
            response = api.supplier.send("DELETE", f"{path}/opening")
    assert response.json()["erased_at"]
    assert "was in use and not emptied after an erasure" in caplog.text


def test_a_record_outlives_the_opening_of_its_invoice(api: Api) -> None:
    supplier = api.supplier
    done = api.done(supplier, supplier.register())
    record = supplier.get(done["links"]["record"]).json()
    erased = supplier.send("DELETE", f"/v1/documents/{done['document']}/opening").json()
    assert erased["record"] == record["id"]
    assert supplier.get(done["links"]["record"]).json() == record
    problem(supplier.register(), 409, "already-registered")


def test_a_request_that_is_repeated_after_the_erasure_is_a_new_one(api: Api) -> None:
    supplier = api.supplier
    first = supplier.notarise(PDF, key="once").json()
    supplier.send("DELETE", f"{first['links']['self']}/opening")
    again = supplier.notarise(PDF, key="once").json()
    assert again["id"] != first["id"]


def test_only_the_member_itself_erases_and_never_by_a_key_that_looks(api: Api) -> None:
    supplier = api.supplier
    path = supplier.notarise().json()["links"]["self"]
    problem(api.buyer.send("DELETE", f"{path}/opening"), 404, "unknown-document")
    auditor = api.caller(SUPPLIER, Role.AUDITOR)
    problem(auditor.send("DELETE", f"{path}/opening"), 403, "wrong-role")
    problem(api.stranger.send("DELETE", f"{path}/opening"), 401, "unauthenticated")
    problem(supplier.send("DELETE", f"{_UNKNOWN}/opening"), 404, "unknown-document")
    assert "erased_at" not in supplier.get(path).json()


def screened(api: Api, content: bytes, caller: Caller | None = None) -> list[str]:
    """What the supplier, if nobody else asks, is told of a file, by kind."""
    file = {"name": "one", "content_base64": base64.b64encode(content).decode()}
    response = (caller or api.supplier).post("/v1/screenings", json={"files": [file]})
    assert response.status_code == 200, response.text
    (answer,) = response.json()["files"]
    return [found["kind"] for found in answer["findings"]]


def seen(api: Api) -> list[tuple[str, str]]:
    """Members and numbers of all sightings."""
    with api.service.ledger.store.reading() as connection:
        rows = connection.execute(text("SELECT member, number FROM seen_invoices"))
        return sorted((row.member, row.number) for row in rows)


def traces(api: Api) -> tuple[int, ...]:
    """How many parties and references of sightings are kept."""
    tables = ("seen_parties", "seen_references")
    with api.service.ledger.store.reading() as connection:
        return tuple(
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - two fixed names
            for table in tables
        )


@pytest.mark.parametrize(
    "parts", [{}, {"type_code": "389", "buyer": VAT_ID, "seller": party_id("V-17")}]
)
def test_other_renderings_of_an_erased_invoice_are_forgotten_and_other_invoices_are_not(
    api: Api, parts: dict[str, str]
) -> None:
    content = ubl(number="R/1", more=refers_to("Q-1"), **parts).encode()
    renderings = (content + b" ", ubl(number="r 1", **total("120.00"), **parts).encode())
    kept = (
        ubl(number="R-2", **parts).encode(),
        ubl(number="R-1", issue_date="2024-03-19", **parts).encode(),
    )
    query = {"buyer": BUYER}
    registered = api.supplier.post("/v1/invoices", params=query, content=content, headers=XML)
    done = api.done(api.supplier, registered)
    for file in kept:
        screened(api, file)
    before, counted = seen(api), traces(api)
    assert (SUPPLIER, "R/1") in before
    for file in renderings:
        assert "seen-before" in screened(api, file) or "seen-otherwise" in screened(api, file)
    screened(api, renderings[0], api.financier)

    path = f"/v1/documents/{done['document']}/opening"
    assert api.supplier.send("DELETE", path).status_code == 200
    assert seen(api) == sorted(
        [(FINANCIER, "R/1"), *(one for one in before if one != (SUPPLIER, "R/1"))]
    )
    assert traces(api) == counted, "the financier's rendering stands for the registered one"


def test_by_its_fields_alone_an_invoice_is_forgotten_for_the_one_member(api: Api) -> None:
    screened(api, ubl(number="D-1").encode())
    with api.service.ledger.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM seen_invoices")).scalar_one() == 1
    identity = identity_of_fields(
        invoice_fields(read_invoice(ubl(number="d1").encode(), max_bytes=10**6), NOWHERE)
    )
    with api.service.ledger.store.writing() as connection:
        seen_invoices.forget(connection, BUYER, NOWHERE.digest, None, identity)
    assert seen(api) == [(SUPPLIER, "D-1")]
    with api.service.ledger.store.writing() as connection:
        seen_invoices.forget(connection, SUPPLIER, NOWHERE.digest, None, identity)
    assert (seen(api), traces(api)) == ([], (0, 0))

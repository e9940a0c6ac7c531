import itertools
import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import httpx
import pytest

from api.bundle_uploads import HashedFiles
from ledger.chain.membership import Role
from ledger.errors import InvalidRequest
from ledger.evidence import parse_evidence
from tests.api.clients import Api, Caller, problem
from tests.api.exchange import Exchange, exchange
from tests.support.consortium import SUPPLIER
from tests.support.service import MAX_BUNDLE_BYTES, MAX_DOCUMENT_BYTES

LINES = {"Content-Type": "application/x-ndjson"}
PDF = "application/pdf"
PIECE = bytes(64 * 1024)
_UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


def line(content: bytes) -> bytes:
    return b'{"digest":"0x%b","size":%d}\n' % (sha256(content).hexdigest().encode(), len(content))


def lines(count: int) -> bytes:
    return b"".join(line(b"document %d" % number) for number in range(count))


def hand_in(
    caller: Caller, body: bytes, headers: Mapping[str, str] | None = None, query: str = ""
) -> httpx.Response:
    return caller.post(f"/v1/bundles{query}", content=body, headers={**LINES, **(headers or {})})


def upload(caller: Caller, *files: tuple[str, bytes, str], query: str = "") -> httpx.Response:
    return caller.post(f"/v1/bundles{query}", files=[("file", file) for file in files])


def accepted(response: httpx.Response) -> Any:
    assert response.status_code == 202, response.text
    return response.json()


def evidence_of(caller: Caller, bundle: Any) -> list[bytes]:
    response = caller.get(bundle["links"]["evidence"])
    assert response.status_code == 200, response.text
    return response.content[:-1].split(b"\n")


def test_an_accepted_bundle_says_where_it_is_and_what_it_is(api: Api) -> None:
    response = hand_in(api.supplier, lines(3))
    bundle = accepted(response)
    path = f"/v1/bundles/{bundle['id']}"
    assert response.headers["Location"] == path
    assert bundle == {
        "id": bundle["id"],
        "state": "accepted",
        "size": 3,
        "media_type": "application/octet-stream",
        "accepted_at": bundle["accepted_at"],
        "links": {"self": path, "evidence": f"{path}/evidence"},
    }


def test_a_final_bundle_streams_the_evidence_of_every_document_in_order(api: Api) -> None:
    supplier = api.supplier
    bundle = accepted(hand_in(supplier, lines(300), query=f"?media_type={PDF}"))
    problem(supplier.get(bundle["links"]["evidence"]), 409, "not-final-yet")
    api.settle()

    assert supplier.get(bundle["links"]["self"]).json() == {**bundle, "state": "final"}
    response = supplier.get(bundle["links"]["evidence"])
    assert response.headers["Content-Type"] == "application/x-ndjson"
    name = f'attachment; filename="{bundle["id"]}.evidence.ndjson"'
    assert response.headers["Content-Disposition"] == name
    found = response.content[:-1].split(b"\n")
    assert len(found) == 300
    for number, file in enumerate(found):
        evidence = parse_evidence(file, max_bytes=100_000)
        digest = sha256(b"document %d" % number).digest()
        assert evidence.document is not None
        assert evidence.document.digest == digest
        assert evidence.opening.statement.media_type == PDF
    for number in (0, 299):
        one = supplier.get(f"{bundle['links']['self']}/documents/{number}/evidence")
        assert one.headers["Content-Type"] == "application/json"
        assert one.content == found[number]


def test_files_are_the_same_bundle_as_lines_of_their_digests(api: Api) -> None:
    supplier = api.supplier
    contents = [b"first", b"second" * 100_000, b"\r\n--third\r\n"]
    files = [(f"{number}.pdf", content, PDF) for number, content in enumerate(contents)]
    bundle = accepted(upload(supplier, *files))
    assert (bundle["size"], bundle["media_type"]) == (3, PDF)
    api.settle()
    for content, file in zip(contents, evidence_of(supplier, bundle), strict=True):
        statement = json.loads(file)["statement"]
        assert statement["digest"] == "0x" + sha256(content).hexdigest()
        assert statement["size"] == len(content)


def test_bundles_are_listed_page_by_page_and_each_once(api: Api) -> None:
    supplier = api.supplier
    handed_in = [accepted(hand_in(supplier, lines(1)))["id"] for _ in range(5)]
    listed, query = [], {"limit": "2"}
    while True:
        page = supplier.get("/v1/bundles", params=query).json()
        listed += [item["id"] for item in page["items"]]
        if "next" not in page:
            break
        query["after"] = page["next"]
    assert listed == handed_in
    assert api.buyer.get("/v1/bundles").json() == {"items": []}


def test_the_bundle_of_another_member_is_not_there(api: Api) -> None:
    path = accepted(hand_in(api.supplier, lines(1)))["links"]["self"]
    api.settle()
    one = f"{path}/documents/0"
    for asked in (path, f"{path}/evidence", f"{one}/evidence", f"/v1/bundles/{_UNKNOWN}"):
        problem(api.buyer.get(asked), 404, "unknown-bundle")
    problem(api.buyer.send("DELETE", f"{one}/opening"), 404, "unknown-bundle")
    assert api.supplier.get(f"{one}/evidence").status_code == 200


@pytest.mark.parametrize(
    ("index", "status"), [("3", 404), ("65535", 404), ("65536", 422), ("-1", 422), ("x", 422)]
)
def test_a_document_that_the_bundle_does_not_have_is_not_found(
    api: Api, index: str, status: int
) -> None:
    path = accepted(hand_in(api.supplier, lines(3)))["links"]["self"]
    code = "unknown-document" if status == 404 else "invalid-request"
    problem(api.supplier.get(f"{path}/documents/{index}/evidence"), status, code)
    problem(api.supplier.send("DELETE", f"{path}/documents/{index}/opening"), status, code)


def test_an_erased_document_is_gone_and_the_others_stay(api: Api) -> None:
    supplier = api.supplier
    body, key = lines(3), {"Idempotency-Key": "mine"}
    bundle = accepted(hand_in(supplier, body, key))
    api.settle()
    before = evidence_of(supplier, bundle)
    path = f"{bundle['links']['self']}/documents/1"
    for _ in range(2):
        assert supplier.send("DELETE", f"{path}/opening").status_code == 200
    problem(supplier.get(f"{path}/evidence"), 410, "erased")
    assert evidence_of(supplier, bundle) == [before[0], b'{"erased":true}', before[2]]


def test_a_bundle_of_which_something_was_erased_is_not_anchored_again_by_a_late_retry(
    api: Api,
) -> None:
    supplier = api.supplier
    body, key = lines(3), {"Idempotency-Key": "mine"}
    bundle = accepted(hand_in(supplier, body, key))
    path = f"{bundle['links']['self']}/documents"
    for index in (1, 0):
        supplier.send("DELETE", f"{path}/{index}/opening")
        found = problem(hand_in(supplier, body, key), 409, "idempotency-key-reused")
        assert bundle["id"] in found["detail"]
    assert len(supplier.get("/v1/bundles").json()["items"]) == 1
    supplier.send("DELETE", f"{path}/2/opening")
    again = accepted(hand_in(supplier, body, key))
    assert again["id"] != bundle["id"], "nothing of the request was left, so it was forgotten"


def test_an_auditor_looks_and_hands_nothing_in(api: Api) -> None:
    bundle = accepted(hand_in(api.supplier, lines(1)))
    auditor = api.caller(SUPPLIER, Role.AUDITOR)
    problem(hand_in(auditor, lines(1)), 403, "wrong-role")
    path = bundle["links"]["self"]
    problem(auditor.send("DELETE", f"{path}/documents/0/opening"), 403, "wrong-role")
    assert auditor.get(path).status_code == 200


def test_a_retry_finds_the_first_bundle_in_whichever_form_it_comes(api: Api) -> None:
    supplier, key = api.supplier, {"Idempotency-Key": "bundle 1"}
    first = accepted(hand_in(supplier, line(b"one") + line(b"two"), key, f"?media_type={PDF}"))
    spaced = (line(b"one") + line(b"two")).replace(b":", b" : ")
    assert accepted(hand_in(supplier, spaced, key, f"?media_type={PDF}")) == first
    files = [("file", ("a", b"one", PDF)), ("file", ("b", b"two", PDF))]
    for _ in range(2):  # each with a boundary of its own
        found = supplier.post("/v1/bundles", files=files, headers=key)
        assert accepted(found) == first
    assert len(supplier.get("/v1/bundles").json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (line(b"two") + line(b"one"), ""),
        (line(b"one"), ""),
        (line(b"one") + line(b"two") + line(b"two"), ""),
        (line(b"one") + line(b"two"), f"?media_type={PDF}"),
    ],
)
def test_a_key_that_was_used_for_other_documents_is_refused(
    api: Api, body: bytes, query: str
) -> None:
    supplier, key = api.supplier, {"Idempotency-Key": "bundle 1"}
    accepted(hand_in(supplier, line(b"one") + line(b"two"), key))
    problem(hand_in(supplier, body, key, query), 409, "idempotency-key-reused")
    assert len(supplier.get("/v1/bundles").json()["items"]) == 1


def test_a_key_of_a_document_is_not_one_of_a_bundle(api: Api) -> None:
    supplier = api.supplier
    supplier.notarise(key="mine")
    again = hand_in(supplier, lines(1), {"Idempotency-Key": "mine"})
    problem(again, 409, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("body", "code", "details"),
    [
        (b"", "document-refused", {}),
        (b"\n", "invalid-line", {"line": 1}),
        (lines(2) + b"\n", "invalid-line", {"line": 3}),
        (lines(2) + b"{}\n" + lines(2), "invalid-line", {"line": 3}),
        (lines(2).replace(b"0x", b"0y", 1), "invalid-line", {"line": 1}),
        (b"[" + lines(1) + b"]", "invalid-line", {"line": 1}),
        (line(b"") + lines(1), "invalid-line", {"line": 1}),
    ],
)
def test_one_bad_line_refuses_all(
    refusing: Api, body: bytes, code: str, details: dict[str, Any]
) -> None:
    found = problem(hand_in(refusing.supplier, body), 422, code)
    assert details.items() <= found.items()
    assert refusing.supplier.get("/v1/bundles").json() == {"items": []}


def test_no_more_than_65536_documents_are_taken(api: Api) -> None:
    one = line(b"x")
    assert accepted(hand_in(api.supplier, one * 65_536))["size"] == 65_536
    found = problem(hand_in(api.supplier, one * 65_537), 422, "bundle-too-large")
    assert found["max_documents"] == 65_536


@pytest.mark.parametrize(
    ("files", "query", "detail"),
    [
        ([("a", b"", PDF)], "", "file 1 is empty"),
        ([("a", b"x", PDF), ("b", b"", PDF)], "", "file 2 is empty"),
        ([("a", b"x", PDF), ("b", b"x", "text/plain")], "", "file 2 is text/plain, and the bundle"),
        ([("a", b"x", PDF)], "?media_type=text/plain", "file 1 is application/pdf, and the bundle"),
        ([("a", b"x", "pdf")], "", "file 1 is of no known kind"),
    ],
)
def test_one_bad_file_refuses_all(
    refusing: Api, files: list[tuple[str, bytes, str]], query: str, detail: str
) -> None:
    found = problem(upload(refusing.supplier, *files, query=query), 422, "invalid-file")
    assert detail in found["detail"]
    assert found["file"] == len(files)


def test_files_without_a_type_take_the_one_that_is_named(api: Api) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc\r\n--b--\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    for query, media_type in (("", "application/octet-stream"), (f"?media_type={PDF}", PDF)):
        bundle = accepted(hand_in(api.supplier, body, form, query))
        assert (bundle["size"], bundle["media_type"]) == (1, media_type)


@pytest.mark.parametrize("media_type", ["pdf", "", "a/b/c", "text/" + "x" * 130])
def test_a_media_type_that_is_none_is_refused(refusing: Api, media_type: str) -> None:
    found = problem(
        hand_in(refusing.supplier, lines(1), query=f"?media_type={media_type}"),
        422,
        "invalid-request",
    )
    assert "media_type" in found["detail"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/pdf", "text/plain", "", "x"]
)
def test_other_forms_of_a_body_are_not_taken(refusing: Api, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    problem(hand_in(refusing.supplier, lines(1), headers), 415, "unsupported-media-type")


def test_a_form_that_is_malformed_is_refused(refusing: Api) -> None:
    for form, body in (("multipart/form-data", b""), ("multipart/form-data; boundary=b", b"x")):
        found = hand_in(refusing.supplier, body, {"Content-Type": form})
        problem(found, 422, "invalid-multipart")


def stream(
    caller: Caller,
    pieces: Iterator[bytes | None],
    content_type: str,
    headers: Mapping[str, str] | None = None,
) -> Exchange:
    sent = {"Content-Type": content_type, **(headers or {})}
    if caller.secret is not None:
        sent["Authorization"] = f"Bearer {caller.secret}"
    return exchange(caller.http.app, "/v1/bundles", sent, pieces)


def form_of(content: Iterator[bytes]) -> Iterator[bytes]:
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    return itertools.chain([head], content)


FORM = "multipart/form-data; boundary=b"


def test_a_file_beyond_the_limit_is_read_little_further_than_it(refusing: Api) -> None:
    found = stream(refusing.supplier, form_of(itertools.repeat(PIECE)), FORM)
    assert (found.status, found.json()["code"]) == (413, "body-too-large")
    assert found.json()["max_bytes"] == MAX_DOCUMENT_BYTES
    assert found.json()["detail"].startswith("file 1 is larger")
    assert found.taken <= MAX_DOCUMENT_BYTES // len(PIECE) + 6


def test_files_that_are_too_much_together_are_read_no_further_than_the_limit(
    refusing: Api,
) -> None:
    small = b'\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    endless = form_of(itertools.cycle([PIECE, small]))
    found = stream(refusing.supplier, endless, FORM)
    assert (found.status, found.json()["max_bytes"]) == (413, MAX_BUNDLE_BYTES)
    assert found.taken <= 2 * MAX_BUNDLE_BYTES // len(PIECE) + 2


@pytest.mark.parametrize("content_type", [FORM, "application/x-ndjson"])
def test_what_announces_too_much_is_not_read_at_all(refusing: Api, content_type: str) -> None:
    announced = {"Content-Length": str(2**40)}
    found = stream(refusing.supplier, itertools.repeat(PIECE), content_type, announced)
    assert (found.status, found.taken) == (413, 0)


def test_lines_without_end_are_read_no_further_than_one_too_many(refusing: Api) -> None:
    found = stream(refusing.supplier, itertools.repeat(lines(600)), "application/x-ndjson")
    assert (found.status, found.json()["code"]) == (422, "bundle-too-large")
    assert found.taken <= 65_536 // 600 + 6


def test_a_line_without_end_is_refused_soon(refusing: Api) -> None:
    found = stream(refusing.supplier, itertools.repeat(b" " * 65_536), "application/x-ndjson")
    assert (found.status, found.json()["code"]) == (422, "invalid-line")
    assert found.taken <= 5


@pytest.mark.parametrize("content_type", [FORM, "application/x-ndjson"])
def test_a_stranger_cannot_make_the_service_read(refusing: Api, content_type: str) -> None:
    found = stream(refusing.stranger, itertools.repeat(PIECE), content_type)
    assert (found.status, found.taken) == (401, 0)


def test_what_a_client_left_half_sent_is_not_accepted(api: Api) -> None:
    supplier = api.supplier
    for pieces, form in (
        ([lines(3), None], "application/x-ndjson"),
        ([*form_of(iter([b"abc"])), None], FORM),
    ):
        stream(supplier, iter(pieces), form)
    assert supplier.get("/v1/bundles").json() == {"items": []}


def test_lines_in_any_pieces_are_one_bundle(api: Api) -> None:
    body = lines(20)
    pieces = iter([body[at : at + 7] for at in range(0, len(body), 7)])
    found = stream(api.supplier, pieces, "application/x-ndjson")
    assert (found.status, found.json()["size"]) == (202, 20)


def test_no_more_than_65536_files_are_taken() -> None:
    files = HashedFiles(FORM, None, max_bytes=1)
    for _ in range(65_536):
        files.begin(None)
        files.data(b"x")
        files.end()
    with pytest.raises(InvalidRequest, match="more than 65536 documents"):
        files.begin(None)

import itertools
from collections.abc import Iterator

import pytest

from tests.api.clients import AS_PDF, Api, Caller, problem
from tests.api.exchange import Exchange, exchange
from tests.support.service import MAX_DOCUMENT_BYTES

PIECE = bytes(64 * 1024)
PIECES_ALLOWED = MAX_DOCUMENT_BYTES // len(PIECE)


def upload(caller: Caller, pieces: Iterator[bytes | None], *, announced: object = None) -> Exchange:
    headers = dict(AS_PDF)
    if caller.secret is not None:
        headers["Authorization"] = f"Bearer {caller.secret}"
    if announced is not None:
        headers["Content-Length"] = str(announced)
    return exchange(caller.http.app, "/v1/documents", headers, pieces)


def test_an_empty_document_is_refused(refusing: Api) -> None:
    body = problem(refusing.supplier.notarise(b""), 422, "document-refused")
    assert body["detail"] == "the document is empty"


def test_a_document_of_exactly_the_limit_is_accepted_and_one_more_byte_is_not(api: Api) -> None:
    assert api.supplier.notarise(bytes(MAX_DOCUMENT_BYTES)).status_code == 202
    body = problem(api.supplier.notarise(bytes(MAX_DOCUMENT_BYTES + 1)), 413, "body-too-large")
    assert body["max_bytes"] == MAX_DOCUMENT_BYTES


def test_a_body_without_end_is_read_one_piece_beyond_the_limit(refusing: Api) -> None:
    found = upload(refusing.supplier, itertools.repeat(PIECE))
    assert found.status == 413
    assert found.json()["code"] == "body-too-large"
    assert found.taken == PIECES_ALLOWED + 1


def test_a_body_that_announces_too_much_is_not_read_at_all(refusing: Api) -> None:
    found = upload(refusing.supplier, itertools.repeat(PIECE), announced=MAX_DOCUMENT_BYTES + 1)
    assert (found.status, found.taken) == (413, 0)


def test_a_length_of_thousands_of_digits_is_too_much(refusing: Api) -> None:
    found = upload(refusing.supplier, itertools.repeat(PIECE), announced="9" * 5000)
    assert (found.status, found.taken) == (413, 0)


def test_a_body_that_is_longer_than_it_announces_is_read_no_further_than_the_limit(
    refusing: Api,
) -> None:
    found = upload(refusing.supplier, itertools.repeat(PIECE), announced=5)
    assert (found.status, found.taken) == (413, PIECES_ALLOWED + 1)


def test_a_body_in_pieces_within_the_limit_is_one_document(api: Api) -> None:
    found = upload(api.supplier, iter([b"one ", b"two"]))
    assert (found.status, found.json()["size"]) == (202, 7)


def test_a_stranger_cannot_make_the_service_read(refusing: Api) -> None:
    found = upload(refusing.stranger, itertools.repeat(PIECE))
    assert (found.status, found.taken) == (401, 0)


def test_what_a_client_left_half_sent_is_not_accepted(api: Api) -> None:
    supplier = api.supplier
    found = upload(supplier, iter([b"the first half", None]))
    assert found.status is None
    assert supplier.get("/v1/documents").json() == {"items": []}


@pytest.mark.parametrize(
    ("content_type", "sentence"),
    [
        (None, "say what the body is"),
        ("", "is not a media type"),
        ("pdf", "is not a media type"),
        ("application/pdf/x", "is not a media type"),
        ("application/p\xe4f", "is not a media type"),
        ("multipart/form-data; boundary=x", "send the document's bytes themselves"),
        ("application/x-www-form-urlencoded", "send the document's bytes themselves"),
    ],
)
def test_a_document_without_a_usable_media_type_is_refused(
    refusing: Api, content_type: str | None, sentence: str
) -> None:
    headers: dict[str, str] = {}
    if content_type is not None:
        headers["Content-Type"] = content_type.encode("latin-1")  # type: ignore[assignment]  # httpx takes bytes where text is not ASCII
    response = refusing.supplier.post("/v1/documents", content=b"bytes", headers=headers)
    assert sentence in problem(response, 415, "unsupported-media-type")["detail"]


def test_nothing_refused_is_kept(api: Api) -> None:
    supplier = api.supplier
    supplier.notarise(b"")
    supplier.notarise(bytes(MAX_DOCUMENT_BYTES + 1))
    supplier.post("/v1/documents", content=b"bytes")
    assert supplier.get("/v1/documents").json() == {"items": []}

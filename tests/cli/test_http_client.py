import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.problems import ANSWERS
from ledger.cli.http_client import AnchorStatus, ApiClient, open_api
from ledger.cli.patience import Patience
from ledger.cli.uploads import NotFinalYet, Outcome, Upload, fetch_evidence, hand_over
from ledger.errors import (
    ConfigurationError,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    Refusal,
    TransportError,
    Unauthenticated,
)
from tests.cli.servers import serving

DOCUMENT = UUID("01920000-0000-7000-8000-000000000000")


def problem(status: int, **members: Any) -> Response:
    form = {"title": "…", "status": status, **members}
    return JSONResponse(form, status, media_type="application/problem+json")


def document(state: str) -> Response:
    return JSONResponse({"id": str(DOCUMENT), "state": state})


@contextmanager
def answering(*responses: Response) -> Iterator[ApiClient]:
    """A client of a service that gives these answers in order, and the last one for ever."""
    waiting = list(responses)

    async def answer(_request: Request) -> Response:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    with serving(app) as url, open_api(url, "sbk_test") as client:
        yield client


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (413, InvalidRequest),
        (415, InvalidRequest),
        (422, InvalidRequest),
    ],
)
def test_a_problem_is_the_refusal_that_the_service_raised(status: int, kind: type[Refusal]) -> None:
    refused = problem(status, detail="no, because", code="because", record="0x12", errors=[1])
    with answering(refused) as api, pytest.raises(kind) as caught:
        api.document(DOCUMENT)
    assert str(caught.value) == "no, because"
    assert caught.value.rule == "because"
    assert caught.value.details == {"record": "0x12"}


@pytest.mark.parametrize(
    "answer",
    [
        problem(503, detail="try again in a moment", code="unreachable"),
        problem(500, detail="something went wrong inside the service", code="internal-error"),
        PlainTextResponse("<h1>Bad gateway</h1>", 502),
        PlainTextResponse("<h1>Not here</h1>", 404),
        JSONResponse(["not", "an", "object"], 409),
        PlainTextResponse("fine"),
        JSONResponse({"id": "not-a-uuid", "state": "final"}),
        JSONResponse([]),
    ],
)
def test_an_answer_that_is_no_answer_is_a_failure_of_transport(answer: Response) -> None:
    with answering(answer) as api, pytest.raises(TransportError):
        api.document(DOCUMENT)


@pytest.mark.parametrize(
    "sentence",
    [
        ANSWERS[TransportError].sentence,
        "too many requests at once; try again in a moment, with the same Idempotency-Key",
    ],
)
def test_whoever_types_commands_is_not_told_of_headers(sentence: str) -> None:
    troubled = problem(503, detail=sentence, code="unreachable")
    with answering(troubled) as api, pytest.raises(TransportError) as caught:
        api.document(DOCUMENT)
    assert str(caught.value).endswith("; run the same command again in a moment")
    assert "Idempotency-Key" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "localhost:8000", "http://", "http://a:port", "ftp://a"])
def test_a_url_that_is_none_is_a_matter_of_configuration(url: str) -> None:
    with pytest.raises(ConfigurationError), open_api(url, "sbk_test"):
        pass


def outcome(folder: Path) -> Outcome:
    upload = Upload(folder / "a.txt", "text/plain", folder / "a.evidence.json")
    return Outcome(upload, AnchorStatus(DOCUMENT, "accepted", None))


def test_a_file_is_handed_over_again_until_the_service_answers(tmp_path: Path) -> None:
    upload = outcome(tmp_path).upload
    upload.file.write_text("document")
    away = problem(503, detail="the database is away", code="unreachable")
    with answering(away, away, document("accepted")) as api:
        done = hand_over(api, upload, Patience(30))
    assert done == Outcome(upload, AnchorStatus(DOCUMENT, "accepted", None))


def test_waiting_outlasts_a_service_that_starts_anew(tmp_path: Path) -> None:
    answers = (
        problem(503, detail="starting", code="unreachable"),
        document("mined"),
        document("final"),
        PlainTextResponse("evidence"),
    )
    with answering(*answers) as api:
        done = fetch_evidence(api, outcome(tmp_path), Patience(30))
    assert done.document == AnchorStatus(DOCUMENT, "final", None)
    assert (tmp_path / "a.evidence.json").read_bytes() == b"evidence"


def test_waiting_ends_at_its_deadline_and_says_why_it_took_so_long(tmp_path: Path) -> None:
    waiting = JSONResponse(
        {"id": str(DOCUMENT), "state": "batched", "waiting_because": "the key is gone"}
    )
    with (
        answering(waiting) as api,
        pytest.raises(NotFinalYet, match=r"not final yet: the key is gone\. Run the command"),
    ):
        fetch_evidence(api, outcome(tmp_path), Patience(0))
    assert not (tmp_path / "a.evidence.json").exists()


def test_waiting_for_a_service_that_does_not_answer_ends_as_unreachable(tmp_path: Path) -> None:
    with (
        answering(problem(503, detail="starting", code="unreachable")) as api,
        pytest.raises(TransportError, match="is accepted as document") as caught,
    ):
        fetch_evidence(api, outcome(tmp_path), Patience(0))
    assert caught.value.code == "unreachable"


def test_evidence_that_changed_since_is_not_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / "a.evidence.json"
    kept.write_bytes(b"of another service")
    with answering(document("final"), PlainTextResponse("evidence")) as api:
        done = fetch_evidence(api, outcome(tmp_path), Patience(30))
    assert done.refusal is not None
    assert done.refusal.rule == "evidence-exists"
    assert kept.read_bytes() == b"of another service"


def test_evidence_of_many_comes_in_pieces_as_it_was_sent() -> None:
    content = b"line\n" * 100_000
    with (
        answering(Response(content)) as api,
        api.bundle_evidence(DOCUMENT) as pieces,
    ):
        taken = list(pieces)
    assert b"".join(taken) == content
    assert len(taken) > 1


def test_a_refusal_of_evidence_is_the_one_that_the_service_raised() -> None:
    refused = problem(409, detail="not yet", code="not-final-yet")
    with (
        answering(refused) as api,
        pytest.raises(Conflict, match="not yet") as caught,
        api.bundle_evidence(DOCUMENT),
    ):
        pass
    assert caught.value.rule == "not-final-yet"


def test_evidence_that_is_cut_off_is_a_failure_of_transport() -> None:
    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a line")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with (
            open_api(url, "sbk_test") as api,
            pytest.raises(TransportError, match="does not answer"),
            api.bundle_evidence(DOCUMENT) as pieces,
        ):
            list(pieces)
        thread.join()

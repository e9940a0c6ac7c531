import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ledger.cli import digest_lists, patience
from ledger.cli.bundling import HandedIn, hand_in, write_evidence
from ledger.cli.digest_lists import DigestList, open_digest_list
from ledger.cli.http_client import AnchorStatus, ApiClient, open_api
from ledger.cli.parallel import in_parallel
from ledger.cli.patience import GivenUp, Patience
from ledger.cli.progress import Progress
from ledger.cli.uploads import NotFinalYet
from ledger.errors import (
    Forbidden,
    InvalidRequest,
    NotFound,
    SealbookError,
    TransportError,
    VerificationError,
)
from tests.cli.listing import digest_of, write_list
from tests.cli.servers import serving

BUNDLE = UUID("01920000-0000-7000-8000-000000000000")
HIDDEN = Progress("…", None, hidden=True)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_PAUSE_SECONDS", 0.001)


class Answering:
    """A service that gives prepared answers in order, the last one for ever, and keeps requests."""

    def __init__(self, *answers: Response) -> None:
        self._answers = list(answers)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        self.requests.append((request.method, str(request.url.path), dict(request.headers), body))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@contextmanager
def asked(service: Answering) -> Iterator[ApiClient]:
    app = Starlette(routes=[Route("/{path:path}", service.__call__, methods=["GET", "POST"])])
    with serving(app) as url, open_api(url, "sbk_test") as client:
        yield client


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DigestList]:
    """Four documents, in bundles of three and one."""
    monkeypatch.setattr(digest_lists, "LINES_PER_BUNDLE", 3)
    with open_digest_list(write_list(tmp_path / "list", "document", 4)) as opened:
        yield opened


def status(state: str) -> Response:
    return JSONResponse({"id": str(BUNDLE), "state": state, "size": 3})


def problem(number: int, **members: str | int) -> Response:
    form = {"status": number, "detail": "because", **members}
    return JSONResponse(form, number, media_type="application/problem+json")


def evidence(*numbers: int) -> bytes:
    """Lines that look like the evidence of documents."""
    lines = (
        b'{"header":"0x00","statement":{"digest":"%s","size":10}}\n'
        % digest_of(f"document {number}").encode()
        for number in numbers
    )
    return b"".join(lines)


def in_pieces(content: bytes, length: int) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), length):
            yield content[start : start + length]

    return StreamingResponse(pieces())


def fetch(
    service: Answering,
    listed: DigestList,
    folder: Path,
    *,
    state: str = "final",
    seconds: float = 5,
) -> bytes:
    """Write the evidence of the first bundle behind what is there, and return all."""
    part = HandedIn(listed.chunks[0], AnchorStatus(BUNDLE, state, None))
    with asked(service) as api, (folder / "out").open("w+b") as out:
        out.write(b"before\n")
        write_evidence(api, listed, [part], out, Patience(seconds), HIDDEN)
        out.seek(0)
        return out.read()


def test_a_service_that_starts_anew_gets_the_same_request_again(listed: DigestList) -> None:
    service = Answering(problem(503), problem(500), status("accepted"))
    with asked(service) as api:
        handed = hand_in(api, listed, "text/plain", Patience(20), HIDDEN)
    assert [part.chunk.first_line for part in handed] == [1, 4]
    assert {method for method, *_ in service.requests} == {"POST"}
    sent = {(headers["idempotency-key"], body) for _, _, headers, body in service.requests}
    assert sorted(body for _, body in sent) == sorted(listed.body(part) for part in listed.chunks)
    assert len(service.requests) == 4


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the zone of this machine's clock, until the end of the test."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("name", "told_as"), [("UTC0", "UTC"), ("XST-5:30", r"UTC\+05:30")])
def test_a_person_is_told_once_that_the_service_does_not_answer(
    listed: DigestList, zone: Callable[[str], None], name: str, told_as: str
) -> None:
    zone(name)
    told: list[str] = []
    patience = Patience(20)
    patience.tell_by(told.append)
    with asked(Answering(problem(503), problem(503), status("accepted"))) as api:
        hand_in(api, listed, "text/plain", patience, HIDDEN)
    assert len(told) == 1
    assert re.fullmatch(
        rf"The service does not answer; trying again until \d\d:\d\d:\d\d {told_as}\.", told[0]
    )


def test_a_service_that_answers_is_told_nothing_of(listed: DigestList) -> None:
    told: list[str] = []
    patience = Patience(20)
    patience.tell_by(told.append)
    with asked(Answering(status("accepted"))) as api:
        hand_in(api, listed, "text/plain", patience, HIDDEN)
    assert told == []


def test_keys_differ_by_content_and_media_type_and_are_the_same_again(listed: DigestList) -> None:
    keys: list[list[str]] = []
    for media_type in ("text/plain", "application/pdf", "text/plain"):
        service = Answering(status("accepted"))
        with asked(service) as api:
            hand_in(api, listed, media_type, Patience(5), HIDDEN)
        keys.append(sorted(headers["idempotency-key"] for _, _, headers, _ in service.requests))
    assert keys[0] == keys[2]
    assert len({*keys[0], *keys[1]}) == 4


def test_a_refusal_names_the_lines_that_it_is_about(listed: DigestList) -> None:
    refused = problem(422, code="invalid-line", line=2)
    with asked(Answering(refused)) as api, pytest.raises(InvalidRequest) as caught:
        hand_in(api, listed, "text/plain", Patience(5), HIDDEN)
    assert str(caught.value) == "lines 1 to 3 of the list are refused: because"
    assert (caught.value.rule, caught.value.details) == ("invalid-line", {"line": 2})


def test_a_refusal_of_the_member_is_not_that_of_lines(listed: DigestList) -> None:
    with asked(Answering(problem(403))) as api, pytest.raises(Forbidden, match=r"^because$"):
        hand_in(api, listed, "text/plain", Patience(5), HIDDEN)


def test_a_service_that_stays_away_is_told_once_the_patience_is_over(listed: DigestList) -> None:
    with asked(Answering(problem(503))) as api, pytest.raises(TransportError, match="because"):
        hand_in(api, listed, "text/plain", Patience(0.05), HIDDEN)


@pytest.mark.parametrize("length", [1, 7, 10_000])
def test_evidence_is_written_as_it_came_in_whatever_pieces(
    listed: DigestList, tmp_path: Path, length: int
) -> None:
    answer = in_pieces(evidence(1, 2, 3), length)
    assert fetch(Answering(answer), listed, tmp_path) == b"before\n" + evidence(1, 2, 3)


@pytest.mark.parametrize("cut", [1, 80, 200])
def test_evidence_that_ends_too_early_is_fetched_again_from_its_beginning(
    listed: DigestList, tmp_path: Path, cut: int
) -> None:
    whole = evidence(1, 2, 3)
    service = Answering(in_pieces(whole[:-cut], 50), problem(503), in_pieces(whole, 50))
    assert fetch(service, listed, tmp_path) == b"before\n" + whole
    assert len(service.requests) == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (evidence(1, 3, 2), "line 2 of the list is not of that document"),
        (evidence(1, 2, 4), "line 3 of the list is not of that document"),
        (evidence(1, 2, 3, 4), "for lines 1 to 3 is too long"),
        (evidence(1) + b"\n" + evidence(3), "line 2 of the list is not of that document"),
    ],
)
def test_evidence_of_something_else_is_refused(
    listed: DigestList, tmp_path: Path, content: bytes, told: str
) -> None:
    with pytest.raises(VerificationError, match=told):
        fetch(Answering(in_pieces(content, 64)), listed, tmp_path)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(
    listed: DigestList, tmp_path: Path
) -> None:
    endless = in_pieces(b"x" * 3 * 1024 * 1024, 64 * 1024)
    with pytest.raises(VerificationError, match="too long"):
        fetch(Answering(endless), listed, tmp_path)


def test_a_document_that_was_erased_meanwhile_is_named(listed: DigestList, tmp_path: Path) -> None:
    content = evidence(1) + b'{"erased":true}\n' + evidence(3)
    with pytest.raises(NotFound, match="line 2 of the list was erased") as caught:
        fetch(Answering(in_pieces(content, 64)), listed, tmp_path)
    assert caught.value.rule == "erased"


def test_evidence_is_fetched_once_the_bundle_is_final(listed: DigestList, tmp_path: Path) -> None:
    service = Answering(
        status("batched"), problem(503), status("final"), in_pieces(evidence(1, 2, 3), 64)
    )
    fetch(service, listed, tmp_path, state="accepted")
    path = f"/v1/bundles/{BUNDLE}"
    assert [asked_for for _, asked_for, _, _ in service.requests] == [
        *[path] * 3,
        f"{path}/evidence",
    ]


def test_a_bundle_that_goes_on_in_no_way_is_told_with_the_reason(
    listed: DigestList, tmp_path: Path
) -> None:
    waiting = JSONResponse(
        {"id": str(BUNDLE), "state": "signed", "waiting_because": "the key is gone"}
    )
    with pytest.raises(NotFinalYet, match=r"not final yet: the key is gone\. Run the command"):
        fetch(Answering(waiting), listed, tmp_path, state="signed", seconds=0.3)


def test_what_moves_on_is_waited_for_as_long_as_it_does() -> None:
    hopeful = Patience(0.2)
    for _ in range(4):
        time.sleep(0.1)
        assert not hopeful.lost()
        hopeful.rewarded()
    time.sleep(0.3)
    assert hopeful.lost()


def test_results_come_in_order_and_only_a_few_steps_ahead() -> None:
    begun: list[int] = []

    def step(number: int) -> int:
        begun.append(number)
        time.sleep(0.02 if number % 2 else 0)
        return number

    results = in_parallel(step, range(12), Patience(5))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    assert len(begun) <= 8
    assert list(results) == list(range(3, 12))


def test_steps_that_wait_give_up_when_one_fails() -> None:
    waits, patient = threading.Event(), Patience(60)
    given_up = []

    def step(number: int) -> None:
        if number == 0:
            assert waits.wait(20)
            raise SealbookError("the first one")
        waits.set()
        try:
            patient.pause(60)
        except GivenUp as error:
            given_up.append(error)
            raise

    with pytest.raises(SealbookError, match="the first one"):
        list(in_parallel(step, range(2), patient))
    assert len(given_up) == 1

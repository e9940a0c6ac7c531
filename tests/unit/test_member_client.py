import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ledger.errors import Refusal, TransportError
from scripts.member_client import MemberClient


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A server that gives one answer to whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/operation")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_problem_is_a_refusal_with_its_detail() -> None:
    problem = b'{"title": "Insufficient units", "detail": "there are 4"}'
    with (
        answering(409, problem) as url,
        pytest.raises(Refusal, match=r"^409 Insufficient units: there are 4$"),
    ):
        MemberClient(url, "key").accept("0x1")


@pytest.mark.parametrize("status", [202, 502])
def test_an_answer_that_is_not_json_is_reported_as_such(status: int) -> None:
    with (
        answering(status, b"<h1>Bad gateway</h1>") as url,
        pytest.raises(TransportError, match=f"answered {status} with something that is not JSON"),
    ):
        MemberClient(url, "key").accept("0x1")


def test_an_api_that_is_gone_is_reported_as_such() -> None:
    with answering(202, b"") as url:
        pass
    with pytest.raises(TransportError, match="the API did not answer POST /v1/records/0x1/"):
        MemberClient(url, "key").accept("0x1")

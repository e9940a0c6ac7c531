"""A web3 provider for a node at an HTTP URL, on the standard library's client.

What it adds to it: connections stay open and are shared by threads, a request has one deadline for
all of its steps, and an answer has a greatest size. It knows no proxies, follows no redirects and
asks for no compression: a node is named by the URL under which it answers.
"""

import io
import itertools
import socket
import ssl
import time
import weakref
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, cast
from urllib.parse import SplitResult, unquote, urlsplit

import orjson
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ledger.errors import NodeError

MAX_ANSWER_BYTES = 256 * 1024 * 1024
"""Of one HTTP response: the receipts of a hundred full blocks are a tenth of it."""

_PIECE_BYTES = 64 * 1024
_HTTPS = "https"
# What stands between may have forgotten a connection by then, and would swallow what is sent.
_MOST_IDLE_SECONDS = 30.0
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_REFUSING = frozenset(range(400, 500)) - _PASSING


class HttpProvider(JSONBaseProvider):
    """Asks a node at a URL. Nothing is sent, and nothing opened, before the first question.

    timeout_seconds: for one request in all, from connecting to the last byte of the answer; only
    the system's look-up of a host name has a limit of its own.
    A request raises TimeoutError after it, another OSError or HTTPException if the connection
    fails or the answer is none of HTTP with status 200, NodeError if it is too large or the node
    refuses the request as such (4xx), and ValueError if it is not JSON.
    """

    def __init__(
        self, url: str, *, timeout_seconds: float, max_answer_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        super().__init__()
        parts = urlsplit(url)
        self._parts = parts
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = _headers(parts)
        self._timeout_seconds = timeout_seconds
        self._max_answer_bytes = max_answer_bytes
        self._numbers = itertools.count(1)
        self._idle: deque[_Connection] = deque()  # the one used last at the end
        # Whoever drops a provider without closing it leaves no socket open.
        weakref.finalize(self, _close_all, self._idle)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # as web3 declares it
        """Ask one question."""
        answer: RPCResponse = orjson.loads(self._post(orjson.dumps(self._question(method, params))))
        return answer

    def make_batch_request(
        self, requests: list[tuple[RPCEndpoint, Any]]
    ) -> list[RPCResponse] | RPCResponse:
        """Ask several questions at once; their answers, in their order.

        Raises KeyError or TypeError unless each question has one answer, which names it by its id.
        A node that takes no batches answers with one error.
        """
        questions = [self._question(method, params) for method, params in requests]
        answers: Any = orjson.loads(self._post(orjson.dumps(questions)))
        if isinstance(answers, list):
            if len(answers) != len(questions):
                raise KeyError("id")
            of_question = {answer["id"]: answer for answer in answers}
            answers = [of_question[question["id"]] for question in questions]
        return cast("list[RPCResponse] | RPCResponse", answers)

    def close(self) -> None:
        """Close what is open and not in use."""
        _close_all(self._idle)

    def _question(self, method: str, params: Any) -> dict[str, object]:
        return {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params}

    def _post(self, body: bytes) -> bytes:
        now = time.monotonic()
        deadline = now + self._timeout_seconds
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._exchange(_Connection(self._parts), body, deadline)
        if connection.used_at < now - _MOST_IDLE_SECONDS:
            connection.close()
            _close_all(self._idle)  # which were used before
            return self._exchange(_Connection(self._parts), body, deadline)
        try:
            return self._exchange(connection, body, deadline)
        except (ConnectionError, ssl.SSLEOFError):
            # The node has closed what was idle, as it may at any time: the others are as old.
            _close_all(self._idle)
            return self._exchange(_Connection(self._parts), body, deadline)

    def _exchange(self, connection: "_Connection", body: bytes, deadline: float) -> bytes:
        connection.deadline = deadline
        try:
            connection.request("POST", self._target, body, self._headers)
            with connection.getresponse() as response:
                answer = _read(response, self._max_answer_bytes)
                stays_open = not response.will_close
        except BaseException:
            connection.close()
            raise
        if stays_open:
            connection.used_at = time.monotonic()
            self._idle.append(connection)
        else:
            connection.close()
        return answer


class _Connection(HTTPConnection):
    """A connection whose every step ends at a deadline (of time.monotonic), set anew by its user.

    The client's own timeout is for one step: a node that sends a byte now and then would hold it
    for ever.
    """

    deadline = 0.0
    used_at = 0.0

    def __init__(self, parts: SplitResult) -> None:
        self._is_secure = parts.scheme == _HTTPS
        super().__init__(parts.hostname or "", parts.port or (443 if self._is_secure else 80))

    def connect(self) -> None:
        """Connect, and agree on encryption if it is asked for."""
        plain = self._connected()
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = _Timed(self._secured(plain) if self._is_secure else plain, self)
        except BaseException:
            plain.close()
            raise

    def _connected(self) -> socket.socket:
        trouble: OSError | None = None
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        for *_, address in found:
            try:
                return socket.create_connection((str(address[0]), self.port), self.seconds_left())
            except OSError as error:
                trouble = error
        raise trouble or OSError(f"{self.host} has no address")

    def _secured(self, plain: socket.socket) -> socket.socket:
        plain.settimeout(self.seconds_left())
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)

    def seconds_left(self) -> float:
        """Seconds until the deadline. Raises TimeoutError if there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the node did not answer in time")
        return left


class _Timed:
    """What http.client needs of a socket."""

    def __init__(self, plain: socket.socket, connection: _Connection) -> None:
        self._socket = plain
        self._connection = connection

    def sendall(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            self._socket.settimeout(self._connection.seconds_left())
            left = left[self._socket.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._socket, self._connection), _PIECE_BYTES)

    def close(self) -> None:
        self._socket.close()


class _Incoming(io.RawIOBase):
    """What comes from a socket, which stays open for it as it does for a file of its own."""

    def __init__(self, plain: socket.socket, connection: _Connection) -> None:
        super().__init__()
        self._socket = plain
        self._file = plain.makefile("rb", buffering=0)
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._connection.seconds_left())
        return self._file.readinto(buffer)

    def close(self) -> None:
        super().close()
        self._file.close()


def _read(response: HTTPResponse, most: int) -> bytes:
    """The body, whole. Raises HTTPException, and NodeError if there will never be one."""
    if response.status != HTTPStatus.OK:
        said = f"the node answered with HTTP status {response.status}"
        is_refusal = response.status in _REFUSING
        raise NodeError(said) if is_refusal else HTTPException(said)
    if response.length is not None:
        if response.length > most:
            raise _too_large(most)
        return response.read()
    pieces, size = [], 0
    while piece := response.read(_PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise _too_large(most)
    return b"".join(pieces)


def _too_large(most: int) -> NodeError:
    return NodeError(f"the node's answer is larger than {most} bytes, the most that is read")


def _headers(parts: SplitResult) -> Mapping[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if parts.username is not None:
        named = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(named.encode()).decode()}"
    return headers


def _close_all(idle: deque[_Connection]) -> None:
    while idle:
        try:
            idle.pop().close()
        except IndexError:  # another thread has taken the last one
            return

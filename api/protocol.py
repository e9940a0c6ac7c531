"""The wire: what a client may send before anybody looks at it, and how responses leave.

uvicorn bounds neither a request's head nor the time that a request takes to arrive. It hands head
and body of a response over one after the other, and uvloop sends at once what it is given; of a
small response both leave here by one call of the system. Beside a framework, sending is what
answering costs most.
"""

import asyncio
from http import HTTPStatus
from itertools import chain
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from api.problems import problem_response

MAX_HEAD_BYTES = 64 * 1024
"""Of the lines before a request's body, and of those behind one that comes in chunks."""

MOST_CONNECTIONS = 1000
"""More are told to come again. Below the 1,024 files that a process may usually have open, and far
more than this process can serve at once. (uvicorn's limit_concurrency would say so in plain text.)
"""

_LEAST_BODY_BYTES_PER_SECOND = 1024
_MOST_HELD_BYTES = 64 * 1024

_HEAD_TOO_LARGE = problem_response(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "head-too-large",
    f"the request's line and headers have more than {MAX_HEAD_BYTES} bytes",
    headers={"Connection": "close"},
)
_CROWDED = problem_response(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "overloaded",
    "too many connections are open; try again in a moment, with the same Idempotency-Key",
    headers={"Connection": "close", "Retry-After": "1"},
)


class GatheringProtocol(HttpToolsProtocol):
    """uvicorn's protocol, bounded, whose writes of one turn of the event loop are sent together.

    Between requests uvicorn's own timeout_keep_alive counts.

    patience_seconds: in which a head must arrive, counted from the connection's opening or, on one
        that was used before, from the first part of the head that came alone; and in which some
        more of a body must arrive each time, so that its rate is bounded too.
    most_connections: of the whole server, with which requests are still answered.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        patience_seconds: float = 30.0,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._patience_seconds = patience_seconds
        self._most_connections = most_connections
        self._impatience: asyncio.TimerHandle | None = None
        self._in_body = False
        self._body_bytes = 0
        # Whether what came last led to a head, a piece of a body or the end of a request, and how
        # much came since something did.
        self._has_advanced = False
        self._pending_bytes = 0
        self._is_complete = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as asyncio calls it
        """Take a new connection."""
        super().connection_made(_Gathered(transport, self.loop))  # type: ignore[arg-type]  # it has all that is asked of one
        self._begin_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a connection that has ended."""
        self._end_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came. Nearly always that is a whole request, and nothing is left to watch."""
        self._has_advanced = self._is_complete = False
        super().data_received(data)
        if self._is_complete:
            # If a next head began behind it, uvicorn's time between requests counts, and ours
            # from its next piece on.
            self._pending_bytes = 0
            return
        # How much of it came behind an advance is not known, so that then nothing of it counts.
        self._pending_bytes = 0 if self._has_advanced else self._pending_bytes + len(data)
        if self.transport.is_closing():
            return
        if self._pending_bytes > MAX_HEAD_BYTES:
            self._refuse_head()
        elif self._impatience is None:
            self._begin_waiting()

    def on_headers_complete(self) -> None:
        """A head is there."""
        self._end_waiting()
        if len(self.url) + sum(map(len, chain.from_iterable(self.headers))) > MAX_HEAD_BYTES:
            self._refuse_head()
            raise ValueError("the head is too large")  # so that the parser goes no further
        self._has_advanced = self._in_body = True
        self._is_complete = False
        is_crowded = len(self.connections) > self._most_connections
        self.app = _CROWDED if is_crowded else self.config.loaded_app
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body is there."""
        self._has_advanced = True
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is there as a whole."""
        self._end_waiting()
        self._is_complete = True
        self._in_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed, unless it was refused before."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _refuse_head(self) -> None:
        # Where the client awaits the answer to something else, it would take ours for that.
        if not self._in_body and not self._is_answering():
            headers = [*self.server_state.default_headers, *_HEAD_TOO_LARGE.raw_headers]
            lines = [b"%b: %b\r\n" % header for header in headers]
            status = STATUS_LINE[_HEAD_TOO_LARGE.status_code]
            self.transport.write(b"".join([status, *lines, b"\r\n", bytes(_HEAD_TOO_LARGE.body)]))
        self.transport.close()

    def _begin_waiting(self) -> None:
        self._body_bytes = 0
        self._impatience = self.loop.call_later(self._patience_seconds, self._waited)

    def _end_waiting(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None

    def _waited(self) -> None:
        self._impatience = None
        if self._may_take_longer():
            self._begin_waiting()
        else:
            self.transport.close()

    def _may_take_longer(self) -> bool:
        if not self._is_answering():
            return False
        if not self._in_body or self.flow.read_paused or self.cycle.waiting_for_100_continue:
            return True  # it is we who keep the client waiting
        return self._body_bytes >= _LEAST_BODY_BYTES_PER_SECOND * self._patience_seconds

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, whatever uvicorn declares
        return cycle is not None and not cycle.response_complete


class _Gathered:
    """A transport that holds what is written until the event loop has nothing else to do first."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._held_bytes = 0

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._held_bytes += len(data)
        # Who writes much must learn at once how much of it is not sent yet.
        if self._held_bytes > _MOST_HELD_BYTES:
            self._send()

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            held, self._held, self._held_bytes = self._held, [], 0
            if not self._transport.is_closing():
                self._transport.write(b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

"""What a server on our protocol puts on the wire, and in how many pieces."""

import asyncio
import json
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
import uvloop
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.protocol import MAX_HEAD_BYTES, GatheringProtocol

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
UPLOAD = b"POST / HTTP/1.1\r\nHost: here\r\n"
CHUNKED = UPLOAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
PIECE, PIECES = b"x" * 50_000, 400
PATIENCE_SECONDS = 0.4
LINE = b"A: " + b"x" * 1019 + b"\r\n"


class Impatient(GatheringProtocol):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named, patience_seconds=PATIENCE_SECONDS, most_connections=1)


async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the number of bytes of the body."""
    if scope["type"] == "http":
        body = await Request(scope, receive).body()
        await Response(b"%d bytes" % len(body))(scope, receive, send)


def served(
    app: ASGIApp,
    ask: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]],
    protocol: type[GatheringProtocol] = GatheringProtocol,
) -> None:
    async def run() -> None:
        config = uvicorn.Config(app, http=protocol, ws="none", log_config=None)
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            while not server.started:  # noqa: ASYNC110 - it tells by a flag alone
                await asyncio.sleep(0.01)
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            try:
                await ask(reader, writer)
            finally:
                writer.close()
                server.should_exit = True
                await serving

    uvloop.run(run())


def test_head_and_body_of_a_small_response_arrive_together_and_the_connection_stays() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(20):
            writer.write(REQUEST)
            first = await reader.read(65_536)
            assert first.startswith(b"HTTP/1.1 200 OK\r\n")
            assert first.endswith(b"\r\n\r\nhello")

    served(Response(b"hello"), ask)


def test_requests_that_come_together_are_answered_in_their_order() -> None:
    count = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal count
        if scope["type"] == "http":
            count += 1
            await Response(b"number %d" % count)(scope, receive, send)

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(REQUEST * 3)
        for number in (1, 2, 3):
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(8) == b"number %d" % number

    served(app, ask)


def test_the_last_response_of_a_connection_is_sent_before_it_is_closed() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert (await reader.read()).endswith(b"\r\n\r\nhello")

    served(Response(b"hello"), ask)


def test_who_reads_slowly_holds_up_who_writes_much() -> None:
    given = 0

    async def pieces() -> Any:
        nonlocal given
        for _ in range(PIECES):
            given += 1
            yield PIECE

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await StreamingResponse(pieces())(scope, receive, send)

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(REQUEST)
        await asyncio.sleep(0.3)
        assert given < PIECES / 2
        body = 0
        while not (found := await reader.read(1 << 20)).endswith(b"0\r\n\r\n"):
            body += found.count(b"x")
        assert body + found.count(b"x") == len(PIECE) * PIECES

    served(app, ask)


def head_of(size: int) -> bytes:
    """A request whose line and headers have about so many bytes."""
    return REQUEST[:-2] + LINE * ((size - len(REQUEST)) // len(LINE)) + b"\r\n"


async def refused(reader: asyncio.StreamReader) -> None:
    head, _, body = (await asyncio.wait_for(reader.read(), 20)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b"\r\nconnection: close" in head.lower()
    assert b"\r\ncontent-type: application/problem+json" in head
    assert json.loads(body)["code"] == "head-too-large"


def test_a_head_of_nearly_the_limit_is_answered_however_it_arrives() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = head_of(MAX_HEAD_BYTES)
        for pieces in ([head], [head[:100], head[100:]], [head[:-1], head[-1:]]):
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0.05)
            assert (await reader.read(65_536)).endswith(b"hello")

    served(Response(b"hello"), ask)


@pytest.mark.parametrize("opening", [b"", REQUEST])
@pytest.mark.parametrize(
    "pieces",
    [
        [head_of(MAX_HEAD_BYTES + 3000)],
        [REQUEST[:-2], *[LINE] * 64],
        [REQUEST[:-4] + b"x" * 30_000, b"x" * 30_000, b"x" * 9_000],
        [b"GET /" + b"x" * 30_000, b"x" * 30_000, b"x" * 9_000],
        [b"\r\n" * 15_000] * 3,
    ],
    ids=["whole", "lines", "one line", "path", "empty lines"],
)
def test_a_larger_head_is_refused_before_it_ends(opening: bytes, pieces: list[bytes]) -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if opening:
            writer.write(opening)
            assert (await reader.read(65_536)).endswith(b"hello")
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.001)
        await refused(reader)

    served(Response(b"hello"), ask)


async def ended(reader: asyncio.StreamReader) -> None:
    # A connection that is closed with something unread is reset.
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 20) == b""


async def ends_while_sending(
    piece: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    ending = asyncio.create_task(ended(reader))
    while not ending.done():
        writer.write(piece)
        await asyncio.sleep(PATIENCE_SECONDS / 10)
    await ending


def test_trailers_without_end_end_the_connection() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + b"0\r\nA: b\r\n\r\n")
        assert (await reader.read(65_536)).endswith(b"5 bytes")
        writer.write(CHUNKED + b"0\r\n")
        await ends_while_sending(LINE * 8, reader, writer)

    served(read_all, ask)


@pytest.mark.parametrize(
    ("answered", "begun", "piece"),
    [
        (b"", b"", b""),
        (b"", b"", b"\r\n"),
        (b"", REQUEST[:-2], b"A"),
        (b"", REQUEST[:-2], b"A: b\r\n"),
        (REQUEST, b"", b"\r\n"),
        (REQUEST, REQUEST[:-2], b"A"),
        (b"", UPLOAD + b"Content-Length: 9999\r\n\r\n", b""),
        (b"", UPLOAD + b"Content-Length: 9999\r\n\r\n", b"A"),
        (REQUEST, CHUNKED, b"1\r\nx\r\n"),
        (b"", CHUNKED + b"0\r\n", b"A: b\r\n"),
    ],
)
def test_who_never_ends_a_request_loses_the_connection(
    answered: bytes, begun: bytes, piece: bytes
) -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answered:
            writer.write(answered)
            assert (await reader.read(65_536)).endswith(b"0 bytes")
        writer.write(begun)
        await ends_while_sending(piece, reader, writer)

    served(read_all, ask, Impatient)


def test_who_goes_on_sending_a_body_after_the_answer_loses_the_connection() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(UPLOAD + b"Content-Length: 999999999\r\n\r\n")
        assert (await reader.read(65_536)).endswith(b"hello")
        await ends_while_sending(b"x" * 1000, reader, writer)

    served(Response(b"hello"), ask, Impatient)


def test_a_large_body_may_take_long_while_it_goes_on() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(UPLOAD + b"Content-Length: 20000\r\n\r\n")
        for _ in range(20):
            writer.write(b"x" * 1000)
            await asyncio.sleep(PATIENCE_SECONDS / 5)
        assert (await reader.read(65_536)).endswith(b"20000 bytes")

    served(read_all, ask, Impatient)


def test_a_client_whom_the_application_keeps_waiting_keeps_its_connection() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(3 * PATIENCE_SECONDS)
            await read_all(scope, receive, send)

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(REQUEST)
        await asyncio.sleep(0.05)
        writer.write(b"\r\n")
        assert (await reader.read(65_536)).endswith(b"0 bytes")
        writer.write(UPLOAD + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert await reader.read(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hello")
        assert (await reader.read(65_536)).endswith(b"5 bytes")
        writer.write(UPLOAD + b"Content-Length: 9000000\r\n\r\n" + b"x" * 9_000_000)
        assert (await reader.read(65_536)).endswith(b"9000000 bytes")

    served(app, ask, Impatient)


def test_who_comes_when_too_many_connections_are_open_is_told_to_come_again() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("peername")
        second, other = await asyncio.open_connection(*address)
        other.write(REQUEST)
        head, _, body = (await second.read()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nretry-after: 1" in head
        assert json.loads(body)["code"] == "overloaded"
        other.close()
        await asyncio.sleep(0.05)
        writer.write(REQUEST)
        assert (await reader.read(65_536)).endswith(b"0 bytes")

    served(read_all, ask, Impatient)

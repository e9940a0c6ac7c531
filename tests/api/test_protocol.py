"""What a server on our protocol puts on the wire, and in how many pieces."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
import uvloop
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.protocol import GatheringProtocol

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
PIECE, PIECES = b"x" * 50_000, 400


def served(
    app: ASGIApp,
    ask: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]],
) -> None:
    async def run() -> None:
        config = uvicorn.Config(app, http=GatheringProtocol, ws="none", log_config=None)
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            while not server.started:  # noqa: ASYNC110 - it tells by a flag alone
                await asyncio.sleep(0.01)
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await ask(reader, writer)
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

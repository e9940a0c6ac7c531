"""The devnet over HTTP: JSON-RPC by POST on `/`, for clients and wallets on this machine.

Only `application/json` is taken and the Host header is checked, so a web page from elsewhere can
neither send requests with the development accounts nor reach them by rebinding a name.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from devnet.chain import Devnet
from devnet.rpc.dispatch import respond

MOST_BODY_BYTES: Final = 8 * 1024 * 1024

_LOOPBACK_ORIGIN: Final = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"

logger = logging.getLogger("devnet")


def create_app(
    devnet: Devnet, *, allowed_hosts: list[str], block_time_seconds: float | None
) -> Starlette:
    """Make the ASGI application; it seals what waits, and closes the devnet, when it stops.

    allowed_hosts: names by which clients may call the server; "*" for any.
    block_time_seconds: how often a block is sealed; None when each transaction is at once.
    """
    # The chain is single-threaded: one thread runs it, and the event loop stays free.
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="devnet")

    async def answer(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("send application/json\n", status_code=415)
        body = await _read(request)
        if body is None:
            return PlainTextResponse(
                f"a request has at most {MOST_BODY_BYTES} bytes\n", status_code=413
            )
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(worker, respond, devnet, body)
        if response is None:
            return Response(status_code=204)
        return Response(response, media_type="application/json")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sealing = None
        if block_time_seconds is not None:
            sealing = asyncio.create_task(_seal_regularly(devnet, worker, block_time_seconds))
        try:
            yield
        finally:
            if sealing is not None:
                sealing.cancel()
            await _run(worker, devnet.seal)
            await _run(worker, devnet.close)
            worker.shutdown()

    return Starlette(
        routes=[Route("/", answer, methods=["POST"])],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts, www_redirect=False),
            Middleware(
                CORSMiddleware,
                allow_origin_regex=_LOOPBACK_ORIGIN,
                allow_methods=["POST"],
                allow_headers=["content-type"],
            ),
        ],
        lifespan=lifespan,
    )


async def _read(request: Request) -> bytes | None:
    """Read the body; None when it is too long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            return None
    return bytes(body)


async def _seal_regularly(devnet: Devnet, worker: ThreadPoolExecutor, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await _run(worker, devnet.seal)
        except Exception:  # a full disk may be cleared; the transactions wait
            logger.exception("a block could not be sealed")


async def _run(worker: ThreadPoolExecutor, action: Callable[[], None]) -> None:
    await asyncio.get_running_loop().run_in_executor(worker, action)

"""Applications on free loopback ports, served by a thread of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from devnet.app import create_app
from devnet.chain import Devnet

START_SECONDS = 20


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an application; its URL."""
    config = uvicorn.Config(app, port=0, ws="none", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serving_devnet(devnet: Devnet) -> Iterator[str]:
    """Serve a chain; its URL. The chain is closed at the end."""
    with serving(create_app(devnet, allowed_hosts=["127.0.0.1"], block_time_seconds=None)) as url:
        yield url

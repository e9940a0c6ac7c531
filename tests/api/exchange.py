"""One request straight to the application, with a body that comes in pieces as on the wire."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass
class Exchange:
    """What became of a request.

    taken: pieces of the body that the application asked for.
    """

    taken: int = 0
    status: int | None = None
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


def exchange(
    app: ASGIApp, path: str, headers: Mapping[str, str], pieces: Iterator[bytes | None]
) -> Exchange:
    """POST the pieces; None in their place means that the client has left."""
    found = Exchange()

    async def receive() -> Message:
        found.taken += 1
        piece = next(pieces, b"")
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": piece != b""}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.status = message["status"]
        else:
            found.body += message["body"]

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }

    async def answer() -> None:
        await app(scope, receive, send)

    asyncio.run(answer())
    return found

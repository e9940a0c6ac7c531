"""How responses leave: the head and the body of a small one by one call of the system.

uvicorn hands the two over one after the other, and uvloop sends at once what it is given. Beside a
framework, sending is what answering costs most.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HELD_BYTES = 64 * 1024


class GatheringProtocol(HttpToolsProtocol):
    """uvicorn's protocol, whose writes of one turn of the event loop are sent together."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as asyncio calls it
        """Take a new connection."""
        super().connection_made(_Gathered(transport, self.loop))  # type: ignore[arg-type]  # it has all that is asked of one


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

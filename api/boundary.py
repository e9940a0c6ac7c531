"""The outermost layer: headers on every answer, and an answer to every exception."""

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import defect_response

_LOG = logging.getLogger(__name__)
_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class Boundary:
    """An ASGI layer that lets nothing of the inside out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                sent = {name.lower() for name, _ in message["headers"]}
                added = [header for header in _HEADERS if header[0] not in sent]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            _LOG.info("%s %r: the client left before it had sent all", *_asked(scope))
        except Exception:
            _LOG.exception("%s %r met a defect", *_asked(scope))
            if started:
                raise
            await defect_response()(scope, receive, send_with_headers)


def _asked(scope: Scope) -> tuple[str, str]:
    return scope["method"], scope["path"]

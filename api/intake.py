"""Taking documents in: the one path that is asked more often than all others together.

What a framework does for a request costs several times what accepting a document does. So this
layer answers the path itself, with what the other routes are made of. The route of the same path in
`api.routes.documents` describes it, and answers with the same function.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import StringConstraints, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.bodies import hash_body, media_type_of
from api.deps import (
    IDEMPOTENCY_KEY,
    KEY_PATTERN,
    MOST_KEY_CHARACTERS,
    holder_of,
    named_request,
)
from api.problems import problem_of
from api.schemas.documents import DocumentResource, notarised_members
from ledger.errors import SealbookError
from ledger.services.context import Ledger
from ledger.services.notarise import Notarised, notarise_hashed

PATH = "/v1/documents"

_KEY = re.compile(KEY_PATTERN)
_KEY_FORM: TypeAdapter[str] = TypeAdapter(
    Annotated[
        str,
        StringConstraints(min_length=1, max_length=MOST_KEY_CHARACTERS, pattern=KEY_PATTERN),
    ]
)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a document that was taken in is answered with. location: where it can be watched."""

    location: str
    content: bytes


async def take_document(request: Request) -> Response:
    """Accept the document that is a request's body. Raises what makes a problem."""
    taken = await _take(request)
    headers = {"Location": taken.location}
    return Response(taken.content, HTTPStatus.ACCEPTED, headers, "application/json")


async def _take(request: Request) -> _Taken:
    """Who asks is found first, so that strangers cannot make the service read."""
    ledger: Ledger = request.app.state.ledger
    headers = request.headers
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    is_bearer = bool(secret) and scheme.lower() == "bearer"
    principal = await holder_of(request, secret.strip() if is_bearer else None)
    media_type = media_type_of(request)
    document = await hash_body(request, max_bytes=ledger.max_document_bytes)
    key = named_request(
        _checked(headers.get(IDEMPOTENCY_KEY)),
        b"POST",
        request.scope["path"].encode(),
        request.scope["query_string"],
        headers["content-type"].encode(),
        body_digest=document.digest,
    )
    found = await notarise_hashed(ledger, principal, document, media_type, key)
    if isinstance(found, Notarised):
        members = notarised_members(found)
    else:
        members = DocumentResource.of(found).model_dump(mode="json", exclude_none=True)
    return _Taken(members["links"]["self"], orjson.dumps(members))


class Intake:
    """An ASGI layer that takes documents in, and hands everything else on.

    application: whose state it goes by.
    """

    def __init__(self, app: ASGIApp, application: FastAPI) -> None:
        self._app = app
        self._application = application
        self._route = Route(PATH, take_document, methods=["POST"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if (
            scope["type"] != "http"
            or scope["method"] != "POST"
            or scope["path"] != scope.get("root_path", "") + PATH
        ):
            await self._app(scope, receive, send)
            return
        scope["app"] = self._application
        scope["route"] = self._route  # whose path those who count go by
        request = Request(scope, receive)
        try:
            taken = await _take(request)
        except (SealbookError, RequestValidationError) as error:
            problem = await problem_of(request, error)
            await problem(scope, receive, send)
            return
        headers = [
            (b"location", taken.location.encode()),
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(taken.content)),
        ]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": taken.content})


def _checked(key: str | None) -> str | None:
    """A client's key. Raises RequestValidationError if it is of another form."""
    if key is None or (len(key) <= MOST_KEY_CHARACTERS and _KEY.fullmatch(key)):
        return key
    try:
        return _KEY_FORM.validate_python(key)
    except ValidationError as error:
        found = [{**item, "loc": ("header", IDEMPOTENCY_KEY)} for item in error.errors()]
        raise RequestValidationError(found) from error

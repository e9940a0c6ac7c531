"""Taking documents in: the one path that is asked more often than all others together.

What a framework does for a request costs several times what accepting a document does. So this
layer answers the path itself, with what the other routes are made of. The route of the same path in
`api.routes.documents` describes it, and answers with the same function.
"""

import re
from typing import Annotated

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.security.utils import get_authorization_scheme_param
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


async def take_document(request: Request) -> Response:
    """Accept the document that is a request's body.

    Who asks is found first, so that strangers cannot make the service read. Raises what makes a
    problem.
    """
    ledger: Ledger = request.app.state.ledger
    headers = request.headers
    scheme, secret = get_authorization_scheme_param(headers.get("authorization"))
    principal = await holder_of(request, secret if secret and scheme.lower() == "bearer" else None)
    media_type = media_type_of(request)
    document = await hash_body(request, max_bytes=ledger.max_document_bytes)
    key = named_request(
        _checked(headers.get(IDEMPOTENCY_KEY)),
        b"POST",
        request.scope["path"].encode(),
        request.scope["query_string"],
        headers["content-type"].encode(),
        document.digest,
    )
    found = await notarise_hashed(ledger, principal, document, media_type, key)
    if isinstance(found, Notarised):
        members = notarised_members(found)
    else:
        members = DocumentResource.of(found).model_dump(mode="json", exclude_none=True)
    return Response(
        orjson.dumps(members), 202, {"Location": members["links"]["self"]}, "application/json"
    )


class Intake:
    """An ASGI layer that takes documents in, and hands everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
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
        scope["route"] = self._route  # whose path those who count go by
        request = Request(scope, receive)
        response: Response
        try:
            response = await take_document(request)
        except (SealbookError, RequestValidationError) as error:
            response = await problem_of(request, error)
        await response(scope, receive, send)


def _checked(key: str | None) -> str | None:
    """A client's key. Raises RequestValidationError if it is of another form."""
    if key is None or (len(key) <= MOST_KEY_CHARACTERS and _KEY.fullmatch(key)):
        return key
    try:
        return _KEY_FORM.validate_python(key)
    except ValidationError as error:
        found = [{**item, "loc": ("header", IDEMPOTENCY_KEY)} for item in error.errors()]
        raise RequestValidationError(found) from error

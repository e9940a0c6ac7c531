"""Errors over HTTP: one table, and problem details for it (RFC 9457).

An error's own sentence goes to the client where it is about the request. Where it is about this
service's inside, the client gets the table's sentence and the log gets the error's.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from api.findings import sentence_of
from api.metrics.requests import PROBLEM
from ledger.chain.port import Reverted, SendRefused
from ledger.errors import (
    ChainMismatch,
    ConfigurationError,
    Conflict,
    DocumentError,
    Forbidden,
    InvalidRequest,
    NodeError,
    NotFound,
    Refusal,
    SealbookError,
    TransportError,
    Unauthenticated,
    VerificationError,
)
from ledger.services.openings import Erased
from ledger.store.failures import DatabaseUnreachable, StorageFull
from ledger.store.group_commit import Overloaded
from ledger.store.outbox import Overtaken
from ledger.store.waiting import BrokenEntry

PROBLEM_MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:sealbook:problem:"

_LOG = logging.getLogger(__name__)
_MOST_FINDINGS = 10
_MOST_NAME_CHARACTERS = 60
_RETRY_SOON_SECONDS = 1
_RETRY_LATER_SECONDS = 5
_NOT_FINAL_YET = "not-final-yet"


class BodyTooLarge(InvalidRequest):
    """The request's body has more bytes than this service reads."""

    code = "body-too-large"


class UnsupportedMediaType(InvalidRequest):
    """The request's body is not of a form that can be taken here."""

    code = "unsupported-media-type"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an error means over HTTP.

    sentence: in place of the error's own, where that is for the operator; it is logged then.
    """

    status: HTTPStatus
    sentence: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


_TROUBLED = Answer(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "the service cannot reach its chain or its database now; try again in a moment, with the same"
    " Idempotency-Key",
    {"Retry-After": str(_RETRY_LATER_SECONDS)},
)
_BROKEN = Answer(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "something went wrong inside the service; what happened is in its operator's log",
)
_MISCONFIGURED = Answer(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "the service is not set up for this; what is missing is in its operator's log",
)

ANSWERS: Mapping[type[SealbookError], Answer] = {
    SealbookError: _BROKEN,
    VerificationError: Answer(HTTPStatus.UNPROCESSABLE_ENTITY),
    DocumentError: Answer(HTTPStatus.UNPROCESSABLE_ENTITY),
    TransportError: _TROUBLED,
    Overloaded: Answer(
        HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(_RETRY_SOON_SECONDS)}
    ),
    DatabaseUnreachable: _TROUBLED,
    StorageFull: Answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "the service has no room to keep anything until its operator makes some; nothing of this"
        " request was kept",
        {"Retry-After": str(_RETRY_LATER_SECONDS)},
    ),
    NodeError: _TROUBLED,
    Overtaken: _TROUBLED,
    BrokenEntry: _BROKEN,
    ChainMismatch: _TROUBLED,
    SendRefused: _TROUBLED,
    ConfigurationError: _MISCONFIGURED,
    Refusal: Answer(HTTPStatus.CONFLICT),
    Reverted: Answer(HTTPStatus.CONFLICT, "the contract refused this"),
    InvalidRequest: Answer(HTTPStatus.UNPROCESSABLE_ENTITY),
    BodyTooLarge: Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    UnsupportedMediaType: Answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    Unauthenticated: Answer(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"}),
    Forbidden: Answer(HTTPStatus.FORBIDDEN),
    NotFound: Answer(HTTPStatus.NOT_FOUND),
    Erased: Answer(HTTPStatus.GONE),
    Conflict: Answer(HTTPStatus.CONFLICT),
}
"""What every error of ours means over HTTP."""


def answer_of(error: type[SealbookError]) -> Answer:
    """What an error of this class means over HTTP: its own line of the table, or its base's."""
    return next(ANSWERS[base] for base in error.__mro__ if base in ANSWERS)


def public_reason(code: str, sentence: str) -> str:
    """Why a transaction waits, as far as the member it is for may read it."""
    return _HELD_BACK if code in _FOR_OPERATORS else sentence


_HELD_BACK = (
    "the service cannot send this to the chain now and keeps trying; why is in its operator's log"
)
_FOR_OPERATORS = frozenset(error.code for error, answer in ANSWERS.items() if answer.sentence)


class _ProblemResponse(JSONResponse):
    """A problem that leaves its code in the scope, where requests are counted."""

    media_type = PROBLEM_MEDIA_TYPE

    def __init__(self, members: Mapping[str, Any], status: int, headers: dict[str, str]) -> None:
        super().__init__(members, status, headers=headers)
        self._code = members["code"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[PROBLEM] = self._code
        await super().__call__(scope, receive, send)


def problem_response(
    status: HTTPStatus,
    code: str,
    sentence: str,
    *,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem details object; details are its extension members."""
    members = {
        "type": TYPE_PREFIX + code,
        "title": code.replace("-", " ").capitalize(),
        "status": status.value,
        "detail": sentence,
        "code": code,
    }
    return _ProblemResponse(
        {**members, **(details or {}), **members},  # no detail takes a member's place
        status.value,
        dict(headers or {}),
    )


def defect_response() -> JSONResponse:
    """The answer to an exception that nobody raised on purpose."""
    return problem_response(_BROKEN.status, "internal-error", str(_BROKEN.sentence))


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of ours, of validation and of routing with a problem."""
    app.add_exception_handler(SealbookError, _on_sealbook_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)


async def problem_of(request: Request, error: Exception) -> JSONResponse:
    """What an error is answered with: one of ours, or one of validation."""
    if isinstance(error, RequestValidationError):
        return await _on_validation_error(request, error)
    return await _on_sealbook_error(request, error)


async def _on_sealbook_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SealbookError)  # noqa: S101 - it is registered for these
    answer = answer_of(type(error))
    if answer.sentence is not None:
        level = logging.WARNING if answer is _TROUBLED else logging.ERROR
        _LOG.log(level, "%s %r: %s", request.method, request.url.path, error)
    code, details = error.code, {}
    if isinstance(error, Refusal):
        code, details = error.rule, error.details
    headers = dict(answer.headers)
    if code == _NOT_FINAL_YET:
        headers["Retry-After"] = str(_RETRY_SOON_SECONDS)
    return problem_response(
        answer.status, code, answer.sentence or str(error), details=details, headers=headers
    )


async def _on_validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for these
    # What was sent is not repeated: it may be a secret, and it may be large.
    findings = [_finding(item) for item in error.errors()[:_MOST_FINDINGS]]
    return problem_response(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        InvalidRequest.code,
        "; ".join(f"{finding['where']}: {finding['problem']}" for finding in findings),
        details={"errors": findings},
    )


def _finding(error: Mapping[str, Any]) -> dict[str, str]:
    return {
        "where": ".".join(str(part)[:_MOST_NAME_CHARACTERS] for part in error["loc"]),
        "problem": sentence_of(error),
    }


async def _on_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    status = HTTPStatus(error.status_code)
    code, sentence = _ROUTING.get(status, ("http-error", "the request cannot be answered"))
    return problem_response(status, code, sentence, headers=error.headers)


_ROUTING: Mapping[HTTPStatus, tuple[str, str]] = {
    HTTPStatus.NOT_FOUND: (
        "unknown-path",
        "there is nothing at this path; /v1/openapi.json describes what there is",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method-not-allowed",
        "this path does not take this method; the header Allow names those it takes",
    ),
}

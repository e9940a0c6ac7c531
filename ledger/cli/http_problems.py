"""What a service answers in place of a result, as the refusal or failure that it is."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from ledger.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    Refusal,
    TransportError,
    Unauthenticated,
)

_REFUSALS: Mapping[int, type[Refusal]] = {
    HTTPStatus.UNAUTHORIZED: Unauthenticated,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.GONE: NotFound,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: InvalidRequest,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: InvalidRequest,
    HTTPStatus.UNPROCESSABLE_ENTITY: InvalidRequest,
}
# Members of a problem that are not the refusal's details (RFC 9457, section 3.1).
_STANDARD_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "code"})
# A repeated command sends the same key by itself: its user is told what to type.
_ADVICE = "try again in a moment, with the same Idempotency-Key"
_ADVICE_FOR_COMMANDS = "run the same command again in a moment"


def error_of(response: httpx.Response) -> TransportError | Refusal:
    """What an answer that is no success stands for; its body was read."""
    problem = _problem(response)
    kind = _REFUSALS.get(response.status_code)
    if problem is None or kind is None:
        reason = problem["detail"] if problem else f"HTTP status {response.status_code}"
        reason = reason.replace(_ADVICE, _ADVICE_FOR_COMMANDS)
        return TransportError(f"the service cannot answer now: {reason}")
    details = {
        name: value
        for name, value in problem.items()
        if name not in _STANDARD_MEMBERS and isinstance(value, str | int)
    }
    return kind(problem["detail"], code=problem.get("code"), **details)


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    """The problem details in an answer (RFC 9457); None if it has none."""
    try:
        form = response.json()
    except ValueError:
        return None
    if not isinstance(form, dict) or not isinstance(form.get("detail"), str):
        return None
    return form

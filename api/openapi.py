"""The API's description (OpenAPI 3.1), and what routes say of themselves in it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import PROBLEM_MEDIA_TYPE
from api.schemas.base import Form, Problem

PATH = "/v1/openapi.json"
VERSION = "1"
TITLE = "Sealbook"
DESCRIPTION = """\
Notarise documents, register invoices as transferable records, and finance them.

What is accepted is answered with 202 and a resource that shows how far it is: the chain decides,
and takes a moment. Every error is a problem details object (RFC 9457), whose `code` is stable.
Send an `Idempotency-Key` with every POST: a retry then finds what the first attempt led to.
"""

DOCUMENTS = "documents"
BUNDLES = "bundles"
INVOICES = "invoices"
SCREENINGS = "screenings"
RECORDS = "records"
OPERATIONS = "operations"
CONSORTIUM = "consortium"
HEALTH = "health"

TAGS = [
    {"name": DOCUMENTS, "description": "Notarised documents and their evidence."},
    {"name": BUNDLES, "description": "Many documents at once: all or none, and one anchor."},
    {"name": INVOICES, "description": "Registration of invoices: one receivable, one record."},
    {"name": SCREENINGS, "description": "Whether a receivable, or its like, is known already."},
    {"name": RECORDS, "description": "Records on the chain, and what members do with them."},
    {"name": OPERATIONS, "description": "Acts of members on their way to the chain."},
    {"name": CONSORTIUM, "description": "Who takes part, and where the contracts stand."},
    {"name": HEALTH, "description": "How the service is."},
]

_MEANINGS = {
    401: "No valid API key came with the request.",
    403: "This member or this key may not do this.",
    404: "There is no such thing, or not for this member.",
    409: "What is asked for contradicts what stands.",
    410: "It was erased.",
    413: "The body is larger than is taken here.",
    415: "The body is not of a form that is taken here.",
    422: "The request, or the document in it, is not what it must be.",
    503: "The chain or the database does not answer now.",
}
_CAPITAL = re.compile("[A-Z]")


def shows(
    operation_id: str, *problems: int, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Arguments of a route that shows something: its name, what can go wrong, its body if any."""
    return {
        **_described(operation_id, problems, success=200, answer={"description": "As asked for."}),
        "openapi_extra": None if body is None else {"requestBody": body},
    }


def takes_in(
    operation_id: str, *problems: int, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Arguments of a route that takes work in: its name, what can go wrong, and its body if any."""
    answer = {
        "description": "Taken in, and never lost. The resource at Location shows how far it is.",
        "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
    }
    extra = None if body is None else {"requestBody": body}
    return {
        **_described(operation_id, problems, success=202, answer=answer),
        "status_code": 202,
        "openapi_extra": extra,
    }


def _described(
    operation_id: str, problems: Iterable[int], *, success: int, answer: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "operation_id": operation_id,
        "summary": _CAPITAL.sub(lambda found: f" {found[0].lower()}", operation_id).capitalize(),
        "responses": {success: answer, **{status: _problem(status) for status in problems}},
        "response_model_exclude_none": True,
    }


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": _MEANINGS[status],
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def bytes_body(*media_types: str) -> dict[str, Any]:
    """A body that is a document's bytes."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"required": True, "content": dict.fromkeys(media_types, binary)}


def json_body(form: type[Form], *, required: bool = True) -> dict[str, Any]:
    """A body that is a JSON form."""
    schema = form.model_json_schema()
    parts = schema.pop("$defs", {})
    return {
        "required": required,
        "content": {"application/json": {"schema": _with_parts(schema, parts)}},
    }


def _with_parts(schema: Any, parts: Mapping[str, Any]) -> Any:
    """A schema with its parts in their places: their names would lead nowhere from here."""
    if isinstance(schema, list):
        return [_with_parts(item, parts) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _with_parts(parts[schema["$ref"].rsplit("/", 1)[1]], parts)
    return {name: _with_parts(item, parts) for name, item in schema.items()}


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of an app, with the form of its problems."""
    document = get_openapi(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
    )
    components = document["components"]
    components["schemas"]["Problem"] = Problem.model_json_schema()
    components["responses"] = {str(status): _problem(status) for status in _MEANINGS}
    for path in document["paths"].values():
        for operation in path.values():
            _share_problems(operation["responses"])
    return document


def _share_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if PROBLEM_MEDIA_TYPE in response.get("content", {}):
            responses[status] = {"$ref": f"#/components/responses/{status}"}

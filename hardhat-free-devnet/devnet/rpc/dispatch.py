"""From request bytes to response bytes: JSON-RPC 2.0, single and batch."""

import logging
from typing import Final, Protocol

import orjson

from devnet.errors import INTERNAL_ERROR, INVALID_REQUEST, PARSE_ERROR, InvalidParams, RpcError
from devnet.rpc import blocks, controls, fees, filters, info, logs, state, transactions
from devnet.rpc.registry import Registry
from devnet.rpc.values import Json

MOST_BATCHED: Final = 1000

logger = logging.getLogger("devnet")


class Requestable(Protocol):
    """What answers single requests."""

    def request(self, method: str, params: list[Json]) -> Json:
        """Answer a request; RpcError when it is refused."""


def all_methods() -> Registry:
    """The table of every method."""
    registry = Registry()
    for module in (info, blocks, transactions, state, logs, filters, fees, controls):
        registry.include(module.registry)
    return registry


def respond(target: Requestable, body: bytes) -> bytes | None:
    """Answer a request or a batch; None when it holds nothing but notifications."""
    try:
        document: Json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return orjson.dumps(_failure(None, RpcError("the body is not JSON", code=PARSE_ERROR)))
    if not isinstance(document, list):
        response = _respond_to_one(target, document)
        return None if response is None else orjson.dumps(response)
    if not 1 <= len(document) <= MOST_BATCHED:
        error = RpcError(f"a batch has 1 to {MOST_BATCHED} requests", code=INVALID_REQUEST)
        return orjson.dumps(_failure(None, error))
    responses = [_respond_to_one(target, request) for request in document]
    answered = [response for response in responses if response is not None]
    return orjson.dumps(answered) if answered else None


def _respond_to_one(target: Requestable, document: Json) -> dict[str, Json] | None:
    if not isinstance(document, dict):
        return _failure(None, RpcError("a request is an object", code=INVALID_REQUEST))
    request_id = document.get("id")
    try:
        method, params = _method_and_params(document)
    except RpcError as exc:
        return _failure(request_id if _is_id(request_id) else None, exc)
    try:
        response: dict[str, Json] = {
            "jsonrpc": "2.0",
            "id": request_id,
            "result": target.request(method, params),
        }
    except RpcError as exc:
        response = _failure(request_id, exc)
    except Exception:  # the server goes on, and internals stay in its log
        logger.exception("%s failed", method)
        response = _failure(
            request_id, RpcError("internal error: see the devnet's log", code=INTERNAL_ERROR)
        )
    return response if "id" in document else None


def _method_and_params(document: dict[str, Json]) -> tuple[str, list[Json]]:
    method, params = document.get("method"), document.get("params")
    if document.get("jsonrpc") != "2.0" or not isinstance(method, str):
        raise RpcError('a request has "jsonrpc": "2.0" and a method', code=INVALID_REQUEST)
    if not _is_id(document.get("id")):
        raise RpcError("an id is a string, a number or null", code=INVALID_REQUEST)
    if params is None:
        return method, []
    if not isinstance(params, list):
        raise InvalidParams("params must be an array")
    return method, params


def _is_id(value: Json) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _failure(request_id: Json, error: RpcError) -> dict[str, Json]:
    described: dict[str, Json] = {"code": error.code, "message": error.message}
    if error.data is not None:
        described["data"] = error.data
    return {"jsonrpc": "2.0", "id": request_id, "error": described}

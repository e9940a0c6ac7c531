"""Nodes that cannot be trusted: they stand before the real chain."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devnet.chain import Devnet
from devnet.rpc.dispatch import respond
from ledger.types import to_hex
from tests.cli.servers import serving


def has_logs(answer: dict[str, Any]) -> bool:
    result = answer.get("result")
    return isinstance(result, list) and bool(result) and "topics" in result[0]


@contextmanager
def forgetful_node(devnet: Devnet, topic: bytes) -> Iterator[str]:
    """A node that withholds events of one kind; its URL."""

    def answer(body: bytes) -> bytes | None:
        response = respond(devnet, body)
        if response is None:
            return None
        answers = json.loads(response)
        for one in answers if isinstance(answers, list) else [answers]:
            if has_logs(one):
                one["result"] = [log for log in one["result"] if log["topics"][0] != to_hex(topic)]
        return json.dumps(answers).encode()

    async def endpoint(request: Request) -> Response:
        return Response(answer(await request.body()), media_type="application/json")

    with serving(Starlette(routes=[Route("/", endpoint, methods=["POST"])])) as url:
        yield url

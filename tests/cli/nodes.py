"""Nodes that cannot be trusted: they stand before the real chain."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devnet.chain import Devnet
from devnet.rpc.dispatch import respond
from ledger.types import to_hex
from tests.cli.servers import serving


@contextmanager
def forgetful_node(devnet: Devnet, topic: bytes) -> Iterator[str]:
    """A node that withholds events of one kind; its URL."""

    def answer(body: bytes) -> bytes | None:
        response = respond(devnet, body)
        if response is None or json.loads(body).get("method") != "eth_getLogs":
            return response
        form = json.loads(response)
        form["result"] = [log for log in form["result"] if log["topics"][0] != to_hex(topic)]
        return json.dumps(form).encode()

    async def endpoint(request: Request) -> Response:
        return Response(answer(await request.body()), media_type="application/json")

    with serving(Starlette(routes=[Route("/", endpoint, methods=["POST"])])) as url:
        yield url

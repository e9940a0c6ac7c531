"""A web3.py provider on a devnet in the same process."""

from typing import Any, cast

from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from devnet.chain import Devnet
from devnet.rpc.dispatch import respond


class DevnetProvider(JSONBaseProvider):
    """`Web3(DevnetProvider(devnet))`: the same bytes in and out as over HTTP, without a socket."""

    def __init__(self, devnet: Devnet) -> None:
        super().__init__()
        self._devnet = devnet

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # as web3 declares it
        """Answer one request."""
        return self.decode_rpc_response(self._ask(self.encode_rpc_request(method, params)))

    def make_batch_request(
        self, requests: list[tuple[RPCEndpoint, Any]]
    ) -> list[RPCResponse] | RPCResponse:
        """Answer a batch, in its order."""
        response = self.decode_rpc_response(self._ask(self.encode_batch_rpc_request(requests)))
        return cast("list[RPCResponse] | RPCResponse", response)

    def _ask(self, body: bytes) -> bytes:
        response = respond(self._devnet, body)
        if response is None:  # web3 numbers every request, so each has an answer
            raise RuntimeError("the devnet took a request for a notification")
        return response

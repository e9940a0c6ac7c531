"""A chain node reached through web3.py's providers: HTTP, IPC, or a chain in this process.

web3 carries the transport; the forms are read here, because reads must be pinned to block hashes
and receipts must be kept as the bytes that stand in the trie. This is the only module that imports
web3.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import requests
from requests.exceptions import RequestException
from web3.exceptions import Web3Exception
from web3.providers.base import JSONBaseProvider
from web3.providers.rpc import HTTPProvider

from ledger.chain.port import (
    Block,
    Fees,
    Log,
    Receipt,
    Reverted,
    SendFailure,
    SendRefused,
)
from ledger.chain.rpc_forms import integer, octets, read_block, read_log, read_receipt, write_call
from ledger.errors import TransportError
from ledger.types import Address, BlockRef, ChainId, to_hex

_Form = TypeVar("_Form")

_REVERT_CODE = 3
_METHOD_NOT_FOUND = -32601
_FALLBACK_PRIORITY_FEE_WEI = 1_000_000_000

# Engines word their refusals differently; each phrase is what one of them says.
_SEND_FAILURES: tuple[tuple[str, SendFailure], ...] = (
    ("already known", SendFailure.KNOWN),  # geth, Besu, anvil
    ("already imported", SendFailure.KNOWN),  # anvil, OpenEthereum
    ("known transaction", SendFailure.KNOWN),  # GoQuorum
    ("nonce too low", SendFailure.NONCE_USED),
    ("nonce below current", SendFailure.NONCE_USED),  # Besu
    ("nonce too high", SendFailure.NONCE_GAP),
    ("nonce too far", SendFailure.NONCE_GAP),  # Besu
    ("nonce too distant", SendFailure.NONCE_GAP),  # Besu
    ("underpriced", SendFailure.UNDERPRICED),
    ("fee per gas less than", SendFailure.UNDERPRICED),
    ("gas price below", SendFailure.UNDERPRICED),
)


class _RpcError(Exception):
    def __init__(self, code: int, message: str, data: object) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


def connect(url: str, *, timeout_seconds: float = 10.0) -> "Web3Chain":
    """A node at an HTTP URL. Nothing is sent yet."""
    session = requests.Session()
    provider = HTTPProvider(
        url,
        request_kwargs={"timeout": timeout_seconds},
        session=session,
        exception_retry_configuration=None,
    )
    return Web3Chain(provider, close=session.close)


class Web3Chain:
    """The port `ledger.chain.port.Chain`, over a web3 provider."""

    def __init__(
        self, provider: JSONBaseProvider, *, close: Callable[[], None] = lambda: None
    ) -> None:
        self._provider = provider
        self.close = close

    def chain_id(self) -> ChainId:
        return ChainId(integer(self._ask("eth_chainId")))

    def head(self) -> Block:
        return self._read(read_block, self._ask("eth_getBlockByNumber", "latest", False))

    def block(self, number: int) -> Block | None:
        form = self._ask("eth_getBlockByNumber", hex(number), False)
        return None if form is None else self._read(read_block, form)

    def receipt(self, transaction_hash: bytes) -> Receipt | None:
        form = self._ask("eth_getTransactionReceipt", to_hex(transaction_hash))
        return None if form is None else self._read(read_receipt, form)

    def receipts(self, block: BlockRef) -> tuple[Receipt, ...]:
        forms = self._ask("eth_getBlockReceipts", _pinned(block))
        if forms is None:
            raise TransportError(f"the node does not know block {to_hex(block.hash)}")
        return tuple(self._read(read_receipt, form) for form in forms)

    def logs(self, contracts: tuple[Address, ...], first: int, last: int) -> tuple[Log, ...]:
        query = {"address": list(contracts), "fromBlock": hex(first), "toBlock": hex(last)}
        return tuple(self._read(read_log, form) for form in self._ask("eth_getLogs", query))

    def logs_with(
        self, contract: Address, topics: tuple[bytes | None, ...], first: int
    ) -> tuple[Log, ...]:
        query = {
            "address": contract,
            "fromBlock": hex(first),
            "toBlock": "latest",
            "topics": [None if topic is None else to_hex(topic) for topic in topics],
        }
        return tuple(self._read(read_log, form) for form in self._ask("eth_getLogs", query))

    def call(
        self, to: Address, data: bytes, *, at: BlockRef, sender: Address | None = None
    ) -> bytes:
        form = write_call(sender, to, data)
        return octets(self._ask_contract("eth_call", form, _pinned(at)))

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        return integer(self._ask_contract("eth_estimateGas", write_call(sender, to, data)))

    def code(self, address: Address, *, at: BlockRef) -> bytes:
        return octets(self._ask("eth_getCode", address, _pinned(at)))

    def transaction_count(self, sender: Address) -> int:
        return integer(self._ask("eth_getTransactionCount", sender, "pending"))

    def sealed_transaction_count(self, sender: Address, *, at: BlockRef) -> int:
        return integer(self._ask("eth_getTransactionCount", sender, _pinned(at)))

    def fees(self) -> Fees:
        """Twice the newest base fee, so that a transaction survives six full blocks of growth."""
        base_fee = self.head().base_fee_per_gas
        if base_fee is None:
            return Fees(integer(self._ask("eth_gasPrice")), None)
        priority = self._priority_fee()
        return Fees(2 * base_fee + priority, priority)

    def send(self, raw: bytes) -> None:
        try:
            self._request("eth_sendRawTransaction", to_hex(raw))
        except _RpcError as error:
            text = str(error).lower()
            failure = next((kind for words, kind in _SEND_FAILURES if words in text), None)
            raise SendRefused(failure or SendFailure.REFUSED, str(error)[:200]) from error

    def _priority_fee(self) -> int:
        try:
            return integer(self._request("eth_maxPriorityFeePerGas"))
        except _RpcError as error:
            if error.code == _METHOD_NOT_FOUND:
                return _FALLBACK_PRIORITY_FEE_WEI
            raise TransportError(f"the node did not tell its priority fee: {error}") from error

    def _ask(self, method: str, *parameters: object) -> Any:
        try:
            return self._request(method, *parameters)
        except _RpcError as error:
            raise TransportError(f"the node refused {method}: {str(error)[:200]}") from error

    def _ask_contract(self, method: str, *parameters: object) -> Any:
        try:
            return self._request(method, *parameters)
        except _RpcError as error:
            if error.code == _REVERT_CODE or "revert" in str(error).lower():
                data = error.data
                raise Reverted(octets(data) if isinstance(data, str) else b"") from error
            raise TransportError(f"the node refused {method}: {str(error)[:200]}") from error

    def _request(self, method: str, *parameters: object) -> Any:
        try:
            response = self._provider.make_request(method, list(parameters))  # type: ignore[arg-type]  # web3 types the method as RPCEndpoint, a NewType of str
        except (RequestException, Web3Exception, OSError, ValueError) as error:
            raise TransportError(
                "the chain node does not answer; check that it runs and that the RPC URL is right"
            ) from error
        problem = response.get("error")
        if isinstance(problem, dict):
            raise _RpcError(problem["code"], problem["message"], problem.get("data"))
        if "result" not in response:
            raise TransportError(f"the node's answer to {method} is not JSON-RPC 2.0")
        return response["result"]

    @staticmethod
    def _read(reader: Callable[[Any], _Form], form: Any) -> _Form:
        try:
            return reader(form)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TransportError("the node's answer lacks a field, or has one malformed") from error


def _pinned(block: BlockRef) -> dict[str, str]:
    """EIP-1898: the state after exactly this block."""
    return {"blockHash": to_hex(block.hash)}

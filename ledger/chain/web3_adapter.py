"""A chain node reached through web3.py's providers: HTTP, IPC, or a chain in this process.

web3 carries the transport; the forms are read here, because reads must be pinned to block hashes
and receipts must be kept as the bytes that stand in the trie. This is the only module that imports
web3.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import requests
from eth_utils.crypto import keccak
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
from ledger.chain.rpc_forms import (
    each,
    integer,
    octets,
    optional,
    read_block,
    read_log,
    read_receipt,
    write_call,
)
from ledger.errors import NodeError, TransportError
from ledger.types import Address, BlockRef, ChainId, to_hex

_Form = TypeVar("_Form")

_REVERT_CODE = 3  # geth, Besu, anvil
# How engines that give another code begin: what stands later in a message may be anything.
_REVERT = re.compile(r"execution reverted|vm exception while processing transaction: revert", re.I)
_METHOD_NOT_FOUND = -32601
_FALLBACK_PRIORITY_FEE_WEI = 1_000_000_000
_QUOTED_LETTERS = 200
# What the readers raise on a form that is not of the protocol.
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)

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


class _RpcError(NodeError):
    """An error object (JSON-RPC 2.0, section 5.1)."""

    def __init__(self, method: str, code: int, message: str, data: object) -> None:
        super().__init__(f"the node refused {method}: {message[:_QUOTED_LETTERS]}")
        self.message = message
        self.rpc_code = code
        self.data = data

    @property
    def is_revert(self) -> bool:
        """Whether it says that a contract reverted, and not that the node is in trouble."""
        return self.rpc_code == _REVERT_CODE or _REVERT.match(self.message) is not None


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
        return ChainId(self._ask(integer, "eth_chainId"))

    def client_version(self) -> str:
        return self._ask(str, "web3_clientVersion")

    def head(self) -> Block:
        return self._ask(read_block, "eth_getBlockByNumber", "latest", False)

    def block(self, number: int) -> Block | None:
        return self._ask(optional(read_block), "eth_getBlockByNumber", hex(number), False)

    def receipt(self, transaction_hash: bytes) -> Receipt | None:
        name = to_hex(transaction_hash)
        return self._ask(optional(read_receipt), "eth_getTransactionReceipt", name)

    def receipts(self, block: BlockRef) -> tuple[Receipt, ...]:
        found = self._ask(optional(each(read_receipt)), "eth_getBlockReceipts", _pinned(block))
        if found is None:
            raise NodeError(f"the node does not know block {to_hex(block.hash)}")
        return found

    def logs(self, contracts: tuple[Address, ...], first: int, last: int) -> tuple[Log, ...]:
        query = {"address": list(contracts), "fromBlock": hex(first), "toBlock": hex(last)}
        return self._ask(each(read_log), "eth_getLogs", query)

    def logs_with(
        self,
        contract: Address,
        topics: tuple[bytes | None, ...],
        first: int,
        last: int | None = None,
    ) -> tuple[Log, ...]:
        query = {
            "address": contract,
            "fromBlock": hex(first),
            "toBlock": "latest" if last is None else hex(last),
            "topics": [None if topic is None else to_hex(topic) for topic in topics],
        }
        return self._ask(each(read_log), "eth_getLogs", query)

    def call(
        self, to: Address, data: bytes, *, at: BlockRef, sender: Address | None = None
    ) -> bytes:
        return self._run(octets, "eth_call", write_call(sender, to, data), _pinned(at))

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        return self._run(integer, "eth_estimateGas", write_call(sender, to, data))

    def code(self, address: Address, *, at: BlockRef) -> bytes:
        return self._ask(octets, "eth_getCode", address, _pinned(at))

    def transaction_count(self, sender: Address) -> int:
        return self._ask(integer, "eth_getTransactionCount", sender, "pending")

    def sealed_transaction_count(self, sender: Address, *, at: BlockRef) -> int:
        return self._ask(integer, "eth_getTransactionCount", sender, _pinned(at))

    def fees(self) -> Fees:
        """Twice the newest base fee, so that a transaction survives six full blocks of growth."""
        base_fee = self.head().base_fee_per_gas
        if base_fee is None:
            return Fees(self._ask(integer, "eth_gasPrice"), None)
        priority = self._priority_fee()
        return Fees(2 * base_fee + priority, priority)

    def send(self, raw: bytes) -> None:
        try:
            taken = self._ask(octets, "eth_sendRawTransaction", to_hex(raw))
        except _RpcError as error:
            text = error.message.lower()
            failure = next((kind for words, kind in _SEND_FAILURES if words in text), None)
            raise SendRefused(
                failure or SendFailure.REFUSED, error.message[:_QUOTED_LETTERS]
            ) from error
        if taken != keccak(raw):
            raise NodeError("the node answered with the name of another transaction than was sent")

    def _priority_fee(self) -> int:
        try:
            return self._ask(integer, "eth_maxPriorityFeePerGas")
        except _RpcError as error:
            if error.rpc_code == _METHOD_NOT_FOUND:
                return _FALLBACK_PRIORITY_FEE_WEI
            raise

    def _run(self, read: Callable[[Any], _Form], method: str, *parameters: object) -> _Form:
        """Ask what runs a contract. Raises `Reverted` beside what `_ask` raises."""
        try:
            return self._ask(read, method, *parameters)
        except _RpcError as error:
            if not error.is_revert:
                raise
            data = _read(optional(octets), error.data, method)
            raise Reverted(data or b"") from error

    def _ask(self, read: Callable[[Any], _Form], method: str, *parameters: object) -> _Form:
        """Ask the node. Raises TransportError if it does not answer, NodeError if it does not tell.

        read: makes our type of the result, which is malformed if this raises `_MALFORMED`.
        """
        try:
            response: object = self._provider.make_request(method, list(parameters))  # type: ignore[arg-type]  # web3 types the method as RPCEndpoint, a NewType of str
        except (RequestException, Web3Exception, OSError, ValueError, RecursionError) as error:
            raise TransportError(
                "the chain node does not answer; check that it runs and that the RPC URL is right"
            ) from error
        match response:
            case {"error": {"code": int(code), "message": str(message), **rest}}:
                raise _RpcError(method, code, message, rest.get("data"))
            case {"error": problem} if problem is not None:
                raise NodeError(f"the node refused {method} with an error of no known form")
            case {"result": result}:
                return _read(read, result, method)
        raise NodeError(f"the node's answer to {method} is not JSON-RPC 2.0")


def _read(read: Callable[[Any], _Form], form: object, method: str) -> _Form:
    try:
        return read(form)
    except _MALFORMED as error:
        raise NodeError(
            f"the node's answer to {method} lacks a field, or has one malformed"
        ) from error


def _pinned(block: BlockRef) -> dict[str, str]:
    """EIP-1898: the state after exactly this block."""
    return {"blockHash": to_hex(block.hash)}

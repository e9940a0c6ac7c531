"""A chain node reached through web3.py's providers: HTTP, IPC, or a chain in this process.

web3 carries the transport; the forms are read here, because reads must be pinned to block hashes
and receipts must be kept as the bytes that stand in the trie. Only this module, its `rpc` and
`http_provider` import web3.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from eth_utils.crypto import keccak
from web3.providers.base import JSONBaseProvider

from ledger.chain.http_provider import HttpProvider
from ledger.chain.port import (
    Block,
    Fees,
    Log,
    Receipt,
    Reverted,
    SendFailure,
    SendRefused,
    Tip,
)
from ledger.chain.rpc import METHOD_NOT_FOUND, RpcError, RpcNode, read_form
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
from ledger.errors import NodeError
from ledger.types import Address, BlockRef, ChainId, to_hex

_Form = TypeVar("_Form")

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
    ("insufficient funds", SendFailure.UNFUNDED),
    ("upfront cost exceeds", SendFailure.UNFUNDED),  # Besu
)
# Where the words say nothing (EIP-1474): an internal error, and a limit that was exceeded.
_FAILURES_BY_CODE = {-32603: SendFailure.BUSY, -32005: SendFailure.BUSY}
# What engines answer before their first block is final: geth, Besu.
_NOT_YET = re.compile(r"block not found|unknown block", re.I)


def connect(url: str, *, timeout_seconds: float = 10.0) -> "Web3Chain":
    """A node at an HTTP URL. Nothing is sent yet."""
    provider = HttpProvider(url, timeout_seconds=timeout_seconds)
    return Web3Chain(provider, close=provider.close)


class Web3Chain:
    """The port `ledger.chain.port.Chain`, over a web3 provider."""

    def __init__(
        self, provider: JSONBaseProvider, *, close: Callable[[], object] = lambda: None
    ) -> None:
        self._node = RpcNode(provider)
        self.close = close

    def chain_id(self) -> ChainId:
        return ChainId(self._node.ask(integer, "eth_chainId"))

    def client_version(self) -> str:
        return self._node.ask(str, "web3_clientVersion")

    def head(self) -> Block:
        return self._node.ask(read_block, "eth_getBlockByNumber", "latest", False)

    def tip(self) -> Tip:
        # The head first: where each is asked for by itself, what follows tells whose head it was.
        questions = [
            ("eth_getBlockByNumber", ["latest", False]),
            ("eth_chainId", []),
            ("eth_getBlockByNumber", ["0x0", False]),
        ]
        head, chain, genesis = map(_told, self._node.ask_all(_as_it_is, questions))
        first = read_form(optional(read_block), genesis, "eth_getBlockByNumber")
        return Tip(
            ChainId(read_form(integer, chain, "eth_chainId")),
            None if first is None else first.ref.hash,
            read_form(read_block, head, "eth_getBlockByNumber"),
        )

    def block(self, number: int) -> Block | None:
        return self._node.ask(optional(read_block), "eth_getBlockByNumber", hex(number), False)

    def finalized_block(self) -> BlockRef | None:
        try:
            block = self._node.ask(optional(read_block), "eth_getBlockByNumber", "finalized", False)
        except RpcError as error:
            if _NOT_YET.search(error.message):
                return None
            raise NodeError(
                "the node does not tell which block is final (the block tag `finalized`):"
                f' {error.quoted}; set finality = "depth" in [chain] for an engine without it'
            ) from error
        return None if block is None else block.ref

    def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        questions = [("eth_getBlockByNumber", [hex(number), False]) for number in numbers]
        return [_told(found) for found in self._node.ask_all(optional(read_block), questions)]

    def receipt(self, transaction_hash: bytes) -> Receipt | None:
        name = to_hex(transaction_hash)
        return self._node.ask(optional(read_receipt), "eth_getTransactionReceipt", name)

    def receipts_of(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        questions = [("eth_getTransactionReceipt", [to_hex(name)]) for name in hashes]
        return [_told(found) for found in self._node.ask_all(optional(read_receipt), questions)]

    def receipts(self, block: BlockRef) -> tuple[Receipt, ...]:
        found = self._node.ask(optional(each(read_receipt)), "eth_getBlockReceipts", _pinned(block))
        if found is None:
            raise NodeError(f"the node does not know block {to_hex(block.hash)}")
        return found

    def logs(self, contracts: tuple[Address, ...], first: int, last: int) -> tuple[Log, ...]:
        query = {"address": list(contracts), "fromBlock": hex(first), "toBlock": hex(last)}
        return self._node.ask(each(read_log), "eth_getLogs", query)

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
        return self._node.ask(each(read_log), "eth_getLogs", query)

    def call(
        self, to: Address, data: bytes, *, at: BlockRef, sender: Address | None = None
    ) -> bytes:
        return self._run(octets, "eth_call", write_call(sender, to, data), _pinned(at))

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        return self._run(integer, "eth_estimateGas", write_call(sender, to, data))

    def estimates(
        self, sender: Address, calls: Sequence[tuple[Address, bytes]]
    ) -> list[int | Reverted]:
        questions = [("eth_estimateGas", [write_call(sender, to, data)]) for to, data in calls]
        return [_run_or_reverted(answer) for answer in self._node.ask_all(integer, questions)]

    def code(self, address: Address, *, at: BlockRef) -> bytes:
        return self._node.ask(octets, "eth_getCode", address, _pinned(at))

    def transaction_count(self, sender: Address) -> int:
        return self._node.ask(integer, "eth_getTransactionCount", sender, "pending")

    def sealed_transaction_count(self, sender: Address, *, at: BlockRef) -> int:
        return self._node.ask(integer, "eth_getTransactionCount", sender, _pinned(at))

    def fees(self) -> Fees:
        """Twice the newest base fee, so that a transaction survives six full blocks of growth."""
        base_fee = self.head().base_fee_per_gas
        if base_fee is None:
            return Fees(self._node.ask(integer, "eth_gasPrice"), None)
        priority = self._priority_fee(base_fee)
        return Fees(2 * base_fee + priority, priority)

    def balance(self, account: Address) -> int:
        return self._node.ask(integer, "eth_getBalance", account, "latest")

    def send(self, raw: bytes) -> None:
        refused = self.send_many([raw])[0]
        if refused is not None:
            raise refused

    def send_many(self, raws: Sequence[bytes]) -> list[SendRefused | None]:
        questions = [("eth_sendRawTransaction", [to_hex(raw)]) for raw in raws]
        answers = self._node.ask_all(octets, questions)
        return [_read_sent(raw, answer) for raw, answer in zip(raws, answers, strict=True)]

    def _priority_fee(self, base_fee: int) -> int:
        try:
            return self._node.ask(integer, "eth_maxPriorityFeePerGas")
        except RpcError as error:
            if error.rpc_code != METHOD_NOT_FOUND:
                raise
        # A network that asks nothing must not be offered anything.
        return _FALLBACK_PRIORITY_FEE_WEI if base_fee else self._node.ask(integer, "eth_gasPrice")

    def _run(self, read: Callable[[Any], _Form], method: str, *parameters: object) -> _Form:
        """Ask what runs a contract. Raises `Reverted` beside what `RpcNode.ask` raises."""
        answer = _run_or_reverted(self._node.ask_all(read, [(method, parameters)])[0])
        if isinstance(answer, Reverted):
            raise answer
        return answer


def _as_it_is(form: object) -> object:
    return form


def _told(answer: _Form | RpcError) -> _Form:
    if isinstance(answer, RpcError):
        raise answer
    return answer


def _run_or_reverted(answer: _Form | RpcError) -> _Form | Reverted:
    if not isinstance(answer, RpcError):
        return answer
    if not answer.is_revert:
        raise answer
    reverted = Reverted(read_form(optional(octets), answer.data, "what runs a contract") or b"")
    reverted.__cause__ = answer
    return reverted


def _read_sent(raw: bytes, answer: bytes | RpcError) -> SendRefused | None:
    if isinstance(answer, RpcError):
        text = answer.message.lower()
        failure = next((kind for words, kind in _SEND_FAILURES if words in text), None)
        if failure is None:
            failure = _FAILURES_BY_CODE.get(answer.rpc_code, SendFailure.REFUSED)
        refused = SendRefused(failure, answer.quoted)
        refused.__cause__ = answer
        return refused
    if answer != keccak(raw):
        raise NodeError("the node answered with the name of another transaction than was sent")
    return None


def _pinned(block: BlockRef) -> dict[str, str]:
    """EIP-1898: the state after exactly this block."""
    return {"blockHash": to_hex(block.hash)}

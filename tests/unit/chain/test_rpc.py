"""Several questions in one request, and what becomes of a request that gets lost."""

import random
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any

import pytest
from eth_account import Account
from eth_utils.crypto import keccak
from web3.types import RPCEndpoint, RPCResponse

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from ledger.chain import rpc
from ledger.chain.port import Reverted, SendFailure, SendRefused
from ledger.chain.signer import KeySigner, UnsignedTransaction
from ledger.chain.web3_adapter import Web3Chain
from ledger.errors import NodeError, TransportError
from ledger.types import Address

NOBODY = Address("0x" + "0" * 40)


class Flaky(DevnetProvider):
    """A node whose requests fail as `fails` says: before they take effect, or after."""

    fails: Callable[[], BaseException | None] = staticmethod(lambda: None)
    loses: Callable[[], BaseException | None] = staticmethod(lambda: None)
    requests = 0

    def _ask(self, body: bytes) -> bytes:
        self.requests += 1
        before = self.fails()
        if before is not None:
            raise before
        answer = super()._ask(body)
        after = self.loses()
        if after is not None:
            raise after
        return answer


@pytest.fixture(scope="module")
def devnet() -> Iterator[Devnet]:
    with Devnet.open(accounts=1) as opened:
        yield opened


@pytest.fixture
def node(devnet: Devnet, monkeypatch: pytest.MonkeyPatch) -> Flaky:
    monkeypatch.setattr(rpc, "_PAUSES_SECONDS", (0.0, 0.0, 0.0))
    return Flaky(devnet)


@pytest.fixture
def chain(node: Flaky) -> Web3Chain:
    return Web3Chain(node)


def signed(chain: Web3Chain, devnet: Devnet, count: int) -> list[bytes]:
    signer = KeySigner(Account.from_key(devnet.accounts[0].private_key))
    first, fees, chain_id = chain.transaction_count(signer.address), chain.fees(), chain.chain_id()
    return [
        signer.sign(UnsignedTransaction(chain_id, first + offset, NOBODY, b"", 21_000, fees)).raw
        for offset in range(count)
    ]


def in_turn(*failures: BaseException | None) -> Callable[[], BaseException | None]:
    left = list(failures)
    return lambda: left.pop(0) if left else None


def test_many_transactions_are_sent_and_found_in_one_request_each(
    chain: Web3Chain, node: Flaky, devnet: Devnet
) -> None:
    raws = signed(chain, devnet, 20)
    node.requests = 0
    assert chain.send_many(raws) == [None] * 20
    receipts = chain.receipts_of([*map(keccak, raws), b"\x11" * 32])
    assert node.requests == 2
    assert [receipt and receipt.transaction_hash for receipt in receipts] == [
        *map(keccak, raws),
        None,
    ]


def test_one_refusal_among_many_is_that_ones(chain: Web3Chain, devnet: Devnet) -> None:
    first, second = signed(chain, devnet, 2)
    answers = chain.send_many([first, first, b"\x02", second])
    assert answers[0] is None
    assert isinstance(answers[1], SendRefused)
    assert answers[1].failure is SendFailure.NONCE_USED
    assert isinstance(answers[2], SendRefused)
    assert answers[2].failure is SendFailure.REFUSED
    assert answers[3] is None


def test_estimates_tell_refusals_and_gas_apart(chain: Web3Chain, devnet: Devnet) -> None:
    sender = Address(devnet.accounts[0].address)
    (plain,) = chain.estimates(sender, [(NOBODY, b"")])
    assert plain == 21_000
    assert chain.estimates(sender, []) == []


@pytest.mark.parametrize("failure", [ConnectionError, HTTPException, OSError])
def test_a_request_that_got_lost_is_made_again(
    chain: Web3Chain, node: Flaky, failure: type[Exception]
) -> None:
    node.fails = in_turn(failure(), failure(), failure())
    assert chain.head().ref.number >= 0
    node.fails = in_turn(failure(), failure(), failure(), failure())
    with pytest.raises(TransportError, match="does not answer"):
        chain.head()


def test_bytes_whose_answer_got_lost_are_not_taken_for_refused(
    chain: Web3Chain, node: Flaky, devnet: Devnet
) -> None:
    (raw,) = signed(chain, devnet, 1)
    node.loses = in_turn(ConnectionError())
    (answer,) = chain.send_many([raw])
    assert answer is not None
    assert answer.failure in (SendFailure.KNOWN, SendFailure.NONCE_USED)
    assert chain.receipt(keccak(raw)) is not None


def test_a_node_that_hangs_is_waited_for_once(chain: Web3Chain, node: Flaky) -> None:
    node.fails = in_turn(TimeoutError())
    with pytest.raises(TransportError):
        chain.head()
    assert chain.head().ref.number >= 0


def test_three_requests_in_ten_that_fail_are_hardly_noticed(chain: Web3Chain, node: Flaky) -> None:
    chance = random.Random(1)  # noqa: S311 - which requests fail is no secret
    node.fails = lambda: ConnectionError() if chance.random() < 0.3 else None
    unanswered = 0
    for _ in range(500):
        try:
            chain.chain_id()
        except TransportError:
            unanswered += 1
    assert unanswered < 15


@pytest.mark.parametrize("answer", [[], [{"jsonrpc": "2.0", "id": 1, "result": None}], "0x"])
def test_several_questions_that_are_not_each_answered_are_an_error_of_the_node(
    chain: Web3Chain, node: Flaky, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(node, "make_batch_request", lambda _requests: answer)
    with pytest.raises(NodeError):
        chain.receipts_of([b"\x11" * 32, b"\x22" * 32])


def test_the_devnets_newest_block_is_final(chain: Web3Chain) -> None:
    assert chain.finalized_block() == chain.head().ref


@pytest.mark.parametrize("message", ["finalized block not found", "Unknown block"])
def test_before_the_first_final_block_there_is_none(
    chain: Web3Chain, node: Flaky, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    def refuse(_method: RPCEndpoint, _params: Any) -> RPCResponse:
        return {"jsonrpc": "2.0", "id": 1, "error": {"code": -39001, "message": message}}

    monkeypatch.setattr(node, "make_request", refuse)
    assert chain.finalized_block() is None


def test_an_engine_without_final_blocks_is_told_how_to_be_used(
    chain: Web3Chain, node: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_method: RPCEndpoint, _params: Any) -> RPCResponse:
        return {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "invalid tag"}}

    monkeypatch.setattr(node, "make_request", refuse)
    with pytest.raises(NodeError, match='set finality = "depth"'):
        chain.finalized_block()


@pytest.mark.parametrize(
    ("code", "message", "failure"),
    [
        (-32603, "internal error", SendFailure.BUSY),
        (-32005, "limit exceeded", SendFailure.BUSY),
        (-32000, "insufficient funds for gas * price + value", SendFailure.UNFUNDED),
        (-32000, "exceeds block gas limit", SendFailure.REFUSED),
    ],
)
def test_what_the_node_cannot_do_now_is_not_what_it_never_will(
    chain: Web3Chain,
    node: Flaky,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    message: str,
    failure: SendFailure,
) -> None:
    def refuse(_method: RPCEndpoint, _params: Any) -> RPCResponse:
        return {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}

    monkeypatch.setattr(node, "make_request", refuse)
    with pytest.raises(SendRefused) as caught:
        chain.send(b"\x02")
    assert caught.value.failure is failure


def test_where_nothing_is_asked_nothing_is_offered(
    chain: Web3Chain, node: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = node.make_request

    def free(method: RPCEndpoint, params: Any) -> RPCResponse:
        if method == "eth_maxPriorityFeePerGas":
            return {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "no method"}}
        if method == "eth_gasPrice":
            return {"jsonrpc": "2.0", "id": 1, "result": "0x0"}
        response: Any = genuine(method, params)
        return {**response, "result": {**response["result"], "baseFeePerGas": "0x0"}}  # type: ignore[typeddict-item]  # as the node answers

    monkeypatch.setattr(node, "make_request", free)
    fees = chain.fees()
    assert (fees.max_fee_per_gas, fees.priority_fee_per_gas) == (0, 0)


def test_a_revert_among_estimates_is_told_with_its_data(
    chain: Web3Chain, node: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    responses: list[RPCResponse] = [
        {"jsonrpc": "2.0", "id": 1, "result": "0x5208"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "error": {"code": 3, "message": "execution reverted", "data": "0x0102"},
        },
    ]
    monkeypatch.setattr(node, "make_batch_request", lambda _requests: responses)
    gas, reverted = chain.estimates(NOBODY, [(NOBODY, b""), (NOBODY, b"")])
    assert gas == 21_000
    assert isinstance(reverted, Reverted)
    assert reverted.data == b"\x01\x02"


def test_a_node_that_takes_no_batches_is_asked_one_by_one(
    chain: Web3Chain, node: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = chain.tip()
    refusal = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "no batches"}}
    monkeypatch.setattr(node, "make_batch_request", lambda _requests: refusal)
    node.requests = 0
    assert chain.tip() == tip
    assert node.requests == 3

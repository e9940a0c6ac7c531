from collections.abc import Callable, Iterator
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_utils.crypto import keccak
from web3.types import RPCEndpoint, RPCResponse

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from ledger.chain.artifacts import load_artifact
from ledger.chain.membership import Membership, MemberStatus
from ledger.chain.port import Reverted, SendFailure, SendRefused, Tip
from ledger.chain.signer import KeySigner, UnsignedTransaction
from ledger.chain.web3_adapter import Web3Chain
from ledger.errors import NodeError
from ledger.types import Address, BlockRef, MemberId, to_hex

HASH = "0x" + "11" * 32
NOBODY = Address("0x" + "0" * 40)
MEMBER = MemberId("org:some-member")


class Distorted(DevnetProvider):
    """A node that answers one method in another way than it should.

    answer: makes that answer of the right one.
    """

    method = ""
    answer: Callable[[Any], object] = staticmethod(lambda response: response)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        response: Any = super().make_request(method, params)
        return self.answer(response) if method == self.method else response  # type: ignore[return-value]  # wrong on purpose

    def will(self, method: str, answer: Callable[[Any], object]) -> None:
        self.method, self.answer = method, answer

    def will_say(self, method: str, **response: object) -> None:
        self.will(method, lambda _right: {"jsonrpc": "2.0", "id": 1, **response})


@pytest.fixture(scope="module")
def devnet() -> Iterator[Devnet]:
    with Devnet.open(accounts=1) as opened:
        yield opened


@pytest.fixture
def node(devnet: Devnet) -> Distorted:
    return Distorted(devnet)


@pytest.fixture
def chain(node: Distorted) -> Web3Chain:
    return Web3Chain(node)


def signed(chain: Web3Chain, devnet: Devnet) -> bytes:
    signer = KeySigner(Account.from_key(devnet.accounts[0].private_key))
    nonce = chain.transaction_count(signer.address)
    transaction = UnsignedTransaction(chain.chain_id(), nonce, NOBODY, b"", 21_000, chain.fees())
    return signer.sign(transaction).raw


QUESTIONS: dict[str, Callable[[Web3Chain], object]] = {
    "eth_chainId": Web3Chain.chain_id,
    "eth_getBlockByNumber": Web3Chain.head,
    "eth_getLogs": lambda chain: chain.logs((NOBODY,), 0, 0),
    "eth_getCode": lambda chain: chain.code(NOBODY, at=chain.head().ref),
    "eth_call": lambda chain: chain.call(NOBODY, b"", at=chain.head().ref),
    "eth_estimateGas": lambda chain: chain.estimate_gas(NOBODY, NOBODY, b""),
    "eth_getTransactionCount": lambda chain: chain.transaction_count(NOBODY),
    "eth_maxPriorityFeePerGas": Web3Chain.fees,
    "eth_getBlockReceipts": lambda chain: chain.receipts(chain.head().ref),
}


@pytest.mark.parametrize("result", [None, "", "0x0g", "12", "-0x1", "0xzz", 7, True, {}, ["0x"]])
@pytest.mark.parametrize("method", QUESTIONS)
def test_a_result_of_another_form_is_an_error_of_the_node(
    chain: Web3Chain, node: Distorted, method: str, result: object
) -> None:
    node.will_say(method, result=result)
    with pytest.raises(NodeError):
        QUESTIONS[method](chain)


@pytest.mark.parametrize(
    "response",
    [
        None,
        [],
        "0x1",
        {},
        {"error": None},
        {"error": "too busy"},
        {"error": {}},
        {"error": {"message": "execution reverted"}},
        {"error": {"code": 3}},
        {"error": {"code": "3", "message": "execution reverted"}},
        {"error": {"code": -32000, "message": None}},
    ],
)
@pytest.mark.parametrize("method", QUESTIONS)
def test_an_answer_that_is_not_json_rpc_is_an_error_of_the_node(
    chain: Web3Chain, node: Distorted, method: str, response: object
) -> None:
    node.will(method, lambda _right: response)
    with pytest.raises(NodeError):
        QUESTIONS[method](chain)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hash", "0x11"),
        ("hash", None),
        ("number", "0x8000000000000000"),
        ("timestamp", "0x1" + "0" * 64),
        ("logsBloom", "0x1"),
        ("parentHash", "0x 11"),
    ],
)
def test_a_block_with_a_malformed_field_is_an_error_of_the_node(
    chain: Web3Chain, node: Distorted, field: str, value: object
) -> None:
    node.will(
        "eth_getBlockByNumber",
        lambda right: {**right, "result": {**right["result"], field: value}},
    )
    with pytest.raises(NodeError):
        chain.block(0)


def test_a_block_or_receipt_that_the_node_does_not_have_is_none(chain: Web3Chain) -> None:
    assert chain.block(chain.head().ref.number + 1) is None
    assert chain.receipt(b"\x11" * 32) is None
    with pytest.raises(NodeError, match="does not know block"):
        chain.receipts(BlockRef(0, b"\x11" * 32))


def test_an_error_of_one_question_is_not_a_node_that_does_not_answer(
    chain: Web3Chain, node: Distorted
) -> None:
    node.will_say("eth_getCode", error={"code": -32602, "message": "no " + "such block " * 100})
    with pytest.raises(NodeError, match="the node refused eth_getCode: no such block") as caught:
        QUESTIONS["eth_getCode"](chain)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("method", ["eth_call", "eth_estimateGas"])
@pytest.mark.parametrize(
    ("error", "data"),
    [
        ({"code": 3, "message": "execution reverted", "data": "0x0102"}, b"\x01\x02"),
        ({"code": -32000, "message": "Execution reverted", "data": "0x0102"}, b"\x01\x02"),
        ({"code": -32000, "message": "execution reverted: not yours"}, b""),
        ({"code": 3, "message": "execution reverted", "data": None}, b""),
        (
            {"code": -32603, "message": "VM Exception while processing transaction: revert why"},
            b"",
        ),
    ],
)
def test_what_engines_say_of_a_revert_is_one(
    chain: Web3Chain, node: Distorted, method: str, error: object, data: bytes
) -> None:
    node.will_say(method, error=error)
    with pytest.raises(Reverted) as caught:
        QUESTIONS[method](chain)
    assert caught.value.data == data


@pytest.mark.parametrize("method", ["eth_call", "eth_estimateGas"])
@pytest.mark.parametrize(
    "error",
    [
        {"code": -32000, "message": "unable to revert to snapshot"},
        {"code": -32000, "message": "the state was reverted", "data": "0x"},
        {"code": 3, "message": "execution reverted", "data": "Reverted 0x0102"},
        {"code": 3, "message": "execution reverted", "data": {"reason": "not yours"}},
    ],
)
def test_trouble_of_the_node_is_not_a_revert(
    chain: Web3Chain, node: Distorted, method: str, error: object
) -> None:
    node.will_say(method, error=error)
    with pytest.raises(NodeError):
        QUESTIONS[method](chain)


def test_only_the_name_of_what_was_sent_means_that_it_was_taken(
    chain: Web3Chain, node: Distorted, devnet: Devnet
) -> None:
    raw = signed(chain, devnet)
    node.will("eth_sendRawTransaction", lambda right: right)
    chain.send(raw)
    assert chain.receipt(keccak(raw)) is not None
    wrong: list[object] = [HASH, None, "0x", {}, True]
    for result in wrong:
        node.will_say("eth_sendRawTransaction", result=result)
        with pytest.raises(NodeError):
            chain.send(raw)


@pytest.mark.parametrize(
    ("message", "failure"),
    [
        ("Nonce too low", SendFailure.NONCE_USED),
        ("x" * 300 + " nonce too low", SendFailure.NONCE_USED),
        ("never", SendFailure.REFUSED),
    ],
)
def test_what_a_node_does_not_take_is_refused_for_its_reason(
    chain: Web3Chain, node: Distorted, message: str, failure: SendFailure
) -> None:
    node.will_say("eth_sendRawTransaction", error={"code": -32000, "message": message})
    with pytest.raises(SendRefused) as caught:
        chain.send(b"\x02")
    assert caught.value.failure is failure
    assert len(str(caught.value)) < 300


def test_a_chain_without_the_priority_fee_method_has_one_all_the_same(
    chain: Web3Chain, node: Distorted
) -> None:
    node.will_say("eth_maxPriorityFeePerGas", error={"code": -32601, "message": "no such method"})
    assert chain.fees().priority_fee_per_gas == 1_000_000_000
    node.will_say("eth_maxPriorityFeePerGas", error={"code": -32603, "message": "too busy"})
    with pytest.raises(NodeError, match="too busy"):
        chain.fees()


def test_a_result_that_no_contract_of_ours_gives_is_an_error_of_the_node() -> None:
    abi = load_artifact("Notary").abi
    with pytest.raises(NodeError, match="isAnchored"):
        abi.decode_result("isAnchored", b"\x01")


def test_a_state_that_the_contract_cannot_give_is_an_error_of_the_node(
    chain: Web3Chain, node: Distorted
) -> None:
    membership, head = Membership(chain, NOBODY), chain.head().ref
    node.will_say("eth_call", result=to_hex(encode(["uint8", "uint16", "uint32"], [2, 1, 1])))
    assert membership.member(MEMBER, at=head).status is MemberStatus.SUSPENDED
    node.will_say("eth_call", result=to_hex(encode(["uint8", "uint16", "uint32"], [3, 1, 1])))
    with pytest.raises(NodeError, match="3, which is no MemberStatus"):
        membership.member(MEMBER, at=head)


def test_the_tip_is_what_the_questions_for_its_parts_answer(chain: Web3Chain) -> None:
    genesis = chain.block(0)
    assert genesis is not None
    assert chain.tip() == Tip(chain.chain_id(), genesis.ref.hash, chain.head())

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from ledger.chain.artifacts import load_artifact
from ledger.chain.contract import member_of
from ledger.chain.port import Log
from ledger.codec import member_to_word
from ledger.errors import NodeError, TransportError
from ledger.types import BlockRef, MemberId, parse_address, to_hex

MEMBER = member_to_word(MemberId("org:some-bank"))
OPERATOR = parse_address("0x" + "11" * 20)
ANCHORED = Log(
    address=parse_address("0x" + "22" * 20),
    topics=(keccak(text="Anchored(bytes32,bytes32,uint32,address)"), MEMBER, b"r" * 32),
    data=encode(["uint32", "address"], [7, OPERATOR]),
    block=BlockRef(3, b"b" * 32),
    transaction_hash=b"t" * 32,
    transaction_index=0,
    log_index=0,
)


def test_an_event_is_decoded_with_its_arguments_in_the_order_of_the_source() -> None:
    decoded = load_artifact("Notary").abi.decode_log(ANCHORED)
    assert decoded is not None
    assert decoded.name == "Anchored"
    assert list(decoded.arguments.items()) == [
        ("member", to_hex(MEMBER)),
        ("root", to_hex(b"r" * 32)),
        ("size", 7),
        ("submitter", OPERATOR.lower()),
    ]


@pytest.mark.parametrize(
    "log",
    [
        replace(ANCHORED, topics=()),
        replace(ANCHORED, topics=(b"x" * 32, *ANCHORED.topics[1:])),
        replace(ANCHORED, topics=ANCHORED.topics[:2]),
        replace(ANCHORED, data=ANCHORED.data[:-1]),
        replace(ANCHORED, data=b"\xff" * 64),
    ],
    ids=["no topics", "another event", "a topic missing", "data cut short", "data out of range"],
)
def test_a_log_that_is_not_of_the_contract_is_no_event(log: Log) -> None:
    assert load_artifact("Notary").abi.decode_log(log) is None


@pytest.mark.parametrize("answer", [b"", b"\x00" * 31, b"\xff" * 32])
def test_an_answer_out_of_form_is_the_nodes_fault(answer: bytes) -> None:
    with pytest.raises(TransportError, match="not of the contract's form"):
        load_artifact("Notary").abi.decode_result("isAnchored", answer)


def test_revert_data_cut_short_is_no_error_of_ours() -> None:
    selector = keccak(text="NotaryAlreadyAnchored(bytes32,bytes32)")[:4]
    assert load_artifact("Notary").abi.decode_error(selector + b"\x00" * 10) is None
    whole = load_artifact("Notary").abi.decode_error(selector + MEMBER + b"r" * 32)
    assert whole is not None
    assert whole.name == "NotaryAlreadyAnchored"


@pytest.mark.parametrize("word", [b"\x00" * 32, b"\xff" * 32, b"no colon".ljust(32, b"\x00")])
def test_a_word_that_names_no_member_is_the_nodes_fault(word: bytes) -> None:
    with pytest.raises(NodeError, match="cannot be one"):
        member_of(word)
    assert member_of(MEMBER) == "org:some-bank"

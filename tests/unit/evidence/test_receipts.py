import json
from importlib import resources

import pytest
import rlp

from ledger.errors import VerificationError
from ledger.evidence import ANCHORED_TOPIC, ReceiptLog, decode_anchored, decode_receipt
from ledger.types import Digest
from tests.unit.evidence.ledger_world import (
    NOTARY,
    SUBMITTER,
    SUPPLIER,
    anchored_log,
    other_log,
    receipt,
)

ROOT = Digest(b"\x77" * 32)
LOGS = [other_log(), anchored_log(SUPPLIER, ROOT, 5)]


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4, 0x7F])
def test_receipts_of_every_transaction_type_are_read(kind: int) -> None:
    other, anchored = decode_receipt(receipt(LOGS, kind=kind))
    assert other.address == "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE"
    assert other.data == b"\x01" * 32
    assert anchored.address == NOTARY
    assert anchored.topics[0] == ANCHORED_TOPIC


def test_a_receipt_may_hold_no_event() -> None:
    assert decode_receipt(receipt([])) == ()


def test_the_event_says_who_anchored_what() -> None:
    event = decode_anchored(decode_receipt(receipt(LOGS))[1])
    assert (event.notary, event.member, event.submitter) == (NOTARY, SUPPLIER, SUBMITTER)
    assert (event.root, event.size) == (ROOT, 5)


def test_the_event_is_the_one_that_the_contract_declares() -> None:
    text = (resources.files("contracts.artifacts") / "Notary.json").read_text("utf-8")
    events = [item for item in json.loads(text)["abi"] if item.get("name") == "Anchored"]
    declared = [(field["type"], field["indexed"]) for field in events[0]["inputs"]]
    assert declared == [("bytes32", True), ("bytes32", True), ("uint32", False), ("address", False)]


def test_an_event_has_up_to_four_topics() -> None:
    topics = [bytes([number] * 32) for number in range(4)]
    assert decode_receipt(log_of(topics=topics))[0].topics == tuple(topics)


def fields_of(**changes: object) -> bytes:
    names = ("status", "gas", "bloom", "logs")
    values = dict(zip(names, rlp.decode(receipt(LOGS, kind=0)), strict=True)) | changes
    encoded: bytes = rlp.encode(list(values.values()))
    return encoded


def log_of(**changes: object) -> bytes:
    names = ("address", "topics", "data")
    values = dict(zip(names, anchored_log(SUPPLIER, ROOT, 5), strict=True)) | changes
    return fields_of(logs=[list(values.values())])


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\x02",
        b"\x80",
        b"\x00" + receipt(LOGS, kind=0),
        b"\x02\x02" + receipt(LOGS, kind=0),
        receipt(LOGS) + b"\x00",
        receipt(LOGS)[:-1],
        receipt(LOGS, status=0),
        rlp.encode([1, 21_000, bytes(256)]),
        fields_of(extra=b""),
        fields_of(status=b"\x77" * 32),
        fields_of(gas=b"\x00\x01"),
        fields_of(bloom=bytes(255)),
        fields_of(logs=b""),
        fields_of(logs=[b""]),
        log_of(address=b"\x0a" * 19),
        log_of(topics=b""),
        log_of(topics=[b"\x01" * 31]),
        log_of(topics=[b"\x01" * 32] * 5),
        log_of(topics=[[]]),
        log_of(data=[]),
        log_of(extra=b""),
    ],
)
def test_bytes_that_are_no_receipt_of_a_success_are_refused(encoded: bytes) -> None:
    with pytest.raises(VerificationError):
        decode_receipt(encoded)


TOPICS = (ANCHORED_TOPIC, SUPPLIER.encode().ljust(32, b"\x00"), ROOT)
DATA = (5).to_bytes(32, "big") + bytes(12) + b"\x0c" * 20


@pytest.mark.parametrize(
    ("topics", "data"),
    [
        ((), DATA),
        (TOPICS[:2], DATA),
        ((*TOPICS, ROOT), DATA),
        ((ROOT, *TOPICS[1:]), DATA),
        ((ANCHORED_TOPIC, bytes(32), ROOT), DATA),
        (TOPICS, b""),
        (TOPICS, DATA[:-1]),
        (TOPICS, DATA + bytes(32)),
        (TOPICS, (2**32).to_bytes(32, "big") + DATA[32:]),
        (TOPICS, DATA[:32] + b"\x01" + DATA[33:]),
    ],
)
def test_another_event_is_not_taken_for_an_anchor(topics: tuple[bytes, ...], data: bytes) -> None:
    decode_anchored(ReceiptLog(NOTARY, TOPICS, DATA))
    with pytest.raises(VerificationError):
        decode_anchored(ReceiptLog(NOTARY, topics, data))

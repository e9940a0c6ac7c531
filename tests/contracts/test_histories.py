from collections.abc import Iterable

import pytest
from eth_utils.crypto import keccak
from web3.types import LogReceipt

from tests.contracts.cast import Ledger
from tests.contracts.harness import decode_log
from tests.contracts.receivables import offer, register, register_accepted

# The argument that names who acted, for each event that stands for an act.
ACTOR = {
    "InvoiceRegistered": "supplier",
    "InvoiceAccepted": "buyer",
    "InvoiceRejected": "buyer",
    "InvoiceCancelled": "supplier",
    "Offered": "from",
    "OfferAccepted": "to",
    "OfferRejected": "to",
    "OfferWithdrawn": "from",
    "OfferExpired": "by",
}
EFFECTS = {"StrictKeyHeld", "StrictKeyFreed", "AlertKeyNoted", "AlertKeySeen", "UnitsRetired"}


def history_of(logs: Iterable[LogReceipt]) -> tuple[int, bytes]:
    """Counter and running hash that these logs, and no others, lead to."""
    count, digest = 0, bytes(32)
    for log in logs:
        entry = keccak(b"".join([*log["topics"], log["data"]]))
        count, digest = count + 1, keccak(digest + entry)
    return count, digest


def actor_of(ledger: Ledger, log: LogReceipt) -> bytes | None:
    name, arguments = decode_log(log, ledger.invoices)
    if name in EFFECTS:
        return None
    actor: bytes = arguments[ACTOR[name]]
    return actor


def record_of(ledger: Ledger, log: LogReceipt) -> bytes:
    record: bytes = decode_log(log, ledger.invoices)[1]["record"]
    return record


def all_logs(ledger: Ledger) -> list[LogReceipt]:
    query = {"address": ledger.invoices.address, "fromBlock": 0, "toBlock": "latest"}
    return list(ledger.chain.web3.eth.get_logs(query))  # type: ignore[arg-type]  # a TypedDict


def record_history(ledger: Ledger, record: bytes) -> tuple[int, bytes]:
    count, digest = ledger.invoices.functions.recordHistory(record).call()
    return count, digest


def member_history(ledger: Ledger, member: bytes) -> tuple[int, bytes]:
    count, digest = ledger.invoices.functions.memberHistory(member).call()
    return count, digest


@pytest.fixture
def records(ledger: Ledger) -> list[bytes]:
    """Four records that between them went through every event there is."""
    act, book = ledger.act, ledger.invoices.functions
    alert = [(2, b"\xa1" * 32)]
    first = register_accepted(ledger, alert_keys=alert)
    act(ledger.financier, book.acceptOffer(first, offer(ledger, first, 600)))
    number = offer(ledger, first, 100, by=ledger.financier, to=ledger.other_financier)
    second = register_accepted(
        ledger, commitment=b"\xc1" * 32, strict_keys=[b"\x52" * 32], alert_keys=alert
    )
    act(ledger.other_financier, book.rejectOffer(first, number))
    act(ledger.supplier, book.withdrawOffer(second, offer(ledger, second, 1)))
    act(ledger.supplier, book.cancel(second))
    number = offer(ledger, first, 5, lasting=60)
    ledger.chain.pass_time(60)
    act(ledger.auditor, book.expireOffer(first, number))
    third = register(ledger, by=ledger.other_supplier, strict_keys=[b"\x53" * 32, b"\x54" * 32])
    act(ledger.buyer, book.reject(third, b"\x01" * 32))
    fourth = register(ledger, commitment=b"\xc2" * 32, strict_keys=[b"\x54" * 32])
    return [first, second, third, fourth]


def test_the_story_has_every_event(ledger: Ledger, records: list[bytes]) -> None:
    assert records
    names = {decode_log(log, ledger.invoices)[0] for log in all_logs(ledger)}
    assert names == {*ACTOR, *EFFECTS}


def test_a_records_history_is_recomputed_from_its_logs(
    ledger: Ledger, records: list[bytes]
) -> None:
    for record in records:
        logs = [log for log in all_logs(ledger) if record_of(ledger, log) == record]
        assert record_history(ledger, record) == history_of(logs)
        assert record_history(ledger, record) != history_of(logs[:-1])
        assert record_history(ledger, record) != history_of(logs[::-1])


def test_a_members_history_is_recomputed_from_the_logs_of_its_acts(
    ledger: Ledger, records: list[bytes]
) -> None:
    assert records
    logs = all_logs(ledger)
    for member, acts in (
        (ledger.supplier, 8),
        (ledger.other_supplier, 1),
        (ledger.buyer, 3),
        (ledger.financier, 2),
        (ledger.other_financier, 1),
        (ledger.auditor, 1),
        (ledger.other_buyer, 0),
    ):
        own = [log for log in logs if actor_of(ledger, log) == member.id]
        assert len(own) == acts
        assert member_history(ledger, member.id) == history_of(own)


def test_what_fails_leaves_no_trace(ledger: Ledger) -> None:
    record = register(ledger)
    before = record_history(ledger, record), member_history(ledger, ledger.buyer.id)
    with pytest.raises(Exception, match="InvoiceBookNotBuyer"):
        ledger.act(ledger.other_buyer, ledger.invoices.functions.accept(record))
    assert (record_history(ledger, record), member_history(ledger, ledger.buyer.id)) == before
    assert record_history(ledger, b"\x01" * 32) == (0, bytes(32))

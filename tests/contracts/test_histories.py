from collections import defaultdict
from typing import Any

import pytest
from web3.types import LogReceipt

from tests.contracts.acts import extended
from tests.contracts.cast import Ledger
from tests.contracts.harness import artifact, decode_log, reverts, word
from tests.contracts.histories import INVOICE_EVENTS, NOBODY, NOTHING, logs_of, record_of_log
from tests.contracts.pledges import pledge, pledge_behind
from tests.contracts.receivables import offer, register, register_accepted

REASON = word("reason")

NO_TRACE = {"CallRefused"}
"""Of a batch, and of no record."""


def events() -> set[str]:
    """All events of the invoice book, from its ABI."""
    return {entry["name"] for entry in artifact("InvoiceBook")["abi"] if entry["type"] == "event"}


def record_history(ledger: Ledger, record: bytes) -> tuple[int, bytes]:
    count, digest = ledger.invoices.functions.recordHistory(record).call()
    return count, digest


def member_history(ledger: Ledger, member: bytes) -> tuple[int, bytes]:
    count, digest = ledger.invoices.functions.memberHistory(member).call()
    return count, digest


@pytest.fixture
def records(ledger: Ledger) -> list[bytes]:
    """Records that between them went through every event there is."""
    return [
        *_offered(ledger),
        _pledged(ledger),
        _paid(ledger),
        _disputed(ledger),
        _stopped(ledger),
    ]


def _key(number: int) -> dict[str, Any]:
    return {"commitment": bytes([number]) * 32, "strict_keys": [bytes([number]) * 32]}


def _offered(ledger: Ledger) -> list[bytes]:
    act, book = ledger.act, ledger.invoices.functions
    alert = [(2, b"\xa1" * 32)]
    first = register_accepted(ledger, alert_keys=alert)
    act(ledger.financier, book.acceptOffer(first, offer(ledger, first, 600)))
    number = offer(ledger, first, 100, by=ledger.financier, to=ledger.other_financier)
    second = register_accepted(ledger, alert_keys=alert, **_key(1))
    act(ledger.other_financier, book.rejectOffer(first, number))
    act(ledger.supplier, book.withdrawOffer(second, offer(ledger, second, 1)))
    act(ledger.supplier, book.cancel(second))
    number = offer(ledger, first, 5, lasting=60)
    ledger.chain.pass_time(60)
    act(ledger.auditor, book.expireOffer(first, number))
    third = register(ledger, by=ledger.other_supplier, **_key(2))
    act(ledger.buyer, book.reject(third, REASON))
    return [first, second, third]


def _pledged(ledger: Ledger) -> bytes:
    act, book = ledger.act, ledger.invoices.functions
    record = register_accepted(ledger, **_key(3))
    senior = pledge(ledger, record, 600)
    pledge_behind(ledger, record, senior, 600)
    act(ledger.financier, book.enforcePledge(record, senior, 100))
    act(ledger.other_financier, book.releasePledge(record, 1, 500))
    act(ledger.financier, book.releasePledge(record, senior, 1))
    return record


def _paid(ledger: Ledger) -> bytes:
    act, book, supplier = ledger.act, ledger.invoices.functions, ledger.supplier
    record = register(ledger, **_key(4))
    act(ledger.buyer, book.acceptPart(record, 900, REASON))
    act(ledger.buyer, book.undertake(record))
    act(ledger.financier, book.acceptOffer(record, offer(ledger, record, 1)))
    holders = [supplier, supplier, supplier, ledger.financier]
    for holder in holders:
        act(ledger.buyer, book.declarePayment(record, holder.id, 1, bytes(32)))
    act(supplier, book.confirmPayment(record, 0))
    act(supplier, book.denyPayment(record, 1, REASON))
    act(ledger.buyer, book.withdrawPayment(record, 2))
    ledger.suspend(ledger.financier)
    ledger.decide(book.confirmPayment(record, 3))
    ledger.decide(ledger.membership.functions.reinstate(ledger.financier.id))
    ledger.suspend(ledger.buyer)
    ledger.decide(book.declarePayment(record, supplier.id, 1, bytes(32)))
    ledger.decide(ledger.membership.functions.reinstate(ledger.buyer.id))
    act(supplier, book.credit(record, 898, REASON))
    ledger.decide(book.freeSettledKeys(record, REASON))
    return record


def _disputed(ledger: Ledger) -> bytes:
    act, book = ledger.act, ledger.invoices.functions
    record = register_accepted(ledger, **_key(5))
    dispute = book.dispute(record, 10, REASON)
    act(ledger.buyer, dispute)
    act(ledger.buyer, book.withdrawDispute(record, 1))
    act(ledger.buyer, dispute)
    act(ledger.supplier, book.concedeDispute(record, 2))
    act(ledger.buyer, dispute)
    ledger.decide(book.decideDispute(record, 3, [(ledger.supplier.id, 3)], REASON))
    return record


def _stopped(ledger: Ledger) -> bytes:
    book = ledger.invoices.functions
    record = register_accepted(ledger, **_key(6))
    for decision in (
        book.freeze(record, REASON),
        book.unfreeze(record, 0),
        book.voidRecord(record, REASON),
    ):
        ledger.decide(decision)
    return record


def test_it_is_said_of_every_event_who_acted() -> None:
    assert INVOICE_EVENTS.names | NO_TRACE == events()


def test_the_story_has_every_event(ledger: Ledger, records: list[bytes]) -> None:
    assert records
    names = {decode_log(log, ledger.invoices)[0] for log in logs_of(ledger.invoices)}
    assert names == events() - NO_TRACE


def test_a_records_history_is_recomputed_from_its_logs(
    ledger: Ledger, records: list[bytes]
) -> None:
    logs_by_record = defaultdict[bytes, list[LogReceipt]](list)
    for log in logs_of(ledger.invoices):
        logs_by_record[record_of_log(ledger.invoices, log)].append(log)
    assert sorted(logs_by_record) == sorted(records)
    for record, logs in logs_by_record.items():
        assert record_history(ledger, record) == extended(NOTHING, logs)
        assert record_history(ledger, record) != extended(NOTHING, logs[:-1])
        assert record_history(ledger, record) != extended(NOTHING, logs[::-1])


def test_a_members_history_is_recomputed_from_the_logs_of_its_acts(
    ledger: Ledger, records: list[bytes]
) -> None:
    assert records
    logs = logs_of(ledger.invoices)
    actors = [INVOICE_EVENTS.actor_of(ledger.invoices, log) for log in logs]
    for member, acts in (
        (ledger.supplier, 19),
        (ledger.other_supplier, 1),
        (ledger.buyer, 21),
        (ledger.financier, 5),
        (ledger.other_financier, 2),
        (ledger.auditor, 1),
        (ledger.other_buyer, 0),
        (ledger.council[0], 0),
    ):
        own = [log for log, actor in zip(logs, actors, strict=True) if actor == member.id]
        assert len(own) == acts
        assert member_history(ledger, member.id) == extended(NOTHING, own)


def test_what_fails_leaves_no_trace(ledger: Ledger) -> None:
    record = register(ledger)
    before = record_history(ledger, record), member_history(ledger, ledger.buyer.id)
    with pytest.raises(Exception, match="InvoiceBookNotBuyer"):
        ledger.act(ledger.other_buyer, ledger.invoices.functions.accept(record))
    assert (record_history(ledger, record), member_history(ledger, ledger.buyer.id)) == before


def test_what_does_not_exist_has_no_history_and_who_did_nothing_an_empty_one(
    ledger: Ledger,
) -> None:
    unknown = b"\x01" * 32
    with reverts("RecordBookUnknownRecord", unknown):
        call = ledger.invoices.functions.recordHistory(unknown)
        ledger.chain.simulate(ledger.auditor.key, call)
    assert member_history(ledger, unknown) == NOTHING


def test_what_the_council_does_for_suspended_parties_is_in_no_members_history(
    ledger: Ledger, record: bytes
) -> None:
    book, parties = ledger.invoices.functions, (ledger.buyer, ledger.supplier)
    for member in parties:
        ledger.suspend(member)
    before = [member_history(ledger, member.id) for member in parties]
    count, _ = record_history(ledger, record)
    ledger.decide(book.declarePayment(record, ledger.supplier.id, 1, bytes(32)))
    ledger.decide(book.confirmPayment(record, 0))
    actors = [INVOICE_EVENTS.actor_of(ledger.invoices, log) for log in logs_of(ledger.invoices)]
    assert actors[-3:] == [None] * 3  # declared, confirmed, retired
    assert [member_history(ledger, member.id) for member in parties] == before
    assert member_history(ledger, NOBODY) == NOTHING
    assert record_history(ledger, record)[0] == count + 3

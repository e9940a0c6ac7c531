import pytest

from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import (
    UNITS,
    declare_payment,
    register,
    register_accepted,
)

REASON = word("never delivered")


def is_overdue(ledger: Ledger, record: bytes) -> bool:
    overdue: bool = ledger.invoices.functions.isOverdue(record).call()
    return overdue


@pytest.fixture
def due(ledger: Ledger) -> int:
    """A due date that is near."""
    return ledger.chain.now() + 1000


def wait_until(ledger: Ledger, time: int) -> None:
    ledger.chain.pass_time(time - ledger.chain.now())
    assert ledger.chain.now() == time


def test_an_accepted_invoice_is_overdue_from_the_second_after_its_due_date(
    ledger: Ledger, due: int
) -> None:
    record = register_accepted(ledger, due_date=due)
    assert not is_overdue(ledger, record)
    wait_until(ledger, due)
    assert not is_overdue(ledger, record)
    wait_until(ledger, due + 1)
    assert is_overdue(ledger, record)


def test_an_invoice_without_due_date_is_never_overdue(ledger: Ledger) -> None:
    record = register_accepted(ledger, due_date=0)
    ledger.chain.pass_time(10**9)
    assert not is_overdue(ledger, record)


def test_a_past_due_date_is_overdue_as_soon_as_it_is_accepted(ledger: Ledger) -> None:
    record = register(ledger, due_date=1)
    assert not is_overdue(ledger, record)
    ledger.act(ledger.buyer, ledger.invoices.functions.accept(record))
    assert is_overdue(ledger, record)


def test_what_is_not_owed_is_not_overdue(ledger: Ledger, due: int) -> None:
    book = ledger.invoices.functions
    waiting, rejected, cancelled, voided = (
        register(ledger, due_date=due, commitment=word_, strict_keys=[word_])
        for word_ in (bytes([number]) * 32 for number in range(1, 5))
    )
    ledger.act(ledger.buyer, book.reject(rejected, REASON))
    ledger.act(ledger.supplier, book.cancel(cancelled))
    ledger.act(ledger.buyer, book.accept(voided))
    ledger.decide(book.voidRecord(voided, REASON))
    wait_until(ledger, due + 1)
    for record in (waiting, rejected, cancelled, voided):
        assert not is_overdue(ledger, record)


def test_an_invoice_is_overdue_until_its_last_unit_is_paid(ledger: Ledger, due: int) -> None:
    book = ledger.invoices.functions
    record = register_accepted(ledger, due_date=due)
    wait_until(ledger, due + 1)
    for units, overdue in ((UNITS - 1, True), (1, False)):
        number = declare_payment(ledger, record, units)
        ledger.act(ledger.supplier, book.confirmPayment(record, number))
        assert is_overdue(ledger, record) is overdue


def test_a_frozen_invoice_falls_due_like_any_other(ledger: Ledger, due: int) -> None:
    record = register_accepted(ledger, due_date=due)
    ledger.act(ledger.buyer, ledger.invoices.functions.dispute(record, 1, REASON))
    wait_until(ledger, due + 1)
    assert is_overdue(ledger, record)


def test_an_unknown_record_is_neither_due_nor_overdue(ledger: Ledger) -> None:
    with reverts("RecordBookUnknownRecord", b"\x01" * 32):
        ledger.chain.simulate(ledger.auditor.key, ledger.invoices.functions.isOverdue(b"\x01" * 32))

import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    CANCELLED,
    COUNCIL_FREEZE,
    SETTLED,
    STRICT_KEY,
    UNITS,
    VOIDED,
    declare_payment,
    invoice_state,
    offer,
    pledge,
    position,
    register,
    register_accepted,
    retired,
    transfer,
)

REASON = word("under examination")
NOTE = b"\xcd" * 32


@pytest.mark.parametrize("accepted", [False, True])
def test_the_supplier_cancels_while_it_holds_everything(ledger: Ledger, *, accepted: bool) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    record = register_accepted(ledger) if accepted else register(ledger)
    assert enact(ledger, record, supplier, book.cancel(record)) == [
        ("InvoiceCancelled", {"record": record, "supplier": supplier.id}),
        ("StrictKeyFreed", {"key": STRICT_KEY, "record": record}),
        ("UnitsRetired", {"record": record, "member": supplier.id, "units": UNITS}),
    ]
    assert invoice_state(ledger, record) == CANCELLED
    assert book.strictKeyHolder(STRICT_KEY).call() == bytes(32)
    assert book.record(record).call()[3:] == (UNITS, UNITS, 0, 0)
    assert position(ledger, record, supplier) == (0, 0, 0)


def test_only_the_supplier_cancels(ledger: Ledger) -> None:
    record = register(ledger)
    for member in (ledger.other_supplier, ledger.buyer, ledger.council[0]):
        with reverts("InvoiceBookNotSupplier", record, member.id):
            ledger.act(member, ledger.invoices.functions.cancel(record))


def test_what_was_accepted_in_part_can_be_cancelled(ledger: Ledger) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    record = register(ledger)
    ledger.act(ledger.buyer, book.acceptPart(record, 960, REASON))
    events = enact(ledger, record, supplier, book.cancel(record))
    assert events[-1] == ("UnitsRetired", {"record": record, "member": supplier.id, "units": 960})
    assert retired(ledger, record) == UNITS
    assert book.strictKeyHolder(STRICT_KEY).call() == bytes(32)


def test_what_was_credited_in_part_can_be_cancelled(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    ledger.act(supplier, book.credit(record, 999, NOTE))
    events = enact(ledger, record, supplier, book.cancel(record))
    assert events[-1] == ("UnitsRetired", {"record": record, "member": supplier.id, "units": 1})
    assert invoice_state(ledger, record) == CANCELLED


def test_an_undertaken_invoice_that_nobody_financed_can_be_cancelled(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.undertake(record))
    ledger.act(ledger.supplier, book.cancel(record))
    assert invoice_state(ledger, record) == CANCELLED


def test_an_invoice_is_not_cancelled_while_units_are_offered_or_held_elsewhere(
    ledger: Ledger, record: bytes
) -> None:
    book, cancel = ledger.invoices.functions, ledger.invoices.functions.cancel(record)
    number = offer(ledger, record, 1)
    with reverts("InvoiceBookUnitsElsewhere", record):
        ledger.act(ledger.supplier, cancel)
    ledger.act(ledger.financier, book.acceptOffer(record, number))
    with reverts("InvoiceBookUnitsElsewhere", record):
        ledger.act(ledger.supplier, cancel)


def test_an_invoice_is_not_cancelled_while_units_are_pledged(ledger: Ledger, record: bytes) -> None:
    book, cancel = ledger.invoices.functions, ledger.invoices.functions.cancel(record)
    number = pledge(ledger, record, 1)
    with reverts("InvoiceBookUnitsElsewhere", record):
        ledger.act(ledger.supplier, cancel)
    ledger.act(ledger.other_financier, book.releasePledge(record, number, 1))
    ledger.act(ledger.supplier, cancel)
    assert invoice_state(ledger, record) == CANCELLED


def test_an_invoice_can_be_cancelled_again_after_its_offers_were_withdrawn(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.supplier, book.withdrawOffer(record, offer(ledger, record, UNITS)))
    ledger.act(ledger.supplier, book.cancel(record))
    assert invoice_state(ledger, record) == CANCELLED


@pytest.mark.parametrize("answer", [None, "confirmPayment", "denyPayment", "withdrawPayment"])
def test_an_invoice_of_which_a_payment_was_ever_declared_is_not_cancelled(
    ledger: Ledger, record: bytes, answer: str | None
) -> None:
    book, cancel = ledger.invoices.functions, ledger.invoices.functions.cancel(record)
    ledger.chain.simulate(ledger.supplier.key, cancel)
    number = declare_payment(ledger, record, 1)
    answers = {
        "confirmPayment": (ledger.supplier, book.confirmPayment(record, number)),
        "denyPayment": (ledger.supplier, book.denyPayment(record, number, REASON)),
        "withdrawPayment": (ledger.buyer, book.withdrawPayment(record, number)),
    }
    if answer is not None:
        ledger.act(*answers[answer])
    with reverts("InvoiceBookPaymentDeclared", record):
        ledger.act(ledger.supplier, cancel)
    assert invoice_state(ledger, record) == ACCEPTED
    assert book.strictKeyHolder(STRICT_KEY).call() == record


def test_a_payment_of_another_invoice_or_one_that_was_refused_hinders_no_cancellation(
    ledger: Ledger, record: bytes
) -> None:
    other = register_accepted(ledger, commitment=b"\x01" * 32, strict_keys=[b"\x01" * 32])
    declare_payment(ledger, other, 1)
    with reverts("RecordBookNoUnits"):
        declare_payment(ledger, record, 0)
    ledger.act(ledger.supplier, ledger.invoices.functions.cancel(record))
    assert invoice_state(ledger, record) == CANCELLED


def test_a_payment_that_the_council_declares_hinders_a_cancellation_too(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.suspend(ledger.buyer)
    ledger.decide(book.declarePayment(record, ledger.supplier.id, 1, bytes(32)))
    with reverts("InvoiceBookPaymentDeclared", record):
        ledger.act(ledger.supplier, book.cancel(record))


def test_a_frozen_invoice_is_not_cancelled(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, COUNCIL_FREEZE):
        ledger.act(ledger.supplier, book.cancel(record))
    ledger.decide(book.unfreeze(record, 0))
    ledger.act(ledger.supplier, book.cancel(record))


def test_a_dead_invoice_is_not_cancelled(ledger: Ledger) -> None:
    book, cancel = ledger.invoices.functions, ledger.invoices.functions.cancel
    rejected = register(ledger)
    ledger.act(ledger.buyer, book.reject(rejected, REASON))
    with reverts("InvoiceBookWrongState", rejected, 3):
        ledger.act(ledger.supplier, cancel(rejected))
    cancelled = register(ledger, commitment=b"\x01" * 32)
    ledger.act(ledger.supplier, cancel(cancelled))
    with reverts("InvoiceBookWrongState", cancelled, CANCELLED):
        ledger.act(ledger.supplier, cancel(cancelled))
    voided = register(ledger, commitment=b"\x02" * 32)
    ledger.decide(book.voidRecord(voided, REASON))
    with reverts("InvoiceBookWrongState", voided, VOIDED):
        ledger.act(ledger.supplier, cancel(voided))
    settled = register_accepted(ledger, commitment=b"\x03" * 32)
    ledger.act(ledger.supplier, book.credit(settled, UNITS, NOTE))
    with reverts("InvoiceBookWrongState", settled, SETTLED):
        ledger.act(ledger.supplier, cancel(settled))


def test_a_cancelled_invoice_lets_its_keys_go_and_a_settled_one_keeps_them(ledger: Ledger) -> None:
    book, fresh = ledger.invoices.functions, b"\xc1" * 32
    record = register_accepted(ledger)
    snapshot = ledger.chain.snapshot()
    ledger.act(ledger.supplier, book.cancel(record))
    second = register(ledger, commitment=fresh)
    assert book.strictKeyHolder(STRICT_KEY).call() == second
    ledger.chain.restore(snapshot)
    transfer(ledger, record, UNITS)
    ledger.act(ledger.buyer, book.declarePayment(record, ledger.financier.id, UNITS, NOTE))
    ledger.act(ledger.financier, book.confirmPayment(record, 0))
    assert invoice_state(ledger, record) == SETTLED
    with reverts("IdentityKeysTaken", STRICT_KEY, record):
        register(ledger, commitment=fresh)

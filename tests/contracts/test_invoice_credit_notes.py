from collections.abc import Callable

import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    CANCELLED,
    COUNCIL_FREEZE,
    REGISTERED,
    SETTLED,
    STRICT_KEY,
    UNITS,
    invoice_state,
    offer,
    pledge,
    position,
    register,
    retired,
    transfer,
)

CREDIT_NOTE = b"\xcd" * 32
REASON = word("under examination")


def test_a_credit_note_retires_units_of_the_supplier(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    events = enact(ledger, record, supplier, book.credit(record, 50, CREDIT_NOTE))
    credited = {"record": record, "supplier": supplier.id, "units": 50, "commitment": CREDIT_NOTE}
    assert events == [
        ("InvoiceCredited", credited),
        ("UnitsRetired", {"record": record, "member": supplier.id, "units": 50}),
    ]
    assert position(ledger, record, supplier) == (UNITS - 50, 0, 0)
    assert retired(ledger, record) == 50
    assert invoice_state(ledger, record) == ACCEPTED


def test_several_credit_notes_add_up(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    for units in (1, 20, 300):
        ledger.act(ledger.supplier, book.credit(record, units, CREDIT_NOTE))
    assert retired(ledger, record) == 321
    assert position(ledger, record, ledger.supplier) == (679, 0, 0)


def test_a_credit_note_over_everything_settles_the_invoice(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    ledger.act(supplier, book.credit(record, UNITS - 1, CREDIT_NOTE))
    assert invoice_state(ledger, record) == ACCEPTED
    events = enact(ledger, record, supplier, book.credit(record, 1, CREDIT_NOTE))
    assert [name for name, _ in events] == ["InvoiceCredited", "UnitsRetired", "InvoiceSettled"]
    assert events[2][1] == {"record": record}
    assert invoice_state(ledger, record) == SETTLED
    assert retired(ledger, record) == UNITS
    assert book.strictKeyHolder(STRICT_KEY).call() == record
    with reverts("InvoiceBookWrongState", record, SETTLED):
        ledger.act(supplier, book.credit(record, 1, CREDIT_NOTE))


def test_a_credit_note_names_units_and_a_commitment(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    with reverts("InvoiceBookEmptyCredit", record):
        ledger.act(ledger.supplier, book.credit(record, 1, bytes(32)))
    with reverts("RecordBookNoUnits"):
        ledger.act(ledger.supplier, book.credit(record, 0, CREDIT_NOTE))


def test_only_the_supplier_enters_a_credit_note(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    transfer(ledger, record, 600)
    call = book.credit(record, 1, CREDIT_NOTE)
    for member in (ledger.other_supplier, ledger.buyer, ledger.financier, ledger.council[0]):
        with reverts("InvoiceBookNotSupplier", record, member.id):
            ledger.act(member, call)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        ledger.act(ledger.supplier, call)


def test_a_credit_note_takes_nothing_that_another_member_holds(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    transfer(ledger, record, 600)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 400, 401):
        ledger.act(supplier, book.credit(record, 401, CREDIT_NOTE))
    ledger.act(supplier, book.credit(record, 400, CREDIT_NOTE))
    assert position(ledger, record, supplier) == (0, 0, 0)
    assert position(ledger, record, ledger.financier) == (600, 0, 0)
    assert invoice_state(ledger, record) == ACCEPTED


@pytest.mark.parametrize(
    ("promise", "left"), [(offer, (0, 999, 0)), (pledge, (0, 0, 999))], ids=["offered", "pledged"]
)
def test_a_credit_note_takes_no_offered_and_no_pledged_units(
    ledger: Ledger,
    record: bytes,
    promise: Callable[[Ledger, bytes, int], int],
    left: tuple[int, int, int],
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    promise(ledger, record, 999)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 1, 2):
        ledger.act(supplier, book.credit(record, 2, CREDIT_NOTE))
    ledger.act(supplier, book.credit(record, 1, CREDIT_NOTE))
    assert position(ledger, record, supplier) == left
    assert invoice_state(ledger, record) == ACCEPTED


def test_only_an_accepted_invoice_is_credited(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    call = book.credit(record, 1, CREDIT_NOTE)
    with reverts("InvoiceBookWrongState", record, REGISTERED):
        ledger.act(ledger.supplier, call)
    ledger.act(ledger.supplier, book.cancel(record))
    with reverts("InvoiceBookWrongState", record, CANCELLED):
        ledger.act(ledger.supplier, call)


def test_a_frozen_invoice_is_not_credited(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, COUNCIL_FREEZE):
        ledger.act(ledger.supplier, book.credit(record, 1, CREDIT_NOTE))
    ledger.decide(book.unfreeze(record, 0))
    ledger.act(ledger.supplier, book.credit(record, 1, CREDIT_NOTE))


def test_an_undertaking_does_not_hinder_a_credit_note(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.undertake(record))
    ledger.act(ledger.supplier, book.credit(record, 1, CREDIT_NOTE))
    assert retired(ledger, record) == 1

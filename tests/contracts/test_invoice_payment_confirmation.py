from typing import Any

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    PAYMENT_CONFIRMED,
    PAYMENT_DECLARED,
    SETTLED,
    STRICT_KEY,
    UNITS,
    VOIDED,
    declare_payment,
    invoice_state,
    offer,
    payment_state,
    pledge,
    position,
    retired,
    transfer,
)

REASON = word("under examination")


def confirmed(
    record: bytes, payment: int, holder: Member, units: int, *, by: bytes
) -> tuple[str, dict[str, Any]]:
    """The event of a confirmation."""
    arguments = {"by": by, "holder": holder.id, "units": units}
    return "PaymentConfirmed", {"record": record, "payment": payment, **arguments}


def test_the_holder_confirms_and_as_many_of_its_units_retire(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    transfer(ledger, record, 600)
    declare_payment(ledger, record, 1, to=financier)
    number = declare_payment(ledger, record, 250, to=financier)
    events = enact(ledger, record, financier, book.confirmPayment(record, number))
    assert events == [
        confirmed(record, number, financier, 250, by=financier.id),
        ("UnitsRetired", {"record": record, "member": financier.id, "units": 250}),
    ]
    assert payment_state(ledger, record, number) == PAYMENT_CONFIRMED
    assert payment_state(ledger, record, 0) == PAYMENT_DECLARED
    assert position(ledger, record, financier) == (350, 0, 0)
    assert position(ledger, record, ledger.supplier) == (400, 0, 0)
    assert retired(ledger, record) == 250


def test_payments_in_part_lead_to_settlement_with_the_last_unit(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    transfer(ledger, record, 600)
    for units, holder in ((599, financier), (400, supplier)):
        number = declare_payment(ledger, record, units, to=holder)
        ledger.act(holder, book.confirmPayment(record, number))
        assert invoice_state(ledger, record) == ACCEPTED
    number = declare_payment(ledger, record, 1, to=financier)
    events = enact(ledger, record, financier, book.confirmPayment(record, number))
    assert events == [
        confirmed(record, number, financier, 1, by=financier.id),
        ("UnitsRetired", {"record": record, "member": financier.id, "units": 1}),
        ("InvoiceSettled", {"record": record}),
    ]
    assert invoice_state(ledger, record) == SETTLED
    assert retired(ledger, record) == UNITS
    assert book.strictKeyHolder(STRICT_KEY).call() == record


def test_the_rest_of_a_part_that_was_accepted_settles_the_invoice(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.supplier, book.credit(record, UNITS - 5, b"\xcd" * 32))
    number = declare_payment(ledger, record, 5)
    ledger.act(ledger.supplier, book.confirmPayment(record, number))
    assert invoice_state(ledger, record) == SETTLED


def test_only_the_holder_confirms(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    transfer(ledger, record, 600)
    number = declare_payment(ledger, record, 1, to=ledger.financier)
    call = book.confirmPayment(record, number)
    for member in (ledger.supplier, ledger.buyer, ledger.other_financier, ledger.council[0]):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, call)
    ledger.suspend(ledger.financier)
    with reverts("MembershipNotActive", ledger.financier.id, 2):
        ledger.act(ledger.financier, call)


def test_a_holder_that_passed_its_units_on_has_none_to_confirm_with(
    ledger: Ledger, record: bytes
) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    transfer(ledger, record, 600)
    number = declare_payment(ledger, record, 600, to=financier)
    transfer(ledger, record, 1, by=financier, to=ledger.other_financier)
    with reverts("RecordBookInsufficientUnits", record, financier.id, 599, 600):
        ledger.act(financier, book.confirmPayment(record, number))
    assert payment_state(ledger, record, number) == PAYMENT_DECLARED
    ledger.act(financier, book.denyPayment(record, number, REASON))


def test_units_that_are_offered_or_pledged_cannot_be_confirmed_away(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    number = declare_payment(ledger, record, UNITS)
    call = book.confirmPayment(record, number)
    offered = offer(ledger, record, 1)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, UNITS - 1, UNITS):
        ledger.act(supplier, call)
    ledger.act(supplier, book.withdrawOffer(record, offered))
    pledged = pledge(ledger, record, 2)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, UNITS - 2, UNITS):
        ledger.act(supplier, call)
    ledger.act(ledger.other_financier, book.releasePledge(record, pledged, 2))
    ledger.act(supplier, call)
    assert invoice_state(ledger, record) == SETTLED


def test_two_declarations_of_the_same_units_are_confirmed_once(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    for _ in range(2):
        declare_payment(ledger, record, 600)
    ledger.act(supplier, book.confirmPayment(record, 0))
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 400, 600):
        ledger.act(supplier, book.confirmPayment(record, 1))


def test_what_is_settled_or_void_takes_no_payments(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    number = declare_payment(ledger, record, 1)
    snapshot = ledger.chain.snapshot()
    ledger.act(supplier, book.credit(record, UNITS, b"\xcd" * 32))
    with reverts("InvoiceBookWrongState", record, SETTLED):
        ledger.act(supplier, book.confirmPayment(record, number))
    with reverts("InvoiceBookWrongState", record, SETTLED):
        declare_payment(ledger, record, 1)
    ledger.chain.restore(snapshot)
    ledger.decide(book.voidRecord(record, REASON))
    with reverts("InvoiceBookWrongState", record, VOIDED):
        ledger.act(supplier, book.confirmPayment(record, number))
    ledger.act(supplier, book.denyPayment(record, number, REASON))

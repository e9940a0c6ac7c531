import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import SUPPLIER, reverts, word
from tests.contracts.receivables import (
    CANCELLED,
    PAYMENT_CONFIRMED,
    PAYMENT_DECLARED,
    PAYMENT_DENIED,
    PAYMENT_WITHDRAWN,
    REGISTERED,
    UNITS,
    declare_payment,
    offer,
    payment_declared,
    payment_state,
    pledge,
    position,
    register,
    retired,
    transfer,
)

ADVICE = b"\xad" * 32
REASON = word("nothing arrived")


def test_the_buyer_declares_a_payment_which_moves_nothing(ledger: Ledger, record: bytes) -> None:
    book, buyer, financier = ledger.invoices.functions, ledger.buyer, ledger.financier
    transfer(ledger, record, 600)
    call = book.declarePayment(record, financier.id, 250, ADVICE)
    assert ledger.chain.simulate(buyer.key, call) == 0
    declared = {
        "record": record,
        "payment": 0,
        "by": buyer.id,
        "holder": financier.id,
        "units": 250,
        "advice": ADVICE,
    }
    assert enact(ledger, record, buyer, call) == [("PaymentDeclared", declared)]
    expected = (financier.id, ADVICE, 250, ledger.chain.now(), PAYMENT_DECLARED)
    assert book.paymentOf(record, 0).call() == expected
    assert position(ledger, record, financier) == (600, 0, 0)
    assert retired(ledger, record) == 0


def test_payments_are_numbered_from_zero_for_each_record(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    other = register(ledger, commitment=b"\xc1" * 32, strict_keys=[b"\x52" * 32])
    ledger.act(ledger.buyer, book.accept(other))
    assert book.paymentCount(record).call() == 0
    for number in range(3):
        call = book.declarePayment(record, ledger.supplier.id, number + 1, ADVICE)
        assert ledger.chain.simulate(ledger.buyer.key, call) == number
        ledger.act(ledger.buyer, call)
    assert [book.paymentOf(record, number).call()[2] for number in range(3)] == [1, 2, 3]
    assert book.paymentCount(record).call() == 3
    assert book.paymentCount(other).call() == 0
    assert declare_payment(ledger, other, 9) == 0
    assert book.paymentOf(other, 0).call()[2] == 9


def test_only_the_buyer_declares_payments_also_when_it_buys_no_more(
    ledger: Ledger, record: bytes
) -> None:
    call = ledger.invoices.functions.declarePayment(record, ledger.supplier.id, 1, ADVICE)
    for member in (ledger.supplier, ledger.other_buyer, ledger.council[0]):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, call)
    ledger.set_roles(ledger.buyer, SUPPLIER)
    ledger.act(ledger.buyer, call)
    ledger.suspend(ledger.buyer)
    with reverts("MembershipNotActive", ledger.buyer.id, 2):
        ledger.act(ledger.buyer, call)


def test_an_invoice_says_for_good_that_a_payment_was_declared(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    with reverts("RecordBookNoUnits"):
        declare_payment(ledger, record, 0)
    assert not payment_declared(ledger, record)
    number = declare_payment(ledger, record, 1)
    assert payment_declared(ledger, record)
    ledger.act(ledger.supplier, book.denyPayment(record, number, REASON))
    assert payment_declared(ledger, record)
    number = declare_payment(ledger, record, 1)
    ledger.act(ledger.buyer, book.withdrawPayment(record, number))
    assert payment_declared(ledger, record)


def test_payments_are_declared_for_accepted_invoices_only(ledger: Ledger) -> None:
    record = register(ledger)
    with reverts("InvoiceBookWrongState", record, REGISTERED):
        declare_payment(ledger, record, 1)
    ledger.act(ledger.supplier, ledger.invoices.functions.cancel(record))
    with reverts("InvoiceBookWrongState", record, CANCELLED):
        declare_payment(ledger, record, 1)


def test_a_payment_is_for_one_unit_to_all_that_the_holder_holds(
    ledger: Ledger, record: bytes
) -> None:
    supplier = ledger.supplier
    with reverts("RecordBookNoUnits"):
        declare_payment(ledger, record, 0)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, UNITS, UNITS + 1):
        declare_payment(ledger, record, UNITS + 1)
    assert declare_payment(ledger, record, 1) == 0
    assert declare_payment(ledger, record, UNITS) == 1


def test_units_that_the_holder_offered_and_pledged_count_as_held(
    ledger: Ledger, record: bytes
) -> None:
    supplier = ledger.supplier
    transfer(ledger, record, 400)
    offer(ledger, record, 100)
    pledge(ledger, record, 200)
    assert position(ledger, record, supplier) == (300, 100, 200)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 600, 601):
        declare_payment(ledger, record, 601)
    declare_payment(ledger, record, 600)


def test_who_holds_nothing_is_not_paid(ledger: Ledger, record: bytes) -> None:
    with reverts("RecordBookInsufficientUnits", record, ledger.financier.id, 0, 1):
        declare_payment(ledger, record, 1, to=ledger.financier)


def test_a_payment_is_declared_while_frozen_and_confirmed_once_it_thaws(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeze(record, REASON))
    number = declare_payment(ledger, record, 1)
    with reverts("RecordBookFrozen", record, 1):
        ledger.act(ledger.supplier, book.confirmPayment(record, number))
    ledger.decide(book.unfreeze(record, 0))
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    with reverts("RecordBookFrozen", record, 4):
        ledger.act(ledger.supplier, book.confirmPayment(record, number))
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    ledger.act(ledger.supplier, book.confirmPayment(record, number))
    assert payment_state(ledger, record, number) == PAYMENT_CONFIRMED


def test_the_holder_denies_that_a_payment_arrived(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    declare_payment(ledger, record, 1)
    number = declare_payment(ledger, record, 2)
    events = enact(ledger, record, supplier, book.denyPayment(record, number, REASON))
    denied = {"record": record, "payment": 1, "holder": supplier.id, "reason": REASON}
    assert events == [("PaymentDenied", denied)]
    assert payment_state(ledger, record, number) == PAYMENT_DENIED
    assert payment_state(ledger, record, 0) == PAYMENT_DECLARED
    assert position(ledger, record, supplier) == (UNITS, 0, 0)


def test_the_buyer_takes_a_declaration_back(ledger: Ledger, record: bytes) -> None:
    book, buyer = ledger.invoices.functions, ledger.buyer
    declare_payment(ledger, record, 1)
    number = declare_payment(ledger, record, 2)
    events = enact(ledger, record, buyer, book.withdrawPayment(record, number))
    withdrawn = {"record": record, "payment": 1, "buyer": buyer.id}
    assert events == [("PaymentWithdrawn", withdrawn)]
    assert payment_state(ledger, record, number) == PAYMENT_WITHDRAWN
    assert payment_state(ledger, record, 0) == PAYMENT_DECLARED


def test_only_the_holder_denies_and_only_the_buyer_withdraws(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    number = declare_payment(ledger, record, 1)
    for member in (ledger.buyer, ledger.financier, ledger.council[0]):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, book.denyPayment(record, number, REASON))
    for member in (ledger.supplier, ledger.other_buyer):
        with reverts("InvoiceBookNotBuyer", record, member.id):
            ledger.act(member, book.withdrawPayment(record, number))
    ledger.suspend(ledger.buyer)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        ledger.act(ledger.supplier, book.denyPayment(record, number, REASON))
    with reverts("MembershipNotActive", ledger.buyer.id, 2):
        ledger.act(ledger.buyer, book.withdrawPayment(record, number))


@pytest.mark.parametrize("first", ["confirmPayment", "denyPayment", "withdrawPayment"])
def test_a_payment_is_answered_once(ledger: Ledger, record: bytes, first: str) -> None:
    book = ledger.invoices.functions
    number = declare_payment(ledger, record, 1)
    answers = {
        "confirmPayment": (ledger.supplier, book.confirmPayment(record, number)),
        "denyPayment": (ledger.supplier, book.denyPayment(record, number, REASON)),
        "withdrawPayment": (ledger.buyer, book.withdrawPayment(record, number)),
    }
    states = {
        "confirmPayment": PAYMENT_CONFIRMED,
        "denyPayment": PAYMENT_DENIED,
        "withdrawPayment": PAYMENT_WITHDRAWN,
    }
    ledger.act(*answers[first])
    for member, call in answers.values():
        with reverts("InvoicePaymentsNotDeclared", record, number, states[first]):
            ledger.act(member, call)


def test_a_payment_that_was_never_declared_is_unknown(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    number = declare_payment(ledger, record, 1) + 1
    for member, call in (
        (ledger.supplier, book.confirmPayment(record, number)),
        (ledger.supplier, book.denyPayment(record, number, REASON)),
        (ledger.buyer, book.withdrawPayment(record, number)),
        (ledger.auditor, book.paymentOf(record, number)),
    ):
        with reverts("InvoicePaymentsUnknown", record, number):
            ledger.chain.simulate(member.key, call)

from tests.contracts.acts import enact, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    PAYMENT_CONFIRMED,
    PAYMENT_DECLARED,
    PAYMENT_WITHDRAWN,
    SETTLED,
    UNITS,
    declare_payment,
    invoice_state,
    payment_state,
    position,
    transfer,
)

ADVICE = b"\xad" * 32
REASON = word("under examination")


def test_the_council_declares_for_a_suspended_buyer(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    transfer(ledger, record, 600)
    ledger.suspend(ledger.buyer)
    declared = {
        "record": record,
        "payment": 0,
        "by": bytes(32),
        "holder": financier.id,
        "units": 250,
        "advice": ADVICE,
    }
    events = enact_decision(ledger, record, book.declarePayment(record, financier.id, 250, ADVICE))
    assert events == [("PaymentDeclared", declared)]
    expected = (financier.id, ADVICE, 250, ledger.chain.now(), PAYMENT_DECLARED)
    assert book.paymentOf(record, 0).call() == expected
    enact(ledger, record, financier, book.confirmPayment(record, 0))
    assert position(ledger, record, financier) == (350, 0, 0)


def test_the_council_declares_for_no_buyer_that_can_do_it_itself(
    ledger: Ledger, record: bytes
) -> None:
    buyer, supplier = ledger.buyer, ledger.supplier
    call = ledger.invoices.functions.declarePayment(record, supplier.id, 1, ADVICE)
    ledger.suspend(supplier)
    with reverts("RecordBookNotSuspended", record, buyer.id):
        ledger.decide(call)
    ledger.suspend(buyer)
    ledger.decide(ledger.membership.functions.reinstate(buyer.id))
    with reverts("RecordBookNotSuspended", record, buyer.id):
        ledger.decide(call)
    ledger.suspend(buyer)
    for member in (*ledger.council, ledger.financier):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, call)
    enact_decision(ledger, record, call)


def test_the_council_declares_within_the_same_limits(ledger: Ledger, record: bytes) -> None:
    book, supplier, unknown = ledger.invoices.functions, ledger.supplier, b"\x01" * 32
    ledger.suspend(ledger.buyer)
    for units, error, arguments in (
        (0, "RecordBookNoUnits", ()),
        (UNITS + 1, "RecordBookInsufficientUnits", (record, supplier.id, UNITS, UNITS + 1)),
    ):
        with reverts(error, *arguments):
            ledger.decide(book.declarePayment(record, supplier.id, units, ADVICE))
    with reverts("RecordBookUnknownRecord", unknown):
        ledger.decide(book.declarePayment(unknown, supplier.id, 1, ADVICE))


def test_what_a_suspended_buyer_owes_a_suspended_holder_is_settled_by_the_council(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    for member in (ledger.buyer, ledger.supplier):
        ledger.suspend(member)
    ledger.decide(book.declarePayment(record, ledger.supplier.id, UNITS, ADVICE))
    events = enact_decision(ledger, record, book.confirmPayment(record, 0))
    assert events[-1] == ("InvoiceSettled", {"record": record})


def test_a_reinstated_buyer_withdraws_what_the_council_declared_for_it(
    ledger: Ledger, record: bytes
) -> None:
    book, buyer = ledger.invoices.functions, ledger.buyer
    ledger.suspend(buyer)
    ledger.decide(book.declarePayment(record, ledger.supplier.id, 1, ADVICE))
    ledger.decide(ledger.membership.functions.reinstate(buyer.id))
    enact(ledger, record, buyer, book.withdrawPayment(record, 0))
    assert payment_state(ledger, record, 0) == PAYMENT_WITHDRAWN


def test_the_council_confirms_for_a_suspended_holder(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    transfer(ledger, record, 600)
    declare_payment(ledger, record, 5, to=financier)
    number = declare_payment(ledger, record, 600, to=financier)
    ledger.suspend(financier)
    confirmed = {
        "record": record,
        "payment": number,
        "by": bytes(32),
        "holder": financier.id,
        "units": 600,
    }
    assert enact_decision(ledger, record, book.confirmPayment(record, number)) == [
        ("PaymentConfirmed", confirmed),
        ("UnitsRetired", {"record": record, "member": financier.id, "units": 600}),
    ]
    assert payment_state(ledger, record, number) == PAYMENT_CONFIRMED
    assert payment_state(ledger, record, 0) == PAYMENT_DECLARED
    assert position(ledger, record, financier) == (0, 0, 0)
    assert invoice_state(ledger, record) == ACCEPTED


def test_the_council_confirms_for_nobody_that_can_do_it_itself(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    number = declare_payment(ledger, record, UNITS)
    call = book.confirmPayment(record, number)
    with reverts("RecordBookNotSuspended", record, supplier.id):
        ledger.decide(call)
    ledger.suspend(supplier)
    ledger.decide(ledger.membership.functions.reinstate(supplier.id))
    with reverts("RecordBookNotSuspended", record, supplier.id):
        ledger.decide(call)
    ledger.suspend(supplier)
    events = enact_decision(ledger, record, call)
    assert events[-1] == ("InvoiceSettled", {"record": record})
    assert invoice_state(ledger, record) == SETTLED
    with reverts("InvoicePaymentsNotDeclared", record, number, PAYMENT_CONFIRMED):
        ledger.decide(call)


def test_a_suspended_buyer_opens_no_confirmation_for_an_active_holder_to_the_council(
    ledger: Ledger, record: bytes
) -> None:
    number = declare_payment(ledger, record, 1)
    ledger.suspend(ledger.buyer)
    call = ledger.invoices.functions.confirmPayment(record, number)
    with reverts("RecordBookNotSuspended", record, ledger.supplier.id):
        ledger.decide(call)
    enact(ledger, record, ledger.supplier, call)


def test_the_council_confirms_nothing_of_a_frozen_invoice(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    number = declare_payment(ledger, record, 1)
    ledger.suspend(ledger.supplier)
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, 1):
        ledger.decide(book.confirmPayment(record, number))


def test_the_council_neither_denies_nor_withdraws_payments(ledger: Ledger, record: bytes) -> None:
    book, council = ledger.invoices.functions, ledger.membership.address.lower()
    number = declare_payment(ledger, record, 1)
    ledger.suspend(ledger.supplier)
    for call in (book.denyPayment(record, number, REASON), book.withdrawPayment(record, number)):
        with reverts("MembershipUnknownKey", council):
            ledger.decide(call)

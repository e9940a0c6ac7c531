from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    CANCELLED,
    COUNCIL_FREEZE,
    DUE_DATE,
    REGISTERED,
    REJECTED,
    UNITS,
    freezes,
    refuse_all_but_the_named_buyer,
    register,
)

REASON = word("goods were damaged")


def test_the_buyer_undertakes_to_pay(ledger: Ledger, record: bytes) -> None:
    book, buyer = ledger.invoices.functions, ledger.buyer
    state, registered_at, accepted_at, *_ = book.invoice(record).call()
    ledger.chain.pass_time(10)
    events = enact(ledger, record, buyer, book.undertake(record))
    assert events == [("PaymentUndertaken", {"record": record, "buyer": buyer.id})]
    expected = (state, registered_at, accepted_at, DUE_DATE, ledger.chain.now(), False)
    assert book.invoice(record).call() == expected
    assert expected[0] == ACCEPTED


def test_the_buyer_of_a_part_undertakes_to_pay_it(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    ledger.act(ledger.buyer, book.acceptPart(record, 1, REASON))
    ledger.act(ledger.buyer, book.undertake(record))
    assert book.invoice(record).call()[4] == ledger.chain.now()


def test_an_undertaking_is_given_once(ledger: Ledger, record: bytes) -> None:
    call = ledger.invoices.functions.undertake(record)
    ledger.act(ledger.buyer, call)
    undertaken_at = ledger.chain.now()
    with reverts("InvoiceBookUndertaken", record, undertaken_at):
        ledger.act(ledger.buyer, call)


def test_only_the_named_buyer_undertakes_while_it_is_a_buyer(ledger: Ledger, record: bytes) -> None:
    call = ledger.invoices.functions.undertake(record)
    refuse_all_but_the_named_buyer(ledger, record, call)


def test_only_an_accepted_invoice_is_undertaken(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    with reverts("InvoiceBookWrongState", record, REGISTERED):
        ledger.act(ledger.buyer, book.undertake(record))
    snapshot = ledger.chain.snapshot()
    ledger.act(ledger.buyer, book.reject(record, REASON))
    with reverts("InvoiceBookWrongState", record, REJECTED):
        ledger.act(ledger.buyer, book.undertake(record))
    ledger.chain.restore(snapshot)
    ledger.act(ledger.supplier, book.cancel(record))
    with reverts("InvoiceBookWrongState", record, CANCELLED):
        ledger.act(ledger.buyer, book.undertake(record))


def test_a_frozen_invoice_is_not_undertaken(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, COUNCIL_FREEZE):
        ledger.act(ledger.buyer, book.undertake(record))
    ledger.decide(book.unfreeze(record, 0))
    ledger.act(ledger.buyer, book.undertake(record))


def test_what_the_buyer_undertook_it_cannot_dispute(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.undertake(record))
    undertaken_at = ledger.chain.now()
    for units in (1, UNITS):
        with reverts("InvoiceBookUndertaken", record, undertaken_at):
            ledger.act(ledger.buyer, book.dispute(record, units, REASON))
    assert freezes(ledger, record) == 0


def test_a_dispute_that_was_withdrawn_leaves_room_for_an_undertaking(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    with reverts("RecordBookFrozen", record, 4):
        ledger.act(ledger.buyer, book.undertake(record))
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    ledger.act(ledger.buyer, book.undertake(record))

import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    COUNCIL_FREEZE,
    DISPUTE_FREEZE,
    SETTLED,
    STRICT_KEY,
    UNITS,
    VOIDED,
    dispute_of,
    freezes,
    invoice_state,
    offer,
    pledge,
    position,
    retired,
    transfer,
)

REASON = word("goods were damaged")
CAUSE = 2
"""The dispute's cause of a freeze."""


def test_the_buyer_withdraws_a_dispute(ledger: Ledger, record: bytes) -> None:
    book, buyer = ledger.invoices.functions, ledger.buyer
    ledger.act(buyer, book.dispute(record, 30, REASON))
    events = enact(ledger, record, buyer, book.withdrawDispute(record, 1), acts=2)
    assert events == [
        ("RecordUnfrozen", {"record": record, "cause": CAUSE, "by": buyer.id}),
        ("DisputeWithdrawn", {"record": record, "buyer": buyer.id, "number": 1}),
    ]
    assert (dispute_of(ledger, record), freezes(ledger, record)) == ((0, 1), 0)
    assert retired(ledger, record) == 0


def test_the_supplier_concedes_a_dispute_and_its_units_retire(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    ledger.act(ledger.buyer, book.dispute(record, 30, REASON))
    events = enact(ledger, record, supplier, book.concedeDispute(record, 1), acts=2)
    assert events == [
        ("RecordUnfrozen", {"record": record, "cause": CAUSE, "by": supplier.id}),
        (
            "DisputeConceded",
            {"record": record, "supplier": supplier.id, "number": 1, "units": 30},
        ),
        ("UnitsRetired", {"record": record, "member": supplier.id, "units": 30}),
    ]
    assert (dispute_of(ledger, record), freezes(ledger, record)) == ((0, 1), 0)
    assert position(ledger, record, supplier) == (970, 0, 0)
    assert retired(ledger, record) == 30
    assert invoice_state(ledger, record) == ACCEPTED


def test_a_supplier_that_concedes_everything_settles_the_invoice(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, UNITS, REASON))
    events = enact(ledger, record, ledger.supplier, book.concedeDispute(record, 1), acts=2)
    assert events[-1] == ("InvoiceSettled", {"record": record})
    assert invoice_state(ledger, record) == SETTLED
    assert book.strictKeyHolder(STRICT_KEY).call() == record


def test_a_supplier_concedes_only_what_it_holds_free(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    transfer(ledger, record, 600)
    offer(ledger, record, 100)
    pledge(ledger, record, 200)
    ledger.act(ledger.buyer, book.dispute(record, 101, REASON))
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 100, 101):
        ledger.act(supplier, book.concedeDispute(record, 1))
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    ledger.act(ledger.buyer, book.dispute(record, 100, REASON))
    with reverts("InvoiceDisputesOther", record, 2, 1):
        ledger.act(supplier, book.concedeDispute(record, 1))
    ledger.act(supplier, book.concedeDispute(record, 2))
    assert position(ledger, record, supplier) == (0, 100, 200)


def test_each_side_ends_a_dispute_in_its_own_way_only(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    for member in (ledger.supplier, ledger.other_buyer, ledger.council[0]):
        with reverts("InvoiceBookNotBuyer", record, member.id):
            ledger.act(member, book.withdrawDispute(record, 1))
    for member in (ledger.buyer, ledger.other_supplier, ledger.council[0]):
        with reverts("InvoiceBookNotSupplier", record, member.id):
            ledger.act(member, book.concedeDispute(record, 1))


def test_there_is_no_dispute_to_end_before_it_is_raised_or_after(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    endings = (
        (ledger.buyer, book.withdrawDispute(record, 1)),
        (ledger.supplier, book.concedeDispute(record, 1)),
    )
    for member, call in endings:
        with reverts("InvoiceDisputesNone", record):
            ledger.act(member, call)
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    for member, call in endings:
        with reverts("InvoiceDisputesNone", record):
            ledger.act(member, call)


@pytest.mark.parametrize("way", ["withdraw", "concede"])
def test_a_dispute_is_ended_under_its_own_number_only(
    ledger: Ledger, record: bytes, way: str
) -> None:
    book = ledger.invoices.functions
    member, end = {
        "withdraw": (ledger.buyer, book.withdrawDispute),
        "concede": (ledger.supplier, book.concedeDispute),
    }[way]
    ledger.act(ledger.buyer, book.dispute(record, 30, REASON))
    for number in (0, 2, 2**32 - 1):
        with reverts("InvoiceDisputesOther", record, 1, number):
            ledger.act(member, end(record, number))
    assert (dispute_of(ledger, record), freezes(ledger, record)) == ((30, 1), DISPUTE_FREEZE)
    ledger.act(member, end(record, 1))
    assert (dispute_of(ledger, record), freezes(ledger, record)) == ((0, 1), 0)


@pytest.mark.parametrize("way", ["withdraw", "concede"])
def test_an_answer_to_a_dispute_that_is_over_does_not_end_the_next_one(
    ledger: Ledger, record: bytes, way: str
) -> None:
    book = ledger.invoices.functions
    member, stale, fresh = {
        "withdraw": (
            ledger.buyer,
            book.withdrawDispute(record, 1),
            book.withdrawDispute(record, 2),
        ),
        "concede": (
            ledger.supplier,
            book.concedeDispute(record, 1),
            book.concedeDispute(record, 2),
        ),
    }[way]
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.chain.simulate(member.key, stale)
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    with reverts("InvoiceDisputesNone", record):
        ledger.act(member, stale)
    ledger.act(ledger.buyer, book.dispute(record, UNITS, REASON))
    with reverts("InvoiceDisputesOther", record, 2, 1):
        ledger.act(member, stale)
    assert (dispute_of(ledger, record), retired(ledger, record)) == ((UNITS, 2), 0)
    assert freezes(ledger, record) == DISPUTE_FREEZE
    ledger.act(member, fresh)
    assert dispute_of(ledger, record) == (0, 2)


def test_a_supplier_concedes_nothing_while_the_council_freezes_the_record(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, COUNCIL_FREEZE):
        ledger.act(ledger.supplier, book.concedeDispute(record, 1))
    assert (dispute_of(ledger, record), freezes(ledger, record)) == ((1, 1), 5)
    ledger.decide(book.unfreeze(record, 0))
    ledger.act(ledger.supplier, book.concedeDispute(record, 1))


def test_a_dispute_about_a_void_record_does_not_end(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.decide(book.voidRecord(record, REASON))
    for member, call in (
        (ledger.buyer, book.withdrawDispute(record, 1)),
        (ledger.supplier, book.concedeDispute(record, 1)),
        (ledger.buyer, book.dispute(record, 1, REASON)),
    ):
        with reverts("InvoiceBookWrongState", record, VOIDED):
            ledger.act(member, call)
    with reverts("InvoiceBookWrongState", record, VOIDED):
        ledger.decide(book.decideDispute(record, 1, [], REASON))

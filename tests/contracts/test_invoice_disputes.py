from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import SUPPLIER, reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    CANCELLED,
    COUNCIL_FREEZE,
    DISPUTE_FREEZE,
    REGISTERED,
    UNITS,
    dispute_of,
    freezes,
    invoice_state,
    offer,
    pledge,
    position,
    register,
    register_accepted,
    transfer,
)

REASON = word("goods were damaged")
CAUSE = 2
"""The dispute's cause of a freeze."""


def test_the_buyer_disputes_units_and_freezes_the_record(ledger: Ledger, record: bytes) -> None:
    book, buyer = ledger.invoices.functions, ledger.buyer
    assert (dispute_of(ledger, record), freezes(ledger, record)) == ((0, 0), 0)
    call = book.dispute(record, 30, REASON)
    assert ledger.chain.simulate(buyer.key, call) == 1
    events = enact(ledger, record, buyer, call, acts=2)
    assert events == [
        ("RecordFrozen", {"record": record, "cause": CAUSE, "by": buyer.id, "reason": REASON}),
        ("DisputeRaised", {"record": record, "buyer": buyer.id, "number": 1, "units": 30}),
    ]
    assert (dispute_of(ledger, record), freezes(ledger, record)) == ((30, 1), DISPUTE_FREEZE)
    assert invoice_state(ledger, record) == ACCEPTED
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_a_dispute_is_about_one_unit_to_all_that_are_outstanding(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    for number, units in enumerate((1, UNITS - 40), start=1):
        word_ = bytes([number]) * 32
        record = register_accepted(ledger, commitment=word_, strict_keys=[word_])
        ledger.act(ledger.supplier, book.credit(record, 40, word_))
        with reverts("RecordBookNoUnits"):
            ledger.act(ledger.buyer, book.dispute(record, 0, REASON))
        with reverts("InvoiceBookTooManyUnits", record, UNITS - 40, UNITS - 39):
            ledger.act(ledger.buyer, book.dispute(record, UNITS - 39, REASON))
        ledger.act(ledger.buyer, book.dispute(record, units, REASON))
        assert dispute_of(ledger, record) == (units, 1)


def test_units_that_others_hold_can_be_disputed(ledger: Ledger, record: bytes) -> None:
    transfer(ledger, record, 600)
    ledger.act(ledger.buyer, ledger.invoices.functions.dispute(record, UNITS, REASON))
    assert dispute_of(ledger, record) == (UNITS, 1)


def test_only_the_buyer_disputes_also_when_it_buys_no_more(ledger: Ledger, record: bytes) -> None:
    call = ledger.invoices.functions.dispute(record, 1, REASON)
    for member in (ledger.supplier, ledger.other_buyer, ledger.council[0]):
        with reverts("InvoiceBookNotBuyer", record, member.id):
            ledger.act(member, call)
    ledger.set_roles(ledger.buyer, SUPPLIER)
    ledger.act(ledger.buyer, call)


def test_a_suspended_member_neither_raises_nor_ends_a_dispute(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.suspend(ledger.buyer)
    ledger.suspend(ledger.supplier)
    for call in (book.dispute(record, 1, REASON), book.withdrawDispute(record, 1)):
        with reverts("MembershipNotActive", ledger.buyer.id, 2):
            ledger.act(ledger.buyer, call)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        ledger.act(ledger.supplier, book.concedeDispute(record, 1))


def test_only_an_accepted_invoice_is_disputed(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    call = book.dispute(record, 1, REASON)
    with reverts("InvoiceBookWrongState", record, REGISTERED):
        ledger.act(ledger.buyer, call)
    ledger.act(ledger.supplier, book.cancel(record))
    with reverts("InvoiceBookWrongState", record, CANCELLED):
        ledger.act(ledger.buyer, call)


def test_a_dispute_is_raised_once_until_it_ends(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 30, REASON))
    with reverts("RecordBookAlreadyFrozen", record, CAUSE):
        ledger.act(ledger.buyer, book.dispute(record, 40, REASON))
    assert dispute_of(ledger, record) == (30, 1)
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    ledger.act(ledger.buyer, book.dispute(record, 40, REASON))
    assert dispute_of(ledger, record) == (40, 2)


def test_disputes_are_numbered_from_one_for_each_record(ledger: Ledger, record: bytes) -> None:
    book, buyer = ledger.invoices.functions, ledger.buyer
    other = register_accepted(ledger, commitment=b"\x01" * 32, strict_keys=[b"\x01" * 32])
    for number, units in ((1, 30), (2, 20), (3, 10)):
        call = book.dispute(record, units, REASON)
        assert ledger.chain.simulate(buyer.key, call) == number
        events = enact(ledger, record, buyer, call, acts=2)
        raised = {"record": record, "buyer": buyer.id, "number": number, "units": units}
        assert events[1] == ("DisputeRaised", raised)
        assert dispute_of(ledger, record) == (units, number)
        ledger.act(buyer, book.withdrawDispute(record, number))
        assert dispute_of(ledger, record) == (0, number)
    assert dispute_of(ledger, other) == (0, 0)
    assert ledger.chain.simulate(buyer.key, book.dispute(other, 1, REASON)) == 1


def test_a_dispute_that_was_refused_takes_no_number(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    for units, error, arguments in (
        (0, "RecordBookNoUnits", ()),
        (UNITS + 1, "InvoiceBookTooManyUnits", (record, UNITS, UNITS + 1)),
    ):
        with reverts(error, *arguments):
            ledger.act(ledger.buyer, book.dispute(record, units, REASON))
    assert dispute_of(ledger, record) == (0, 0)


def test_nothing_moves_exactly_while_a_dispute_is_open(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    number = offer(ledger, record, 1)
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    expires_at = ledger.chain.now() + 3600
    for member, call in (
        (ledger.supplier, book.offer(record, ledger.financier.id, 1, expires_at, bytes(32))),
        (ledger.financier, book.acceptOffer(record, number)),
        (ledger.supplier, book.pledge(record, ledger.financier.id, 1, 0, bytes(32))),
        (ledger.supplier, book.credit(record, 1, REASON)),
        (ledger.supplier, book.cancel(record)),
        (ledger.buyer, book.undertake(record)),
    ):
        with reverts("RecordBookFrozen", record, DISPUTE_FREEZE):
            ledger.act(member, call)
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    ledger.act(ledger.financier, book.acceptOffer(record, number))
    pledge(ledger, record, 1)


def test_an_offer_can_be_withdrawn_during_a_dispute(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    number = offer(ledger, record, 600)
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.act(ledger.supplier, book.withdrawOffer(record, number))
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_a_dispute_and_the_councils_freeze_are_lifted_each_on_its_own(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeze(record, REASON))
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    assert freezes(ledger, record) == DISPUTE_FREEZE | COUNCIL_FREEZE
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    assert freezes(ledger, record) == COUNCIL_FREEZE
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.decide(book.unfreeze(record, 0))
    assert freezes(ledger, record) == DISPUTE_FREEZE
    with reverts("RecordBookFrozen", record, DISPUTE_FREEZE):
        offer(ledger, record, 1)

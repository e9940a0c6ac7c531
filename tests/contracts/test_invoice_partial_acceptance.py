import pytest

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
    STRICT_KEY,
    UNITS,
    invoice_state,
    offer,
    position,
    refuse_all_but_the_named_buyer,
    register,
    retired,
)

REASON = word("40 units are missing")


def test_the_buyer_accepts_a_part_and_the_other_units_retire(ledger: Ledger) -> None:
    book, supplier, buyer = ledger.invoices.functions, ledger.supplier, ledger.buyer
    record = register(ledger)
    registered_at = ledger.chain.now()
    events = enact(ledger, record, buyer, book.acceptPart(record, 960, REASON))
    accepted = {"record": record, "buyer": buyer.id, "units": 960, "reason": REASON}
    assert events == [
        ("InvoiceAcceptedInPart", accepted),
        ("UnitsRetired", {"record": record, "member": supplier.id, "units": 40}),
    ]
    expected = (ACCEPTED, registered_at, ledger.chain.now(), DUE_DATE, 0, False)
    assert book.invoice(record).call() == expected
    assert book.record(record).call()[3:] == (UNITS, 40, 0, 0)
    assert position(ledger, record, supplier) == (960, 0, 0)
    assert book.strictKeyHolder(STRICT_KEY).call() == record


@pytest.mark.parametrize("units", [1, UNITS - 1])
def test_a_part_is_at_least_one_unit_and_at_most_all_but_one(ledger: Ledger, units: int) -> None:
    record = register(ledger)
    ledger.act(ledger.buyer, ledger.invoices.functions.acceptPart(record, units, REASON))
    assert position(ledger, record, ledger.supplier) == (units, 0, 0)
    assert retired(ledger, record) == UNITS - units


@pytest.mark.parametrize("units", [UNITS, UNITS + 1, 2**80 - 1])
def test_all_units_or_more_are_no_part(ledger: Ledger, units: int) -> None:
    record = register(ledger)
    with reverts("InvoiceBookTooManyUnits", record, UNITS, units):
        ledger.act(ledger.buyer, ledger.invoices.functions.acceptPart(record, units, REASON))
    assert invoice_state(ledger, record) == REGISTERED


def test_no_units_are_no_part(ledger: Ledger) -> None:
    record = register(ledger)
    with reverts("RecordBookNoUnits"):
        ledger.act(ledger.buyer, ledger.invoices.functions.acceptPart(record, 0, REASON))


def test_an_invoice_of_one_unit_has_no_parts(ledger: Ledger) -> None:
    record = register(ledger, units=1)
    with reverts("InvoiceBookTooManyUnits", record, 1, 1):
        ledger.act(ledger.buyer, ledger.invoices.functions.acceptPart(record, 1, REASON))


def test_only_the_named_buyer_accepts_a_part_while_it_is_a_buyer(ledger: Ledger) -> None:
    record = register(ledger)
    call = ledger.invoices.functions.acceptPart(record, 1, REASON)
    refuse_all_but_the_named_buyer(ledger, record, call)
    ledger.suspend(ledger.buyer)
    with reverts("MembershipNotActive", ledger.buyer.id, 2):
        ledger.act(ledger.buyer, call)


def test_a_part_is_accepted_once_and_only_while_registered(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    for number, (first, state) in enumerate(
        [
            ("acceptPart", ACCEPTED),
            ("accept", ACCEPTED),
            ("reject", REJECTED),
            ("cancel", CANCELLED),
        ]
    ):
        word_ = bytes([number + 1]) * 32
        record = register(ledger, commitment=word_, strict_keys=[word_])
        part = book.acceptPart(record, 960, REASON)
        answers = {
            "acceptPart": (ledger.buyer, part),
            "accept": (ledger.buyer, book.accept(record)),
            "reject": (ledger.buyer, book.reject(record, REASON)),
            "cancel": (ledger.supplier, book.cancel(record)),
        }
        ledger.act(*answers[first])
        with reverts("InvoiceBookWrongState", record, state):
            ledger.act(ledger.buyer, part)


def test_what_was_accepted_in_part_is_not_accepted_or_rejected_again(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    ledger.act(ledger.buyer, book.acceptPart(record, 960, REASON))
    for call in (book.accept(record), book.reject(record, REASON)):
        with reverts("InvoiceBookWrongState", record, ACCEPTED):
            ledger.act(ledger.buyer, call)


def test_no_more_is_financed_than_was_accepted(ledger: Ledger) -> None:
    record = register(ledger)
    ledger.act(ledger.buyer, ledger.invoices.functions.acceptPart(record, 960, REASON))
    with reverts("RecordBookInsufficientUnits", record, ledger.supplier.id, 960, 961):
        offer(ledger, record, 961)
    offer(ledger, record, 960)


def test_a_frozen_invoice_is_not_answered(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    record = register(ledger)
    ledger.decide(book.freeze(record, REASON))
    part = book.acceptPart(record, 960, REASON)
    for call in (part, book.accept(record), book.reject(record, REASON)):
        with reverts("RecordBookFrozen", record, COUNCIL_FREEZE):
            ledger.act(ledger.buyer, call)
    ledger.decide(book.unfreeze(record, 0))
    ledger.act(ledger.buyer, part)

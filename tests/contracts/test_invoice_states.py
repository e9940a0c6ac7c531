import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER, SUPPLIER, reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    CANCELLED,
    REGISTERED,
    REJECTED,
    STRICT_KEY,
    UNITS,
    invoice_state,
    offer,
    position,
    register,
)

REASON = word("goods not received")
TWO_KEYS = [b"\x51" * 32, b"\x52" * 32]


def test_the_buyer_accepts(ledger: Ledger) -> None:
    view = ledger.invoices.functions
    record = register(ledger)
    registered_at = ledger.chain.now()
    events = enact(ledger, record, ledger.buyer, view.accept(record))
    assert events == [("InvoiceAccepted", {"record": record, "buyer": ledger.buyer.id})]
    found, registered, accepted, *_ = view.invoice(record).call()
    assert (found, registered, accepted) == (ACCEPTED, registered_at, ledger.chain.now())
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_only_the_buyer_that_is_named_answers(ledger: Ledger) -> None:
    view = ledger.invoices.functions
    record = register(ledger)
    with reverts("InvoiceBookNotBuyer", record, ledger.other_buyer.id):
        ledger.act(ledger.other_buyer, view.accept(record))
    with reverts("MembershipMissingRole", ledger.supplier.id, BUYER):
        ledger.act(ledger.supplier, view.accept(record))
    for member in (ledger.other_buyer, ledger.supplier):
        with reverts("InvoiceBookNotBuyer", record, member.id):
            ledger.act(member, view.reject(record, REASON))
    assert invoice_state(ledger, record) == REGISTERED


def test_a_member_that_is_no_longer_a_buyer_can_reject_but_not_accept(ledger: Ledger) -> None:
    view = ledger.invoices.functions
    record = register(ledger)
    ledger.set_roles(ledger.buyer, SUPPLIER)
    with reverts("MembershipMissingRole", ledger.buyer.id, BUYER):
        ledger.act(ledger.buyer, view.accept(record))
    ledger.act(ledger.buyer, view.reject(record, REASON))
    assert invoice_state(ledger, record) == REJECTED


def test_a_suspended_member_neither_answers_nor_cancels(ledger: Ledger) -> None:
    view = ledger.invoices.functions
    record = register(ledger)
    ledger.suspend(ledger.buyer)
    ledger.suspend(ledger.supplier)
    for call in (view.accept(record), view.reject(record, REASON)):
        with reverts("MembershipNotActive", ledger.buyer.id, 2):
            ledger.act(ledger.buyer, call)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        ledger.act(ledger.supplier, view.cancel(record))


def test_a_rejected_invoice_frees_its_keys_and_retires_its_units(ledger: Ledger) -> None:
    view = ledger.invoices.functions
    record = register(ledger, strict_keys=TWO_KEYS)
    assert enact(ledger, record, ledger.buyer, view.reject(record, REASON)) == [
        ("InvoiceRejected", {"record": record, "buyer": ledger.buyer.id, "reason": REASON}),
        ("StrictKeyFreed", {"key": TWO_KEYS[0], "record": record}),
        ("StrictKeyFreed", {"key": TWO_KEYS[1], "record": record}),
        ("UnitsRetired", {"record": record, "member": ledger.supplier.id, "units": UNITS}),
    ]
    assert invoice_state(ledger, record) == REJECTED
    assert view.record(record).call()[3:] == (UNITS, UNITS, 0, 0)
    assert position(ledger, record, ledger.supplier) == (0, 0, 0)
    for key in TWO_KEYS:
        assert view.strictKeyHolder(key).call() == bytes(32)
    assert view.strictKeysOf(record).call() == TWO_KEYS


def test_an_invoice_can_be_registered_again_once_its_first_record_is_dead(ledger: Ledger) -> None:
    first = register(ledger)
    ledger.act(ledger.buyer, ledger.invoices.functions.reject(first, REASON))
    with reverts("RecordBookRecordExists", first):
        register(ledger)
    second = register(ledger, commitment=b"\xc1" * 32)
    assert ledger.invoices.functions.strictKeyHolder(STRICT_KEY).call() == second


@pytest.mark.parametrize("final", [ACCEPTED, REJECTED, CANCELLED])
def test_an_answer_is_given_once_and_only_while_registered(ledger: Ledger, final: int) -> None:
    view = ledger.invoices.functions
    record = register(ledger)
    member, call = {
        ACCEPTED: (ledger.buyer, view.accept(record)),
        REJECTED: (ledger.buyer, view.reject(record, REASON)),
        CANCELLED: (ledger.supplier, view.cancel(record)),
    }[final]
    ledger.act(member, call)
    for answer in (view.accept(record), view.reject(record, REASON)):
        with reverts("InvoiceBookWrongState", record, final):
            ledger.act(ledger.buyer, answer)
    assert invoice_state(ledger, record) == final


@pytest.mark.parametrize("present", [REGISTERED, REJECTED, CANCELLED])
def test_units_are_offered_only_after_acceptance(ledger: Ledger, present: int) -> None:
    view = ledger.invoices.functions
    record = register(ledger)
    if present == REJECTED:
        ledger.act(ledger.buyer, view.reject(record, REASON))
    if present == CANCELLED:
        ledger.act(ledger.supplier, view.cancel(record))
    with reverts("InvoiceBookWrongState", record, present):
        offer(ledger, record, 1)

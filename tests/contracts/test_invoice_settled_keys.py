from functools import partial

import pytest

from tests.contracts.acts import Events, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    CANCELLED,
    REGISTERED,
    REJECTED,
    SETTLED,
    UNITS,
    VOIDED,
    declare_payment,
    invoice_state,
    register,
    register_accepted,
    retired,
)

KEYS = [b"\x52" * 32, b"\x53" * 32]
CREDIT_NOTE = b"\xcd" * 32
REASON = word("settled to hold the keys")


@pytest.fixture
def settled(ledger: Ledger) -> bytes:
    """An invoice with two strict keys that its supplier credited to nothing."""
    record = register_accepted(ledger, strict_keys=KEYS)
    credit = ledger.invoices.functions.credit(record, UNITS, CREDIT_NOTE)
    ledger.act(ledger.supplier, credit)
    return record


def freed(record: bytes, *keys: bytes) -> Events:
    return [
        ("SettledKeysFreed", {"record": record, "reason": REASON}),
        *(("StrictKeyFreed", {"key": key, "record": record}) for key in keys),
    ]


@pytest.mark.parametrize("way", ["credit", "payment", "dispute"])
def test_the_keys_of_a_settled_invoice_are_taken_until_the_council_frees_them(
    ledger: Ledger, way: str
) -> None:
    book, supplier, victim = ledger.invoices.functions, ledger.supplier, ledger.other_supplier
    record = register_accepted(ledger, strict_keys=KEYS)
    if way == "credit":
        ledger.act(supplier, book.credit(record, UNITS, CREDIT_NOTE))
    elif way == "payment":
        ledger.act(supplier, book.confirmPayment(record, declare_payment(ledger, record, UNITS)))
    else:
        ledger.act(ledger.buyer, book.dispute(record, UNITS, REASON))
        ledger.act(supplier, book.concedeDispute(record, 1))
    assert invoice_state(ledger, record) == SETTLED
    with reverts("IdentityKeysTaken", KEYS[0], record):
        register(ledger, by=victim, strict_keys=KEYS)
    call = book.freeSettledKeys(record, REASON)
    assert enact_decision(ledger, record, call) == freed(record, *KEYS)
    assert (invoice_state(ledger, record), retired(ledger, record)) == (SETTLED, UNITS)
    assert [book.strictKeyHolder(key).call() for key in KEYS] == [bytes(32)] * 2
    assert book.strictKeysOf(record).call() == KEYS
    genuine = register(ledger, by=victim, strict_keys=KEYS)
    assert [book.strictKeyHolder(key).call() for key in KEYS] == [genuine] * 2


def test_the_name_of_a_settled_invoice_stays_taken(ledger: Ledger, settled: bytes) -> None:
    ledger.decide(ledger.invoices.functions.freeSettledKeys(settled, REASON))
    with reverts("RecordBookRecordExists", settled):
        register(ledger, strict_keys=KEYS)


def test_keys_are_freed_once(ledger: Ledger, settled: bytes) -> None:
    call = ledger.invoices.functions.freeSettledKeys(settled, REASON)
    assert enact_decision(ledger, settled, call) == freed(settled, *KEYS)
    assert enact_decision(ledger, settled, call) == freed(settled)
    assert invoice_state(ledger, settled) == SETTLED


def test_a_key_that_another_record_holds_by_then_is_not_freed(
    ledger: Ledger, settled: bytes
) -> None:
    book = ledger.invoices.functions
    call = book.freeSettledKeys(settled, REASON)
    ledger.decide(call)
    genuine = register(ledger, by=ledger.other_supplier, strict_keys=KEYS[1:])
    before = book.recordHistory(genuine).call()
    assert enact_decision(ledger, settled, call) == freed(settled)
    assert [book.strictKeyHolder(key).call() for key in KEYS] == [bytes(32), genuine]
    assert book.recordHistory(genuine).call() == before


def test_keys_that_another_record_took_are_free_again_as_that_one_ends(
    ledger: Ledger, settled: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeSettledKeys(settled, REASON))
    second = register(ledger, by=ledger.other_supplier, strict_keys=KEYS)
    ledger.decide(book.freeSettledKeys(settled, REASON))
    ledger.act(ledger.other_supplier, book.cancel(second))
    assert [book.strictKeyHolder(key).call() for key in KEYS] == [bytes(32)] * 2


def test_only_the_council_frees_keys_and_only_by_decision(ledger: Ledger, settled: bytes) -> None:
    call = ledger.invoices.functions.freeSettledKeys(settled, REASON)
    for member in (ledger.supplier, ledger.other_supplier, ledger.buyer, *ledger.council):
        with reverts("MembershipNotCouncil", member.key.lower()):
            ledger.act(member, call)
    number = ledger.propose(call)
    with reverts("MembershipTooFewApprovals", number, 1, 2):
        ledger.act(ledger.council[0], ledger.membership.functions.execute(number))


def test_only_the_keys_of_a_settled_invoice_are_freed_without_its_end(ledger: Ledger) -> None:
    book, unknown = ledger.invoices.functions, b"\x01" * 32
    with reverts("RecordBookUnknownRecord", unknown):
        ledger.decide(book.freeSettledKeys(unknown, REASON))
    for state, member, end in (
        (REGISTERED, None, None),
        (ACCEPTED, ledger.buyer, book.accept),
        (REJECTED, ledger.buyer, partial(book.reject, reason=REASON)),
        (CANCELLED, ledger.supplier, book.cancel),
        (VOIDED, None, partial(book.voidRecord, reason=REASON)),
    ):
        key = bytes([state + 1]) * 32
        record = register(ledger, commitment=key, strict_keys=[key])
        if end is not None:
            ledger.decide(end(record)) if member is None else ledger.act(member, end(record))
        with reverts("InvoiceBookWrongState", record, state):
            ledger.decide(book.freeSettledKeys(record, REASON))

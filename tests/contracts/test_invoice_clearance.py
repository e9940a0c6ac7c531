from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import pytest

from tests.contracts.acts import digest_of, enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import FINANCIER, SUPPLIER, logs_of, reverts, word
from tests.contracts.receivables import (
    COMMITMENT,
    COUNCIL_FREEZE,
    DISPUTE_FREEZE,
    OFFER_ACCEPTED,
    OFFER_OPEN,
    OFFER_WITHDRAWN,
    REGISTERED,
    STRICT_KEY,
    UNITS,
    VOIDED,
    offer,
    offer_state,
    pledge,
    position,
    register,
    register_accepted,
)

KEYS = [STRICT_KEY, b"\x52" * 32]
OTHER_KEY, NOTE = b"\x53" * 32, b"\xa1" * 32
REASON = word("under examination")
NO_LIMIT = 2**80 - 1


class Clearance(NamedTuple):
    """The argument of `acceptOfferIfClear`, field by field as in the ABI: by default, what a
    financier that knows of nothing would ask for."""

    commitment: bytes = COMMITMENT
    strict_keys: tuple[bytes, ...] = tuple(KEYS)
    undertaken: bool = False
    pledged_at_most: int = 0
    alerts_at_most: int = 0
    history: bytes = bytes(32)


@pytest.fixture
def record(ledger: Ledger) -> bytes:
    """An accepted invoice with two strict keys, of which 600 units are offered."""
    record = register_accepted(ledger, strict_keys=KEYS)
    offer(ledger, record, 600)
    return record


def take(ledger: Ledger, record: bytes, clearance: Clearance) -> None:
    """Ask, then take, without lasting effect: both give the same answer."""
    book = ledger.invoices.functions
    ledger.chain.simulate(ledger.auditor.key, book.requireClear(record, clearance))
    snapshot = ledger.chain.snapshot()
    ledger.act(ledger.financier, book.acceptOfferIfClear(record, 0, clearance))
    assert offer_state(ledger, record, 0) == OFFER_ACCEPTED
    ledger.chain.restore(snapshot)


def refuse(
    ledger: Ledger, record: bytes, clearance: Clearance, error: str, *arguments: Any
) -> None:
    """Ask, then try to take: both fail with this error."""

    def expected() -> AbstractContextManager[None]:
        return reverts(error, *arguments)

    book = ledger.invoices.functions
    with expected():
        ledger.chain.simulate(ledger.auditor.key, book.requireClear(record, clearance))
    with expected():
        ledger.act(ledger.financier, book.acceptOfferIfClear(record, 0, clearance))


def test_what_is_clear_is_taken(ledger: Ledger, record: bytes) -> None:
    book, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    clearance = Clearance(history=digest_of(ledger, record))
    call = book.acceptOfferIfClear(record, 0, clearance)
    events = enact(ledger, record, financier, call)
    accepted = {
        "record": record,
        "offer": 0,
        "to": financier.id,
        "from": supplier.id,
        "units": 600,
    }
    assert events == [("OfferAccepted", accepted)]
    assert offer_state(ledger, record, 0) == OFFER_ACCEPTED
    assert position(ledger, record, financier) == (600, 0, 0)
    assert position(ledger, record, supplier) == (400, 0, 0)


def test_the_record_must_have_the_commitment(ledger: Ledger, record: bytes) -> None:
    take(ledger, record, Clearance())
    other = Clearance(commitment=b"\xc1" * 32)
    refuse(ledger, record, other, "InvoiceBookOtherCommitment", record, COMMITMENT)


def test_the_record_must_hold_each_strict_key(ledger: Ledger, record: bytes) -> None:
    for held in ((), (KEYS[0],), (KEYS[1],), (KEYS[1], KEYS[0])):
        take(ledger, record, Clearance(strict_keys=held))
    for wanted in ((OTHER_KEY,), (OTHER_KEY, *KEYS), (*KEYS, OTHER_KEY)):
        clearance = Clearance(strict_keys=wanted)
        refuse(ledger, record, clearance, "InvoiceBookKeyNotHeld", record, OTHER_KEY, bytes(32))
    other = register(ledger, commitment=b"\xc1" * 32, strict_keys=[OTHER_KEY])
    clearance = Clearance(strict_keys=(KEYS[0], OTHER_KEY))
    refuse(ledger, record, clearance, "InvoiceBookKeyNotHeld", record, OTHER_KEY, other)


def test_the_buyer_must_have_undertaken_to_pay_if_that_is_asked(
    ledger: Ledger, record: bytes
) -> None:
    asked = Clearance(undertaken=True)
    refuse(ledger, record, asked, "InvoiceBookNotUndertaken", record)
    take(ledger, record, Clearance(undertaken=False))
    ledger.act(ledger.buyer, ledger.invoices.functions.undertake(record))
    take(ledger, record, asked)
    take(ledger, record, Clearance(undertaken=False))


def test_no_more_may_be_pledged_than_the_limit(ledger: Ledger, record: bytes) -> None:
    take(ledger, record, Clearance(pledged_at_most=0))
    number = pledge(ledger, record, 30)
    refuse(ledger, record, Clearance(pledged_at_most=29), "InvoiceBookPledged", record, 30, 29)
    for limit in (30, 31, NO_LIMIT):
        take(ledger, record, Clearance(pledged_at_most=limit))
    pledge(ledger, record, 5)
    refuse(ledger, record, Clearance(pledged_at_most=34), "InvoiceBookPledged", record, 35, 34)
    release = ledger.invoices.functions.releasePledge(record, number, 30)
    ledger.act(ledger.other_financier, release)
    take(ledger, record, Clearance(pledged_at_most=5))


def test_there_may_be_no_more_alerts_than_are_known(ledger: Ledger) -> None:
    record = register_accepted(ledger, strict_keys=KEYS, alert_keys=[(2, NOTE)])
    offer(ledger, record, 600)
    take(ledger, record, Clearance(alerts_at_most=0))
    alike = {"commitment": b"\xc1" * 32, "strict_keys": [OTHER_KEY], "alert_keys": [(2, NOTE)]}
    register(ledger, by=ledger.other_supplier, **alike)
    refuse(ledger, record, Clearance(alerts_at_most=0), "InvoiceBookAlerts", record, 1, 0)
    for known in (1, 2, 2**32 - 1):
        take(ledger, record, Clearance(alerts_at_most=known))


def test_nothing_may_have_happened_since_if_that_is_asked(ledger: Ledger, record: bytes) -> None:
    book, seen = ledger.invoices.functions, digest_of(ledger, record)
    asked = Clearance(history=seen)
    take(ledger, record, asked)
    offer(ledger, record, 1, to=ledger.other_financier)
    moved = digest_of(ledger, record)
    refuse(ledger, record, asked, "InvoiceBookHistoryMoved", record, moved, seen)
    take(ledger, record, Clearance(history=moved))
    take(ledger, record, Clearance())
    ledger.act(ledger.supplier, book.withdrawOffer(record, 1))
    moved_on = digest_of(ledger, record)
    refuse(ledger, record, asked, "InvoiceBookHistoryMoved", record, moved_on, seen)


@pytest.mark.parametrize("change", ["pledge", "dispute", "credit"])
def test_what_changed_in_the_block_before_is_not_taken(
    ledger: Ledger, record: bytes, change: str
) -> None:
    book = ledger.invoices.functions
    seen = digest_of(ledger, record)
    clearance = Clearance(history=seen)
    taking = book.acceptOfferIfClear(record, 0, clearance)
    ledger.chain.simulate(ledger.financier.key, taking)
    if change == "pledge":
        pledge(ledger, record, 1)
        expected = reverts("InvoiceBookPledged", record, 1, 0)
    elif change == "dispute":
        ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
        expected = reverts("RecordBookFrozen", record, DISPUTE_FREEZE)
    else:
        ledger.act(ledger.supplier, book.credit(record, 1, REASON))
        now = digest_of(ledger, record)
        expected = reverts("InvoiceBookHistoryMoved", record, now, seen)
    with expected:
        ledger.act(ledger.financier, taking)
    assert offer_state(ledger, record, 0) == OFFER_OPEN
    assert position(ledger, record, ledger.financier) == (0, 0, 0)


def test_what_is_frozen_or_not_accepted_is_not_clear(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeze(record, REASON))
    refuse(ledger, record, Clearance(), "RecordBookFrozen", record, COUNCIL_FREEZE)
    ledger.decide(book.unfreeze(record))
    take(ledger, record, Clearance())
    ledger.decide(book.voidRecord(record, REASON))
    refuse(ledger, record, Clearance(), "InvoiceBookWrongState", record, VOIDED)
    waiting = register(ledger, commitment=b"\xc1" * 32)
    refuse(ledger, waiting, Clearance(), "InvoiceBookWrongState", waiting, REGISTERED)
    unknown = b"\x01" * 32
    refuse(ledger, unknown, Clearance(), "RecordBookUnknownRecord", unknown)


def test_a_clear_record_does_not_make_a_wrong_offer_right(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    with reverts("RecordBookUnknownOffer", record, 1):
        ledger.act(financier, book.acceptOfferIfClear(record, 1, Clearance()))
    offer(ledger, record, 1, to=ledger.other_financier)
    with reverts("RecordBookNotParty", record, financier.id):
        ledger.act(financier, book.acceptOfferIfClear(record, 1, Clearance()))
    ledger.act(ledger.supplier, book.withdrawOffer(record, 1))
    with reverts("RecordBookOfferNotOpen", record, 1, OFFER_WITHDRAWN):
        ledger.act(ledger.other_financier, book.acceptOfferIfClear(record, 1, Clearance()))
    expires_at = book.offerOf(record, 0).call()[4]
    ledger.chain.pass_time(expires_at - ledger.chain.now())
    with reverts("RecordBookOfferExpired", record, 0, expires_at):
        ledger.act(financier, book.acceptOfferIfClear(record, 0, Clearance()))


def test_only_a_financier_that_the_offer_was_made_to_takes_it(
    ledger: Ledger, record: bytes
) -> None:
    taking = ledger.invoices.functions.acceptOfferIfClear(record, 0, Clearance())
    for member in (ledger.supplier, ledger.buyer, ledger.other_financier):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, taking)
    ledger.set_roles(ledger.financier, SUPPLIER)
    with reverts("MembershipMissingRole", ledger.financier.id, FINANCIER):
        ledger.act(ledger.financier, taking)
    ledger.suspend(ledger.financier)
    with reverts("MembershipNotActive", ledger.financier.id, 2):
        ledger.act(ledger.financier, taking)


def test_two_offers_are_taken_one_after_the_other(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    offer(ledger, record, UNITS - 600, to=ledger.other_financier)
    for number, member in ((0, ledger.financier), (1, ledger.other_financier)):
        receipt = ledger.act(member, book.acceptOfferIfClear(record, number, Clearance()))
        assert [name for name, _ in logs_of(receipt, ledger.invoices)] == ["OfferAccepted"]
    assert position(ledger, record, ledger.supplier) == (0, 0, 0)

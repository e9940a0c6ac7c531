import pytest

from tests.contracts.acts import digest_of, enact
from tests.contracts.cast import Ledger
from tests.contracts.clearance import KEYS, TERMS, Clearance, refuse, take
from tests.contracts.harness import FINANCIER, SUPPLIER, logs_of, reverts, word
from tests.contracts.receivables import (
    COMMITMENT,
    COUNCIL_FREEZE,
    DISPUTE_FREEZE,
    NO_TERMS,
    OFFER_ACCEPTED,
    OFFER_OPEN,
    OFFER_WITHDRAWN,
    REGISTERED,
    UNITS,
    VOIDED,
    offer,
    offer_state,
    pledge,
    position,
    register,
    register_accepted,
)

OTHER_KEY, OTHER_TERMS = b"\x53" * 32, b"\x7f" * 32
REASON = word("under examination")
NO_LIMIT = 2**80 - 1


@pytest.fixture
def record(ledger: Ledger) -> bytes:
    """An accepted invoice with two strict keys, of which 600 units are offered."""
    record = register_accepted(ledger, strict_keys=KEYS)
    offer(ledger, record, 600, terms=TERMS)
    return record


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


def test_the_offer_must_be_the_one_that_was_agreed_on(ledger: Ledger, record: bytes) -> None:
    take(ledger, record, Clearance(units=600, terms=TERMS))
    for units in (0, 599, 601, NO_LIMIT):
        other = Clearance(units=units)
        refuse(ledger, record, other, "InvoiceBookOtherOffer", record, 0, 600, TERMS)
    for terms in (NO_TERMS, OTHER_TERMS):
        other = Clearance(terms=terms)
        refuse(ledger, record, other, "InvoiceBookOtherOffer", record, 0, 600, TERMS)


def test_an_offer_that_was_replaced_by_another_is_not_taken(ledger: Ledger, record: bytes) -> None:
    book, agreed = ledger.invoices.functions, Clearance()
    ledger.act(ledger.supplier, book.withdrawOffer(record, 0))
    refuse(ledger, record, agreed, "RecordBookOfferNotOpen", record, 0, OFFER_WITHDRAWN)
    dearer = offer(ledger, record, 600, terms=OTHER_TERMS)
    with reverts("InvoiceBookOtherOffer", record, dearer, 600, OTHER_TERMS):
        ledger.act(ledger.financier, book.acceptOfferIfClear(record, dearer, agreed))
    same = offer(ledger, record, 400, terms=TERMS)
    with reverts("InvoiceBookOtherOffer", record, same, 400, TERMS):
        ledger.act(ledger.financier, book.acceptOfferIfClear(record, same, agreed))
    ledger.act(ledger.financier, book.acceptOfferIfClear(record, same, agreed._replace(units=400)))


def test_an_offer_without_terms_is_clear_to_who_asks_for_none(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    number = offer(ledger, record, 400)
    plain = Clearance(units=400, terms=NO_TERMS)
    with reverts("InvoiceBookOtherOffer", record, number, 400, NO_TERMS):
        ledger.act(ledger.financier, book.acceptOfferIfClear(record, number, Clearance(units=400)))
    ledger.act(ledger.financier, book.acceptOfferIfClear(record, number, plain))


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
    ledger.decide(book.unfreeze(record, 0))
    take(ledger, record, Clearance())
    ledger.decide(book.voidRecord(record, REASON))
    refuse(ledger, record, Clearance(), "InvoiceBookWrongState", record, VOIDED)
    waiting = register(ledger, commitment=b"\xc1" * 32)
    refuse(ledger, waiting, Clearance(), "InvoiceBookWrongState", waiting, REGISTERED)
    unknown = b"\x01" * 32
    refuse(ledger, unknown, Clearance(), "RecordBookUnknownRecord", unknown)


def test_a_clear_record_does_not_make_a_wrong_offer_right(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    small = Clearance(units=1)
    with reverts("RecordBookUnknownOffer", record, 1):
        ledger.act(financier, book.acceptOfferIfClear(record, 1, small))
    offer(ledger, record, 1, to=ledger.other_financier, terms=TERMS)
    with reverts("RecordBookNotParty", record, financier.id):
        ledger.act(financier, book.acceptOfferIfClear(record, 1, small))
    ledger.act(ledger.supplier, book.withdrawOffer(record, 1))
    with reverts("RecordBookOfferNotOpen", record, 1, OFFER_WITHDRAWN):
        ledger.act(ledger.other_financier, book.acceptOfferIfClear(record, 1, small))
    expires_at = book.offerOf(record, 0).call()[4]
    ledger.chain.pass_time(expires_at - ledger.chain.now())
    with reverts("RecordBookOfferExpired", record, 0, expires_at):
        ledger.act(financier, book.acceptOfferIfClear(record, 0, Clearance()))


def test_an_offer_that_was_taken_or_never_made_is_not_clear(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.financier, book.acceptOffer(record, 0))
    refuse(ledger, record, Clearance(), "RecordBookOfferNotOpen", record, 0, OFFER_ACCEPTED)
    with reverts("RecordBookUnknownOffer", record, 1):
        ledger.chain.simulate(ledger.auditor.key, book.requireClear(record, 1, Clearance()))


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
    offer(ledger, record, UNITS - 600, to=ledger.other_financier, terms=OTHER_TERMS)
    for number, member, clearance in (
        (0, ledger.financier, Clearance()),
        (1, ledger.other_financier, Clearance(units=400, terms=OTHER_TERMS)),
    ):
        receipt = ledger.act(member, book.acceptOfferIfClear(record, number, clearance))
        assert [name for name, _ in logs_of(receipt, ledger.invoices)] == ["OfferAccepted"]
    assert position(ledger, record, ledger.supplier) == (0, 0, 0)

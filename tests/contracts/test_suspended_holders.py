import pytest

from tests.contracts.acts import enact, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, reverts
from tests.contracts.pledges import pledge, pledge_behind, pledged_of
from tests.contracts.receivables import (
    OFFER_EXPIRED,
    SETTLED,
    UNITS,
    invoice_state,
    offer,
    offer_state,
    position,
)


@pytest.fixture
def holder(ledger: Ledger, record: bytes) -> Member:
    """The financier, that holds 600 units and has 100 of them declared as paid."""
    book, financier = ledger.invoices.functions, ledger.financier
    ledger.act(financier, book.acceptOffer(record, offer(ledger, record, 600)))
    ledger.act(ledger.buyer, book.declarePayment(record, financier.id, 100, bytes(32)))
    return financier


def test_the_council_confirms_what_was_paid_to_a_suspended_holder(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    confirm = ledger.invoices.functions.confirmPayment(record, 0)
    ledger.suspend(holder)
    with reverts("MembershipNotActive", holder.id, 2):
        ledger.act(holder, confirm)
    assert enact_decision(ledger, record, confirm) == [
        (
            "PaymentConfirmed",
            {
                "record": record,
                "payment": 0,
                "by": bytes(32),
                "holder": holder.id,
                "units": 100,
            },
        ),
        ("UnitsRetired", {"record": record, "member": holder.id, "units": 100}),
    ]
    assert position(ledger, record, holder) == (500, 0, 0)


def test_the_council_confirms_for_no_active_holder(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    confirm = ledger.invoices.functions.confirmPayment(record, 0)
    for _ in range(2):
        with reverts("RecordBookNotSuspended", record, holder.id):
            ledger.decide(confirm)
        ledger.suspend(holder)
        ledger.decide(ledger.membership.functions.reinstate(holder.id))
    enact(ledger, record, holder, confirm)
    assert position(ledger, record, holder) == (500, 0, 0)


def test_no_single_member_of_the_council_confirms_for_a_suspended_holder(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    ledger.suspend(holder)
    for member in (*ledger.council, ledger.buyer, ledger.supplier):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, ledger.invoices.functions.confirmPayment(record, 0))


def test_a_suspended_holder_is_paid_out_in_full(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.supplier, book.credit(record, 400, b"\x01" * 32))
    ledger.suspend(holder)
    ledger.act(ledger.buyer, book.declarePayment(record, holder.id, 500, bytes(32)))
    for payment in (0, 1):
        ledger.decide(book.confirmPayment(record, payment))
    assert invoice_state(ledger, record) == SETTLED
    assert position(ledger, record, holder) == (0, 0, 0)


def test_an_offer_made_before_the_suspension_is_accepted(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    number = offer(ledger, record, 200, by=holder, to=ledger.other_financier)
    ledger.suspend(holder)
    enact(
        ledger,
        record,
        ledger.other_financier,
        ledger.invoices.functions.acceptOffer(record, number),
    )
    assert position(ledger, record, holder) == (400, 0, 0)
    assert position(ledger, record, ledger.other_financier) == (200, 0, 0)


def test_anybody_ends_the_offer_of_a_suspended_holder_before_its_time(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    number = offer(ledger, record, 200, by=holder, to=ledger.other_financier)
    expires_at = ledger.invoices.functions.offerOf(record, number).call()[4]
    expiry = ledger.invoices.functions.expireOffer(record, number)
    with reverts("RecordBookOfferNotExpired", record, number, expires_at):
        ledger.act(ledger.buyer, expiry)
    ledger.suspend(holder)
    assert enact(ledger, record, ledger.buyer, expiry) == [
        ("OfferExpired", {"record": record, "offer": number, "by": ledger.buyer.id})
    ]
    assert offer_state(ledger, record, number) == OFFER_EXPIRED
    assert position(ledger, record, holder) == (600, 0, 0)
    with reverts("RecordBookOfferNotOpen", record, number, OFFER_EXPIRED):
        ledger.act(ledger.buyer, expiry)


def test_an_offer_to_a_suspended_member_has_its_time(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    number = offer(ledger, record, 200, to=ledger.other_financier)
    expires_at = ledger.invoices.functions.offerOf(record, number).call()[4]
    for member in (ledger.other_financier, holder):
        ledger.suspend(member)
    with reverts("RecordBookOfferNotExpired", record, number, expires_at):
        ledger.act(ledger.buyer, ledger.invoices.functions.expireOffer(record, number))


def test_an_offer_of_a_reinstated_holder_has_its_time_again(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    number = offer(ledger, record, 200, by=holder, to=ledger.other_financier)
    expires_at = ledger.invoices.functions.offerOf(record, number).call()[4]
    ledger.suspend(holder)
    ledger.decide(ledger.membership.functions.reinstate(holder.id))
    with reverts("RecordBookOfferNotExpired", record, number, expires_at):
        ledger.act(ledger.buyer, ledger.invoices.functions.expireOffer(record, number))


def test_an_offer_to_a_suspended_member_is_taken_back_but_not_accepted(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    book, number = ledger.invoices.functions, offer(ledger, record, 200, lasting=60)
    ledger.suspend(holder)
    with reverts("MembershipNotActive", holder.id, 2):
        ledger.act(holder, book.acceptOffer(record, number))
    ledger.act(ledger.supplier, book.withdrawOffer(record, number))
    assert position(ledger, record, ledger.supplier) == (400, 0, 0)


def test_the_pledge_of_a_suspended_pledgor_is_enforced_and_released(
    ledger: Ledger, record: bytes, holder: Member
) -> None:
    book, secured = ledger.invoices.functions, ledger.other_financier
    number = pledge(ledger, record, 300, by=holder, to=secured)
    ledger.suspend(holder)
    enact(ledger, record, secured, book.enforcePledge(record, number, 100))
    enact(ledger, record, secured, book.releasePledge(record, number, 50))
    assert position(ledger, record, holder) == (350, 0, 150)
    assert position(ledger, record, secured) == (100, 0, 0)
    assert pledged_of(ledger, record) == 150
    with reverts("MembershipNotActive", holder.id, 2):
        pledge_behind(ledger, record, number, 1, by=holder)


def test_a_reinstated_member_has_what_it_had(ledger: Ledger, record: bytes, holder: Member) -> None:
    before = position(ledger, record, holder)
    ledger.suspend(holder)
    assert position(ledger, record, holder) == before
    ledger.decide(ledger.membership.functions.reinstate(holder.id))
    assert position(ledger, record, holder) == before == (600, 0, 0)
    offer(ledger, record, 600, by=holder, to=ledger.other_financier)
    assert sum(position(ledger, record, ledger.supplier)) == UNITS - 600

import pytest

from tests.contracts.cast import Ledger
from tests.contracts.harness import FINANCIER, Reverted, reverts
from tests.contracts.receivables import (
    OFFER_ACCEPTED,
    OFFER_EXPIRED,
    OFFER_OPEN,
    OFFER_REJECTED,
    OFFER_WITHDRAWN,
    UNITS,
    offer,
    offer_state,
    position,
    register,
    register_accepted,
)

TERMS = b"\x7e" * 32
ANSWERS = ("acceptOffer", "rejectOffer", "withdrawOffer", "expireOffer")


def test_an_offer_is_accepted_until_its_last_second(ledger: Ledger, record: bytes) -> None:
    view, financier = ledger.invoices.functions, ledger.financier
    number = offer(ledger, record, 600)
    expires_at = view.offerOf(record, number).call()[4]
    ledger.chain.pass_time(expires_at - ledger.chain.now() - 1)
    snapshot = ledger.chain.snapshot()
    with reverts("RecordBookOfferNotExpired", record, number, expires_at):
        ledger.act(financier, view.expireOffer(record, number))
    ledger.chain.restore(snapshot)
    ledger.act(financier, view.acceptOffer(record, number))
    assert ledger.chain.now() == expires_at

    ledger.chain.restore(snapshot)
    ledger.chain.pass_time(1)
    with reverts("RecordBookOfferExpired", record, number, expires_at):
        ledger.act(financier, view.acceptOffer(record, number))
    assert position(ledger, record, ledger.supplier) == (400, 600, 0)


@pytest.mark.parametrize("answer", ["rejectOffer", "withdrawOffer"])
def test_an_offer_past_its_time_can_still_be_rejected_and_withdrawn(
    ledger: Ledger, record: bytes, answer: str
) -> None:
    member = ledger.financier if answer == "rejectOffer" else ledger.supplier
    number = offer(ledger, record, 600, lasting=60)
    ledger.chain.pass_time(3600)
    ledger.act(member, ledger.invoices.functions[answer](record, number))
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_only_the_one_it_was_made_to_answers_and_only_the_one_that_made_it_withdraws(
    ledger: Ledger, record: bytes
) -> None:
    view = ledger.invoices.functions
    number = offer(ledger, record, 600)
    for member in (ledger.supplier, ledger.other_financier, ledger.buyer):
        for answer in (view.acceptOffer, view.rejectOffer):
            with reverts("RecordBookNotParty", record, member.id):
                ledger.act(member, answer(record, number))
    for member in (ledger.financier, ledger.other_supplier, ledger.buyer):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, view.withdrawOffer(record, number))
    assert offer_state(ledger, record, number) == OFFER_OPEN


def test_who_is_no_longer_a_financier_rejects_but_does_not_accept(
    ledger: Ledger, record: bytes
) -> None:
    view, financier = ledger.invoices.functions, ledger.financier
    number = offer(ledger, record, 600)
    ledger.set_roles(financier, 0)
    with reverts("MembershipMissingRole", financier.id, FINANCIER):
        ledger.act(financier, view.acceptOffer(record, number))
    ledger.act(financier, view.rejectOffer(record, number))
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_a_holder_with_recourse_returns_units_to_the_supplier(
    ledger: Ledger, record: bytes
) -> None:
    accept = ledger.invoices.functions.acceptOffer
    ledger.act(ledger.financier, accept(record, offer(ledger, record, 600)))
    number = offer(ledger, record, 250, by=ledger.financier, to=ledger.supplier)
    ledger.act(ledger.supplier, accept(record, number))
    assert position(ledger, record, ledger.supplier) == (650, 0, 0)
    assert position(ledger, record, ledger.financier) == (350, 0, 0)


def test_a_holder_returns_no_units_to_another_supplier_or_a_suspended_one(
    ledger: Ledger, record: bytes
) -> None:
    accept = ledger.invoices.functions.acceptOffer
    ledger.act(ledger.financier, accept(record, offer(ledger, record, 600)))
    with reverts("MembershipMissingRole", ledger.other_supplier.id, FINANCIER):
        offer(ledger, record, 1, by=ledger.financier, to=ledger.other_supplier)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        offer(ledger, record, 1, by=ledger.financier, to=ledger.supplier)


@pytest.mark.parametrize("answer", ANSWERS)
def test_suspended_members_and_strangers_do_not_act_on_offers(
    ledger: Ledger, record: bytes, answer: str
) -> None:
    number = offer(ledger, record, 600)
    call = ledger.invoices.functions[answer](record, number)
    member = ledger.supplier if answer == "withdrawOffer" else ledger.financier
    ledger.suspend(member)
    with reverts("MembershipNotActive", member.id, 2):
        ledger.act(member, call)
    with reverts("MembershipUnknownKey", ledger.spare_keys[0].lower()):
        ledger.chain.send(ledger.spare_keys[0], call)


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("first", ANSWERS)
def test_an_offer_is_answered_once(ledger: Ledger, record: bytes, first: str, answer: str) -> None:
    view = ledger.invoices.functions
    number = offer(ledger, record, 600, lasting=60)
    parties = {
        "acceptOffer": (ledger.financier, OFFER_ACCEPTED),
        "rejectOffer": (ledger.financier, OFFER_REJECTED),
        "withdrawOffer": (ledger.supplier, OFFER_WITHDRAWN),
        "expireOffer": (ledger.buyer, OFFER_EXPIRED),
    }
    if first == "expireOffer":
        ledger.chain.pass_time(60)
    member, ended = parties[first]
    ledger.act(member, view[first](record, number))
    member, _ = parties[answer]
    with reverts("RecordBookOfferNotOpen", record, number, ended):
        ledger.act(member, view[answer](record, number))


@pytest.mark.parametrize("answer", [*ANSWERS, "offerOf"])
def test_an_offer_that_was_never_made_is_unknown(
    ledger: Ledger, record: bytes, answer: str
) -> None:
    call = ledger.invoices.functions[answer](record, 0)
    with reverts("RecordBookUnknownOffer", record, 0):
        ledger.chain.simulate(ledger.financier.key, call)
    offer(ledger, record, 1)
    call = ledger.invoices.functions[answer](record, 1)
    with reverts("RecordBookUnknownOffer", record, 1):
        ledger.chain.simulate(ledger.financier.key, call)


def test_offers_of_different_records_do_not_mix(ledger: Ledger, record: bytes) -> None:
    view = ledger.invoices.functions
    other = register_accepted(ledger, commitment=b"\xc1" * 32, strict_keys=[b"\x52" * 32])
    number = offer(ledger, record, 600)
    assert view.offerCount(other).call() == 0
    with pytest.raises(Reverted, match="RecordBookUnknownOffer"):
        ledger.act(ledger.financier, view.acceptOffer(other, number))
    ledger.act(ledger.financier, view.acceptOffer(record, number))
    assert position(ledger, other, ledger.supplier) == (UNITS, 0, 0)
    assert position(ledger, other, ledger.financier) == (0, 0, 0)


def test_all_units_of_the_greatest_record_move_at_once(ledger: Ledger) -> None:
    most = 2**80 - 1
    record = register(ledger, units=most)
    ledger.act(ledger.buyer, ledger.invoices.functions.accept(record))
    number = offer(ledger, record, most)
    ledger.act(ledger.financier, ledger.invoices.functions.acceptOffer(record, number))
    assert position(ledger, record, ledger.supplier) == (0, 0, 0)
    assert position(ledger, record, ledger.financier) == (most, 0, 0)

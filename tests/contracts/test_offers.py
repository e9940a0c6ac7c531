import pytest

from tests.contracts.cast import Ledger
from tests.contracts.harness import FINANCIER, Member, Reverted, logs_of, reverts
from tests.contracts.receivables import (
    OFFER_ACCEPTED,
    OFFER_EXPIRED,
    OFFER_OPEN,
    OFFER_REJECTED,
    OFFER_WITHDRAWN,
    UNITS,
    offer,
    position,
    register,
    register_accepted,
)

TERMS = b"\x7e" * 32
ANSWERS = ("acceptOffer", "rejectOffer", "withdrawOffer", "expireOffer")


@pytest.fixture
def record(ledger: Ledger) -> bytes:
    """An accepted invoice of the supplier."""
    return register_accepted(ledger)


def offer_state(ledger: Ledger, record: bytes, number: int) -> int:
    found: int = ledger.invoices.functions.offerOf(record, number).call()[5]
    return found


def test_an_offer_reserves_its_units(ledger: Ledger, record: bytes) -> None:
    view, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    expires_at = ledger.chain.now() + 60
    receipt = ledger.act(supplier, view.offer(record, financier.id, 600, expires_at, TERMS))
    assert logs_of(receipt, ledger.invoices) == [
        (
            "Offered",
            {
                "record": record,
                "offer": 0,
                "from": supplier.id,
                "to": financier.id,
                "units": 600,
                "expiresAt": expires_at,
                "terms": TERMS,
            },
        )
    ]
    assert view.offerOf(record, 0).call() == (
        supplier.id,
        financier.id,
        TERMS,
        600,
        expires_at,
        OFFER_OPEN,
    )
    assert view.offerCount(record).call() == 1
    assert position(ledger, record, supplier) == (400, 600, 0)
    assert position(ledger, record, financier) == (0, 0, 0)


def test_an_accepted_offer_moves_its_units(ledger: Ledger, record: bytes) -> None:
    view, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    number = offer(ledger, record, 600)
    receipt = ledger.act(financier, view.acceptOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        (
            "OfferAccepted",
            {
                "record": record,
                "offer": number,
                "to": financier.id,
                "from": supplier.id,
                "units": 600,
            },
        )
    ]
    assert offer_state(ledger, record, number) == OFFER_ACCEPTED
    assert position(ledger, record, supplier) == (400, 0, 0)
    assert position(ledger, record, financier) == (600, 0, 0)


def test_a_rejected_offer_frees_its_units(ledger: Ledger, record: bytes) -> None:
    number = offer(ledger, record, 600)
    receipt = ledger.act(ledger.financier, ledger.invoices.functions.rejectOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        ("OfferRejected", {"record": record, "offer": number, "to": ledger.financier.id})
    ]
    assert offer_state(ledger, record, number) == OFFER_REJECTED
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_a_withdrawn_offer_frees_its_units(ledger: Ledger, record: bytes) -> None:
    number = offer(ledger, record, 600)
    receipt = ledger.act(ledger.supplier, ledger.invoices.functions.withdrawOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        ("OfferWithdrawn", {"record": record, "offer": number, "from": ledger.supplier.id})
    ]
    assert offer_state(ledger, record, number) == OFFER_WITHDRAWN
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_any_member_frees_the_units_of_an_expired_offer(ledger: Ledger, record: bytes) -> None:
    number = offer(ledger, record, 600, lasting=60)
    ledger.chain.pass_time(60)
    receipt = ledger.act(ledger.auditor, ledger.invoices.functions.expireOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        ("OfferExpired", {"record": record, "offer": number, "by": ledger.auditor.id})
    ]
    assert offer_state(ledger, record, number) == OFFER_EXPIRED
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_no_more_is_offered_than_is_free(ledger: Ledger, record: bytes) -> None:
    supplier = ledger.supplier
    with reverts("RecordBookInsufficientUnits", record, supplier.id, UNITS, UNITS + 1):
        offer(ledger, record, UNITS + 1)
    offer(ledger, record, 600)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 400, 401):
        offer(ledger, record, 401, to=ledger.other_financier)
    offer(ledger, record, 400, to=ledger.other_financier)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 0, 1):
        offer(ledger, record, 1)


def test_what_is_accepted_cannot_be_offered_again_by_who_sold_it(
    ledger: Ledger, record: bytes
) -> None:
    number = offer(ledger, record, 600)
    ledger.act(ledger.financier, ledger.invoices.functions.acceptOffer(record, number))
    with reverts("RecordBookInsufficientUnits", record, ledger.supplier.id, 400, 401):
        offer(ledger, record, 401, to=ledger.other_financier)


def test_a_financier_passes_part_of_its_units_on(ledger: Ledger, record: bytes) -> None:
    accept = ledger.invoices.functions.acceptOffer
    ledger.act(ledger.financier, accept(record, offer(ledger, record, 600)))
    number = offer(ledger, record, 250, by=ledger.financier, to=ledger.other_financier)
    assert position(ledger, record, ledger.financier) == (350, 250, 0)
    ledger.act(ledger.other_financier, accept(record, number))
    assert position(ledger, record, ledger.supplier) == (400, 0, 0)
    assert position(ledger, record, ledger.financier) == (350, 0, 0)
    assert position(ledger, record, ledger.other_financier) == (250, 0, 0)


def test_who_holds_nothing_offers_nothing(ledger: Ledger, record: bytes) -> None:
    for member in (ledger.buyer, ledger.other_supplier, ledger.financier):
        with reverts("RecordBookInsufficientUnits", record, member.id, 0, 1):
            offer(ledger, record, 1, by=member, to=ledger.other_financier)


def test_units_are_offered_to_active_financiers_only(ledger: Ledger, record: bytes) -> None:
    for member in (ledger.buyer, ledger.other_supplier, ledger.council[0]):
        with reverts("MembershipMissingRole", member.id, FINANCIER):
            offer(ledger, record, 1, to=member)
    nobody = Member(b"\x01" * 32, ledger.spare_keys[0])
    with reverts("MembershipUnknownMember", nobody.id):
        offer(ledger, record, 1, to=nobody)
    with reverts("MembershipUnknownKey", nobody.key.lower()):
        offer(ledger, record, 1, by=nobody)
    ledger.suspend(ledger.financier)
    with reverts("MembershipNotActive", ledger.financier.id, 2):
        offer(ledger, record, 1, to=ledger.financier)


def test_nobody_offers_to_itself_or_nothing_or_for_no_time(ledger: Ledger, record: bytes) -> None:
    view = ledger.invoices.functions
    with reverts("RecordBookSelfOffer", ledger.supplier.id):
        offer(ledger, record, 1, to=ledger.supplier)
    with reverts("RecordBookNoUnits"):
        offer(ledger, record, 0)
    now = ledger.chain.now()
    with reverts("RecordBookInvalidExpiry", now + 1):  # the next block's own time
        ledger.act(ledger.supplier, view.offer(record, ledger.financier.id, 1, now + 1, TERMS))
    with reverts("RecordBookInvalidExpiry", 0):
        ledger.act(ledger.supplier, view.offer(record, ledger.financier.id, 1, 0, TERMS))


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
    with reverts("RecordBookNotParty", record, ledger.other_financier.id):
        ledger.act(ledger.other_financier, view.acceptOffer(record, number))
    with reverts("MembershipMissingRole", ledger.supplier.id, FINANCIER):
        ledger.act(ledger.supplier, view.acceptOffer(record, number))
    for member in (ledger.supplier, ledger.other_financier, ledger.buyer):
        with reverts("RecordBookNotParty", record, member.id):
            ledger.act(member, view.rejectOffer(record, number))
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

import pytest

from tests.contracts.acts import enact, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    FROZEN_BY_COUNCIL,
    FROZEN_BY_DISPUTE,
    FROZEN_BY_KEEPER,
    FROZEN_BY_LOSS,
    REASON,
    REDEMPTION,
    TERMS,
    TO_OFFER,
    TO_PLEDGE,
    UNITS,
    certificate,
    freezes,
    offer,
    pledge,
    position,
)
from tests.contracts.harness import reverts

KEEPER, COUNCIL, LOSS = 1 << FROZEN_BY_KEEPER, 1 << FROZEN_BY_COUNCIL, 1 << FROZEN_BY_LOSS
NOBODY = bytes(32)


def test_the_keeper_freezes_what_it_keeps(ledger: Ledger, receipt: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    for member in (ledger.supplier, ledger.other_depositary):
        with reverts("RecordBookNotParty", receipt, member.id):
            ledger.act(member, book.freeze(receipt, REASON))
    assert enact(ledger, receipt, depositary, book.freeze(receipt, REASON)) == [
        (
            "RecordFrozen",
            {
                "record": receipt,
                "cause": FROZEN_BY_KEEPER,
                "by": depositary.id,
                "reason": REASON,
            },
        )
    ]
    with reverts("RecordBookFrozen", receipt, KEEPER):
        offer(ledger, receipt, 1)
    assert enact(ledger, receipt, depositary, book.unfreeze(receipt, FROZEN_BY_KEEPER)) == [
        (
            "RecordUnfrozen",
            {"record": receipt, "cause": FROZEN_BY_KEEPER, "by": depositary.id},
        )
    ]
    offer(ledger, receipt, 1)


def test_frozen_means_frozen_until_the_last_cause_is_lifted(ledger: Ledger, receipt: bytes) -> None:
    book, supplier, depositary = ledger.certificates.functions, ledger.supplier, ledger.depositary
    offered, pledged = offer(ledger, receipt, 10), pledge(ledger, receipt, 10)
    behind = book.pledgeBehind(receipt, pledged, ledger.buyer.id, 1, 0, TERMS)
    ledger.act(depositary, book.consent(receipt, TO_OFFER, offered))
    ledger.act(depositary, book.consent(receipt, TO_PLEDGE, pledged))
    waiting = offer(ledger, receipt, 10)
    ledger.act(depositary, book.freeze(receipt, REASON))
    ledger.decide(book.freeze(receipt, REASON))
    moves = (
        (supplier, book.offer(receipt, ledger.buyer.id, 1, 4_000_000_000, TERMS)),
        (ledger.buyer, book.acceptOffer(receipt, offered)),
        (depositary, book.consent(receipt, TO_OFFER, waiting)),
        (supplier, book.pledge(receipt, ledger.financier.id, 1, 0, TERMS)),
        (supplier, behind),
        (ledger.financier, book.enforcePledge(receipt, pledged, 1)),
        (supplier, book.surrender(receipt, supplier.id, 1, REDEMPTION)),
    )
    for member, call in moves:
        with reverts("RecordBookFrozen", receipt, KEEPER | COUNCIL):
            ledger.act(member, call)
    ledger.act(depositary, book.unfreeze(receipt, FROZEN_BY_KEEPER))
    for member, call in moves:
        with reverts("RecordBookFrozen", receipt, COUNCIL):
            ledger.act(member, call)
    ledger.decide(book.unfreeze(receipt, FROZEN_BY_COUNCIL))
    for member, call in moves:
        ledger.act(member, call)


def test_promises_are_taken_back_on_a_frozen_certificate(ledger: Ledger, receipt: bytes) -> None:
    book = ledger.certificates.functions
    offers, pledged = [offer(ledger, receipt, 10) for _ in range(2)], pledge(ledger, receipt, 10)
    ledger.decide(book.freeze(receipt, REASON))
    ledger.act(ledger.supplier, book.withdrawOffer(receipt, offers[0]))
    ledger.act(ledger.buyer, book.rejectOffer(receipt, offers[1]))
    ledger.act(ledger.financier, book.releasePledge(receipt, pledged, 10))
    assert position(ledger, receipt, ledger.supplier) == (UNITS, 0, 0)


def test_the_council_lifts_the_freeze_of_the_keeper(ledger: Ledger, receipt: bytes) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.depositary, book.freeze(receipt, REASON))
    ledger.suspend(ledger.depositary)
    call = book.unfreeze(receipt, FROZEN_BY_KEEPER)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, call)
    assert enact_decision(ledger, receipt, call) == [
        ("RecordUnfrozen", {"record": receipt, "cause": FROZEN_BY_KEEPER, "by": NOBODY})
    ]
    assert freezes(ledger, receipt) == 0
    with reverts("RecordBookNotFrozen", receipt, FROZEN_BY_KEEPER):
        ledger.decide(call)
    offer(ledger, receipt, 1)


@pytest.mark.parametrize("first", [FROZEN_BY_COUNCIL, FROZEN_BY_KEEPER])
def test_the_council_lifts_the_freeze_that_it_names(
    ledger: Ledger, receipt: bytes, first: int
) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.depositary, book.freeze(receipt, REASON))
    ledger.decide(book.freeze(receipt, REASON))
    ledger.decide(book.unfreeze(receipt, first))
    assert freezes(ledger, receipt) == (COUNCIL | KEEPER) & ~(1 << first)
    with reverts("RecordBookNotFrozen", receipt, first):
        ledger.decide(book.unfreeze(receipt, first))
    second = FROZEN_BY_KEEPER if first == FROZEN_BY_COUNCIL else FROZEN_BY_COUNCIL
    ledger.decide(book.unfreeze(receipt, second))
    assert freezes(ledger, receipt) == 0


def test_a_decision_that_comes_too_late_lifts_no_later_freeze_of_the_keeper(
    ledger: Ledger, receipt: bytes
) -> None:
    book, membership = ledger.certificates.functions, ledger.membership.functions
    _, b, c = ledger.council
    ledger.decide(book.freeze(receipt, REASON))
    first, second = (
        ledger.propose(book.unfreeze(receipt, FROZEN_BY_COUNCIL), by=member) for member in (b, c)
    )
    for number in (first, second):
        ledger.act(ledger.council[0], membership.approve(number))
    ledger.act(b, membership.execute(first))
    ledger.act(ledger.depositary, book.freeze(receipt, REASON))
    with reverts("RecordBookNotFrozen", receipt, FROZEN_BY_COUNCIL):
        ledger.act(c, membership.execute(second))
    assert freezes(ledger, receipt) == KEEPER


def test_the_keeper_lifts_no_freeze_but_its_own(ledger: Ledger, receipt: bytes) -> None:
    book, keeper = ledger.certificates.functions, ledger.depositary
    ledger.decide(book.freeze(receipt, REASON))
    ledger.act(ledger.supplier, book.reportLost(receipt, REASON))
    for cause in (FROZEN_BY_COUNCIL, FROZEN_BY_DISPUTE, FROZEN_BY_LOSS):
        with reverts("RecordBookForeignFreeze", receipt, cause):
            ledger.act(keeper, book.unfreeze(receipt, cause))
    with reverts("RecordBookNotFrozen", receipt, FROZEN_BY_KEEPER):
        ledger.act(keeper, book.unfreeze(receipt, FROZEN_BY_KEEPER))
    assert freezes(ledger, receipt) == COUNCIL | LOSS


@pytest.mark.parametrize("cause", [FROZEN_BY_COUNCIL, FROZEN_BY_KEEPER, FROZEN_BY_LOSS])
def test_who_freezes_nothing_lifts_no_freeze(ledger: Ledger, receipt: bytes, cause: int) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.depositary, book.freeze(receipt, REASON))
    ledger.decide(book.freeze(receipt, REASON))
    ledger.act(ledger.supplier, book.reportLost(receipt, REASON))
    for member in (ledger.supplier, ledger.other_depositary, *ledger.council):
        with reverts("RecordBookNotParty", receipt, member.id):
            ledger.act(member, book.unfreeze(receipt, cause))


def test_the_council_takes_back_a_report_of_loss(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    with reverts("RecordBookNotFrozen", deposit, FROZEN_BY_LOSS):
        ledger.decide(book.reportFound(deposit))
    ledger.act(ledger.supplier, book.reportLost(deposit, REASON))
    for cause in (FROZEN_BY_DISPUTE, FROZEN_BY_LOSS):
        with reverts("RecordBookForeignFreeze", deposit, cause):
            ledger.decide(book.unfreeze(deposit, cause))
    for cause in (FROZEN_BY_COUNCIL, FROZEN_BY_KEEPER):
        with reverts("RecordBookNotFrozen", deposit, cause):
            ledger.decide(book.unfreeze(deposit, cause))
    assert enact_decision(ledger, deposit, book.reportFound(deposit)) == [
        ("RecordUnfrozen", {"record": deposit, "cause": FROZEN_BY_LOSS, "by": NOBODY})
    ]
    assert (freezes(ledger, deposit), certificate(ledger, deposit).lost_at) == (0, 0)
    offer(ledger, deposit, 1)


def test_no_single_member_of_the_council_takes_back_a_report_of_loss(
    ledger: Ledger, deposit: bytes
) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.supplier, book.reportLost(deposit, REASON))
    for member in ledger.council:
        with reverts("CertificateNotIssuer", deposit, member.id):
            ledger.act(member, book.reportFound(deposit))

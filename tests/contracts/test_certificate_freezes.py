from tests.contracts.acts import enact, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    FROZEN_BY_COUNCIL,
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

KEEPER, COUNCIL = 1 << FROZEN_BY_KEEPER, 1 << FROZEN_BY_COUNCIL
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
    assert enact(ledger, receipt, depositary, book.unfreeze(receipt)) == [
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
    ledger.act(depositary, book.unfreeze(receipt))
    for member, call in moves:
        with reverts("RecordBookFrozen", receipt, COUNCIL):
            ledger.act(member, call)
    ledger.decide(book.unfreeze(receipt))
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


def test_the_council_lifts_the_keepers_freeze_where_it_froze_nothing(
    ledger: Ledger, receipt: bytes
) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.depositary, book.freeze(receipt, REASON))
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, book.unfreeze(receipt))
    assert enact_decision(ledger, receipt, book.unfreeze(receipt)) == [
        ("RecordUnfrozen", {"record": receipt, "cause": FROZEN_BY_KEEPER, "by": NOBODY})
    ]
    assert freezes(ledger, receipt) == 0
    with reverts("RecordBookNotFrozen", receipt, FROZEN_BY_KEEPER):
        ledger.decide(book.unfreeze(receipt))
    offer(ledger, receipt, 1)


def test_the_council_lifts_its_own_freeze_before_the_keepers(
    ledger: Ledger, receipt: bytes
) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.depositary, book.freeze(receipt, REASON))
    ledger.decide(book.freeze(receipt, REASON))
    ledger.decide(book.unfreeze(receipt))
    assert freezes(ledger, receipt) == KEEPER
    ledger.decide(book.unfreeze(receipt))
    assert freezes(ledger, receipt) == 0


def test_the_keeper_lifts_no_freeze_of_the_council(ledger: Ledger, receipt: bytes) -> None:
    book = ledger.certificates.functions
    ledger.decide(book.freeze(receipt, REASON))
    with reverts("RecordBookNotFrozen", receipt, FROZEN_BY_KEEPER):
        ledger.act(ledger.depositary, book.unfreeze(receipt))
    assert freezes(ledger, receipt) == COUNCIL


def test_the_council_takes_back_a_report_of_loss(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    with reverts("RecordBookNotFrozen", deposit, FROZEN_BY_LOSS):
        ledger.decide(book.reportFound(deposit))
    ledger.act(ledger.supplier, book.reportLost(deposit, REASON))
    with reverts("RecordBookNotFrozen", deposit, FROZEN_BY_KEEPER):
        ledger.decide(book.unfreeze(deposit))
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

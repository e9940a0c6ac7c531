from tests.contracts.acts import enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    ANNULMENT,
    COMMITMENT,
    FROZEN_BY_COUNCIL,
    FROZEN_BY_KEEPER,
    NUMBER,
    REASON,
    REDEMPTION,
    REPLACEMENT,
    TERMS,
    TO_PLEDGE,
    UNITS,
    VOIDED,
    certificate,
    certify,
    issue,
    number_holder,
    offer,
    pledge,
    position,
    strict_key,
    surrender,
)
from tests.contracts.harness import reverts

OTHER = b"\xc1" * 32
KEEPER, COUNCIL = 1 << FROZEN_BY_KEEPER, 1 << FROZEN_BY_COUNCIL


def test_the_council_voids_a_certificate_where_it_stands(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    offer(ledger, deposit, 100)
    pledge(ledger, deposit, 200)
    assert enact_decision(ledger, deposit, book.voidRecord(deposit, REASON)) == [
        ("RecordVoided", {"record": deposit, "reason": REASON}),
        ("StrictKeyFreed", {"key": strict_key(ledger.depositary, NUMBER), "record": deposit}),
    ]
    assert certificate(ledger, deposit).state == VOIDED
    assert position(ledger, deposit, ledger.supplier) == (UNITS - 300, 100, 200)
    assert number_holder(ledger, ledger.depositary, NUMBER) == bytes(32)
    issue(ledger, commitment=OTHER)


def test_nothing_moves_on_a_void_certificate(ledger: Ledger, deposit: bytes) -> None:
    book, supplier, depositary = ledger.certificates.functions, ledger.supplier, ledger.depositary
    offered, pledged = offer(ledger, deposit, 10), pledge(ledger, deposit, 10)
    redemption = surrender(ledger, deposit, 10, REDEMPTION)
    replacement = surrender(ledger, deposit, 10, REPLACEMENT)
    annulment = surrender(ledger, deposit, 10, ANNULMENT)
    ledger.decide(book.voidRecord(deposit, REASON))
    for member, call in (
        (supplier, book.offer(deposit, ledger.buyer.id, 1, 4_000_000_000, TERMS)),
        (ledger.buyer, book.acceptOffer(deposit, offered)),
        (ledger.buyer, book.rejectOffer(deposit, offered)),
        (supplier, book.withdrawOffer(deposit, offered)),
        (supplier, book.pledge(deposit, ledger.buyer.id, 1, 0, TERMS)),
        (supplier, book.pledgeBehind(deposit, pledged, ledger.buyer.id, 1, 0, TERMS)),
        (ledger.financier, book.releasePledge(deposit, pledged, 1)),
        (ledger.financier, book.enforcePledge(deposit, pledged, 1)),
        (supplier, book.surrender(deposit, supplier.id, 1, REDEMPTION)),
        (supplier, book.withdrawSurrender(deposit, redemption)),
        (depositary, book.refuseSurrender(deposit, redemption, REASON)),
        (depositary, book.redeem(deposit, redemption)),
        (depositary, book.replace(deposit, replacement, [])),
        (depositary, book.annul(deposit, annulment, REASON)),
        (depositary, book.revokeEvidence(deposit, REASON)),
        (depositary, book.consent(deposit, TO_PLEDGE, pledged)),
        (supplier, book.reportLost(deposit, REASON)),
        (depositary, book.reportFound(deposit)),
        (depositary, book.reissue(deposit, OTHER, OTHER)),
        (depositary, book.renew(deposit, 4_000_000_000, OTHER)),
        (depositary, book.freeze(deposit, REASON)),
        (depositary, book.unfreeze(deposit, FROZEN_BY_KEEPER)),
    ):
        with reverts("CertificateWrongState", deposit, VOIDED):
            ledger.act(member, call)


def test_evidence_is_frozen_and_voided_like_any_record(ledger: Ledger) -> None:
    record, book = certify(ledger, commitment=COMMITMENT), ledger.certificates.functions
    ledger.act(ledger.depositary, book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, KEEPER):
        ledger.act(ledger.depositary, book.revokeEvidence(record, REASON))
    ledger.decide(book.voidRecord(record, REASON))
    assert certificate(ledger, record).state == VOIDED

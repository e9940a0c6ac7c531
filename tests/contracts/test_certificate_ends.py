import pytest

from tests.contracts.acts import enact, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    ANNULLED,
    COMMITMENT,
    FROZEN_BY_COUNCIL,
    FROZEN_BY_KEEPER,
    NUMBER,
    REASON,
    REDEMPTION,
    REPLACEMENT,
    TERMS,
    UNITS,
    VOIDED,
    certificate,
    certify,
    issue,
    number_holder,
    offer,
    pledge,
    position,
    retired,
    strict_key,
    surrender,
)
from tests.contracts.harness import reverts

OTHER = b"\xc1" * 32
KEEPER, COUNCIL = 1 << FROZEN_BY_KEEPER, 1 << FROZEN_BY_COUNCIL


def test_the_issuer_annuls_what_nobody_else_touched_and_its_number_is_free(
    ledger: Ledger, deposit: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    assert enact(ledger, deposit, depositary, book.annul(deposit, REASON)) == [
        (
            "CertificateAnnulled",
            {"record": deposit, "issuer": depositary.id, "reason": REASON},
        ),
        ("StrictKeyFreed", {"key": strict_key(depositary, NUMBER), "record": deposit}),
        ("UnitsRetired", {"record": deposit, "member": ledger.supplier.id, "units": UNITS}),
    ]
    assert certificate(ledger, deposit).state == ANNULLED
    assert (position(ledger, deposit, ledger.supplier), retired(ledger, deposit)) == (
        (0, 0, 0),
        UNITS,
    )
    again = issue(ledger, commitment=OTHER)
    assert number_holder(ledger, depositary, NUMBER) == again


def test_a_certificate_of_evidence_is_withdrawn(ledger: Ledger, evidence: bytes) -> None:
    ledger.act(ledger.depositary, ledger.certificates.functions.annul(evidence, REASON))
    assert certificate(ledger, evidence).state == ANNULLED
    assert number_holder(ledger, ledger.depositary, NUMBER) == bytes(32)


def test_only_its_issuer_annuls_a_certificate(ledger: Ledger, deposit: bytes) -> None:
    annul = ledger.certificates.functions.annul(deposit, REASON)
    for member in (ledger.supplier, ledger.other_depositary, ledger.council[0]):
        with reverts("CertificateNotIssuer", deposit, member.id):
            ledger.act(member, annul)
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, annul)


@pytest.mark.parametrize("touch", ["offer", "pledge", "surrender", "transfer", "redemption"])
def test_what_anybody_else_touched_is_not_annulled(
    ledger: Ledger, deposit: bytes, touch: str
) -> None:
    book = ledger.certificates.functions
    if touch == "pledge":
        pledge(ledger, deposit, 1)
    elif touch in ("offer", "transfer"):
        number = offer(ledger, deposit, 1)
        if touch == "transfer":
            ledger.act(ledger.buyer, book.acceptOffer(deposit, number))
    else:
        number = surrender(ledger, deposit, 1, REDEMPTION)
        if touch == "redemption":
            ledger.act(ledger.depositary, book.redeem(deposit, number))
    with reverts("CertificateUnitsElsewhere", deposit):
        ledger.act(ledger.depositary, book.annul(deposit, REASON))


def test_what_passed_to_another_as_a_whole_is_not_annulled(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.buyer, book.acceptOffer(deposit, offer(ledger, deposit, UNITS)))
    with reverts("CertificateUnitsElsewhere", deposit):
        ledger.act(ledger.depositary, book.annul(deposit, REASON))


def test_what_is_annulled_never_comes_back(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    ledger.act(ledger.depositary, book.annul(deposit, REASON))
    with reverts("CertificateWrongState", deposit, ANNULLED):
        ledger.act(ledger.depositary, book.annul(deposit, REASON))
    with reverts("RecordBookRecordExists", deposit):
        issue(ledger)
    with reverts("CertificateWrongState", deposit, ANNULLED):
        ledger.decide(book.voidRecord(deposit, REASON))


def test_the_council_voids_a_certificate_where_it_stands(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    offer(ledger, deposit, 100)
    pledge(ledger, deposit, 200)
    assert enact_decision(ledger, deposit, book.voidRecord(deposit, REASON)) == [
        ("StrictKeyFreed", {"key": strict_key(ledger.depositary, NUMBER), "record": deposit}),
        ("RecordVoided", {"record": deposit, "reason": REASON}),
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
        (supplier, book.surrender(deposit, 1, REDEMPTION)),
        (supplier, book.withdrawSurrender(deposit, redemption)),
        (depositary, book.refuseSurrender(deposit, redemption, REASON)),
        (depositary, book.redeem(deposit, redemption)),
        (depositary, book.replace(deposit, replacement, [])),
        (supplier, book.reportLost(deposit, REASON)),
        (depositary, book.reportFound(deposit)),
        (depositary, book.reissue(deposit, OTHER, OTHER)),
        (depositary, book.renew(deposit, 4_000_000_000, OTHER)),
        (depositary, book.freeze(deposit, REASON)),
        (depositary, book.unfreeze(deposit)),
    ):
        with reverts("CertificateWrongState", deposit, VOIDED):
            ledger.act(member, call)


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
        ledger.act(depositary, book.annul(receipt, REASON))
    assert enact(ledger, receipt, depositary, book.unfreeze(receipt)) == [
        (
            "RecordUnfrozen",
            {"record": receipt, "cause": FROZEN_BY_KEEPER, "by": depositary.id},
        )
    ]
    ledger.act(depositary, book.annul(receipt, REASON))


def test_frozen_means_frozen_until_the_last_cause_is_lifted(ledger: Ledger, receipt: bytes) -> None:
    book, supplier, depositary = ledger.certificates.functions, ledger.supplier, ledger.depositary
    offered, pledged = offer(ledger, receipt, 10), pledge(ledger, receipt, 10)
    behind = book.pledgeBehind(receipt, pledged, ledger.buyer.id, 1, 0, TERMS)
    ledger.act(depositary, book.consent(receipt, offered))
    waiting = offer(ledger, receipt, 10)
    ledger.act(depositary, book.freeze(receipt, REASON))
    ledger.decide(book.freeze(receipt, REASON))
    moves = (
        (supplier, book.offer(receipt, ledger.buyer.id, 1, 4_000_000_000, TERMS)),
        (ledger.buyer, book.acceptOffer(receipt, offered)),
        (depositary, book.consent(receipt, waiting)),
        (supplier, book.pledge(receipt, ledger.financier.id, 1, 0, TERMS)),
        (supplier, behind),
        (ledger.financier, book.enforcePledge(receipt, pledged, 1)),
        (supplier, book.surrender(receipt, 1, REDEMPTION)),
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


def test_evidence_is_frozen_and_voided_like_any_record(ledger: Ledger) -> None:
    record, book = certify(ledger, commitment=COMMITMENT), ledger.certificates.functions
    ledger.act(ledger.depositary, book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, KEEPER):
        ledger.act(ledger.depositary, book.annul(record, REASON))
    ledger.decide(book.voidRecord(record, REASON))
    assert certificate(ledger, record).state == VOIDED

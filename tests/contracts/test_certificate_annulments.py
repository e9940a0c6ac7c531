import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    ANNULLED,
    ANNULMENT,
    BANK_DEPOSIT,
    FROZEN_BY_KEEPER,
    FULFILLED,
    LEAVES,
    NUMBER,
    REASON,
    REDEMPTION,
    REPLACEMENT,
    UNITS,
    WAREHOUSE_RECEIPT,
    annul,
    certificate,
    certifying,
    issue,
    number_holder,
    offer,
    pledge,
    position,
    retired,
    strict_key,
    surrender,
    surrender_state,
)
from tests.contracts.harness import Member, reverts

OTHER = b"\xc1" * 32
KEEPER = 1 << FROZEN_BY_KEEPER


def test_what_was_surrendered_as_a_whole_is_annulled_and_its_number_is_free(
    ledger: Ledger, deposit: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    number = surrender(ledger, deposit, UNITS, ANNULMENT)
    assert enact(ledger, deposit, depositary, book.annul(deposit, number, REASON)) == [
        (
            "CertificateAnnulled",
            {"record": deposit, "issuer": depositary.id, "reason": REASON},
        ),
        ("StrictKeyFreed", {"key": strict_key(depositary, NUMBER), "record": deposit}),
        ("UnitsRetired", {"record": deposit, "member": ledger.supplier.id, "units": UNITS}),
    ]
    assert certificate(ledger, deposit).state == ANNULLED
    assert surrender_state(ledger, deposit, number) == FULFILLED
    assert position(ledger, deposit, ledger.supplier) == (0, 0, 0)
    assert retired(ledger, deposit) == UNITS
    again = issue(ledger, commitment=OTHER)
    assert number_holder(ledger, depositary, NUMBER) == again


def test_the_issuer_annuls_nothing_that_was_not_surrendered_for_it(
    ledger: Ledger, deposit: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    with reverts("CertificateUnknownSurrender", deposit, 0):
        ledger.act(depositary, book.annul(deposit, 0, REASON))
    for purpose in (REDEMPTION, REPLACEMENT):
        number = surrender(ledger, deposit, UNITS, purpose)
        with reverts("CertificateWrongPurpose", deposit, number, purpose):
            ledger.act(depositary, book.annul(deposit, number, REASON))
        ledger.act(ledger.supplier, book.withdrawSurrender(deposit, number))
        with reverts("CertificateSurrenderNotOpen", deposit, number, 4):
            ledger.act(depositary, book.annul(deposit, number, REASON))
    annul(ledger, deposit)


def test_what_was_surrendered_for_annulment_is_not_redeemed_or_replaced(
    ledger: Ledger, deposit: bytes
) -> None:
    book, number = ledger.certificates.functions, surrender(ledger, deposit, UNITS, ANNULMENT)
    for call in (book.redeem(deposit, number), book.replace(deposit, number, [])):
        with reverts("CertificateWrongPurpose", deposit, number, ANNULMENT):
            ledger.act(ledger.depositary, call)
    ledger.act(ledger.depositary, book.refuseSurrender(deposit, number, REASON))
    assert position(ledger, deposit, ledger.supplier) == (UNITS, 0, 0)


def test_only_its_issuer_annuls_a_certificate(ledger: Ledger, deposit: bytes) -> None:
    number = surrender(ledger, deposit, UNITS, ANNULMENT)
    call = ledger.certificates.functions.annul(deposit, number, REASON)
    for member in (ledger.supplier, ledger.other_depositary, ledger.council[0]):
        with reverts("CertificateNotIssuer", deposit, member.id):
            ledger.act(member, call)
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, call)


@pytest.mark.parametrize("touch", ["offer", "pledge", "surrender", "transfer", "redemption"])
def test_what_was_not_surrendered_as_a_whole_is_not_annulled(
    ledger: Ledger, deposit: bytes, touch: str
) -> None:
    book, left = ledger.certificates.functions, UNITS - 1
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
    number = surrender(ledger, deposit, left, ANNULMENT)
    with reverts("CertificateUnitsElsewhere", deposit):
        ledger.act(ledger.depositary, book.annul(deposit, number, REASON))
    assert position(ledger, deposit, ledger.supplier)[1] >= left


def test_two_halves_are_not_a_whole(ledger: Ledger, deposit: bytes) -> None:
    annulment = ledger.certificates.functions.annul
    for number in [surrender(ledger, deposit, UNITS // 2, ANNULMENT) for _ in range(2)]:
        with reverts("CertificateUnitsElsewhere", deposit):
            ledger.act(ledger.depositary, annulment(deposit, number, REASON))


def test_whoever_holds_everything_surrenders_it_for_annulment(
    ledger: Ledger, deposit: bytes
) -> None:
    book, buyer = ledger.certificates.functions, ledger.buyer
    ledger.act(buyer, book.acceptOffer(deposit, offer(ledger, deposit, UNITS)))
    number = surrender(ledger, deposit, UNITS, ANNULMENT, by=buyer)
    ledger.act(ledger.depositary, book.annul(deposit, number, REASON))
    assert certificate(ledger, deposit).state == ANNULLED
    assert position(ledger, deposit, buyer) == (0, 0, 0)


def test_nothing_frozen_is_annulled(ledger: Ledger, receipt: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    number = surrender(ledger, receipt, UNITS, ANNULMENT)
    ledger.act(depositary, book.freeze(receipt, REASON))
    with reverts("RecordBookFrozen", receipt, KEEPER):
        ledger.act(depositary, book.annul(receipt, number, REASON))
    ledger.act(depositary, book.unfreeze(receipt, FROZEN_BY_KEEPER))
    ledger.act(depositary, book.annul(receipt, number, REASON))


def test_what_is_annulled_never_comes_back(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    annul(ledger, deposit)
    with reverts("CertificateSurrenderNotOpen", deposit, 0, FULFILLED):
        ledger.act(ledger.depositary, book.annul(deposit, 0, REASON))
    with reverts("RecordBookRecordExists", deposit):
        issue(ledger)
    with reverts("CertificateWrongState", deposit, ANNULLED):
        ledger.decide(book.voidRecord(deposit, REASON))


def test_evidence_is_revoked_by_its_issuer_and_its_unit_stays(
    ledger: Ledger, evidence: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    revocation = book.revokeEvidence(evidence, REASON)
    for member in (ledger.supplier, ledger.other_depositary, ledger.council[0]):
        with reverts("CertificateNotIssuer", evidence, member.id):
            ledger.act(member, revocation)
    assert enact(ledger, evidence, depositary, revocation) == [
        (
            "CertificateAnnulled",
            {"record": evidence, "issuer": depositary.id, "reason": REASON},
        ),
        ("StrictKeyFreed", {"key": strict_key(depositary, NUMBER), "record": evidence}),
    ]
    assert certificate(ledger, evidence).state == ANNULLED
    assert position(ledger, evidence, ledger.supplier) == (1, 0, 0)
    assert retired(ledger, evidence) == 0
    with reverts("CertificateWrongState", evidence, ANNULLED):
        ledger.act(depositary, revocation)


def test_the_number_of_revoked_evidence_is_free(ledger: Ledger, evidence: bytes) -> None:
    again = certifying(ledger, commitment=OTHER, index=len(LEAVES) - 1)
    with reverts("IdentityKeysTaken", strict_key(ledger.depositary, NUMBER), evidence):
        ledger.act(ledger.depositary, again)
    revocation = ledger.certificates.functions.revokeEvidence(evidence, REASON)
    ledger.act(ledger.depositary, revocation)
    assert number_holder(ledger, ledger.depositary, NUMBER) == bytes(32)
    ledger.act(ledger.depositary, again)


def test_frozen_evidence_is_not_revoked_nor_by_a_suspended_issuer(
    ledger: Ledger, evidence: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    revocation = book.revokeEvidence(evidence, REASON)
    ledger.act(depositary, book.freeze(evidence, REASON))
    with reverts("RecordBookFrozen", evidence, KEEPER):
        ledger.act(depositary, revocation)
    ledger.suspend(depositary)
    with reverts("MembershipNotActive", depositary.id, 2):
        ledger.act(depositary, revocation)


@pytest.mark.parametrize("kind", [BANK_DEPOSIT, WAREHOUSE_RECEIPT])
def test_only_evidence_is_revoked_without_a_surrender(
    ledger: Ledger, request: pytest.FixtureRequest, kind: int
) -> None:
    record: bytes = request.getfixturevalue("deposit" if kind == BANK_DEPOSIT else "receipt")
    issuer: Member = ledger.depositary
    with reverts("CertificateWrongKind", record, kind):
        ledger.act(issuer, ledger.certificates.functions.revokeEvidence(record, REASON))

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    CONFIRMED,
    EVIDENCE,
    FROZEN_BY_KEEPER,
    ISSUED,
    NEVER,
    REASON,
    TERMS,
    TO_OFFER,
    TO_PLEDGE,
    UNITS,
    WAREHOUSE_RECEIPT,
    certificate,
    consent_given,
    issue,
    issue_confirmed,
    offer,
    pledge,
    position,
    surrender,
)
from tests.contracts.harness import Member, reverts

FROZEN = 1 << FROZEN_BY_KEEPER


def test_the_bank_confirms_its_deposit_once(ledger: Ledger) -> None:
    book, depositary, record = ledger.certificates.functions, ledger.depositary, issue(ledger)
    assert enact(ledger, record, depositary, book.confirm(record)) == [
        ("CertificateConfirmed", {"record": record, "issuer": depositary.id})
    ]
    assert certificate(ledger, record).state == CONFIRMED
    with reverts("CertificateWrongState", record, CONFIRMED):
        ledger.act(depositary, book.confirm(record))


def test_only_its_issuer_confirms_a_certificate(ledger: Ledger) -> None:
    record = issue(ledger)
    for member in (ledger.other_depositary, ledger.supplier, ledger.council[0]):
        with reverts("CertificateNotIssuer", record, member.id):
            ledger.act(member, ledger.certificates.functions.confirm(record))
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, ledger.certificates.functions.confirm(record))


def test_only_deposits_are_confirmed_and_no_frozen_ones(ledger: Ledger, receipt: bytes) -> None:
    book = ledger.certificates.functions
    with reverts("CertificateWrongKind", receipt, WAREHOUSE_RECEIPT):
        ledger.act(ledger.depositary, book.confirm(receipt))
    record = issue(ledger, commitment=b"\xc1" * 32, number=b"\x4f" * 32)
    ledger.act(ledger.depositary, book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, FROZEN):
        ledger.act(ledger.depositary, book.confirm(record))


def test_an_unconfirmed_deposit_is_neither_offered_nor_pledged(ledger: Ledger) -> None:
    record = issue(ledger)
    with reverts("CertificateWrongState", record, ISSUED):
        offer(ledger, record, 1)
    with reverts("CertificateWrongState", record, ISSUED):
        pledge(ledger, record, 1)
    ledger.act(ledger.depositary, ledger.certificates.functions.confirm(record))
    offer(ledger, record, 1)
    pledge(ledger, record, 1)
    assert position(ledger, record, ledger.supplier) == (UNITS - 2, 1, 1)


def test_any_active_member_takes_a_negotiable_deposit(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    for member in (ledger.buyer, ledger.auditor, ledger.depositary, ledger.council[0]):
        number = offer(ledger, deposit, 100, to=member)
        ledger.act(member, book.acceptOffer(deposit, number))
        assert position(ledger, deposit, member) == (100, 0, 0)
    assert position(ledger, deposit, ledger.supplier) == (UNITS - 400, 0, 0)


def test_nobody_but_active_members_takes_units(ledger: Ledger, deposit: bytes) -> None:
    stranger = Member(b"\x01" * 32, ledger.spare_keys[0])
    with reverts("MembershipUnknownMember", stranger.id):
        offer(ledger, deposit, 1, to=stranger)
    number = offer(ledger, deposit, 1)
    ledger.suspend(ledger.buyer)
    with reverts("MembershipNotActive", ledger.buyer.id, 2):
        offer(ledger, deposit, 1)
    with reverts("MembershipNotActive", ledger.buyer.id, 2):
        ledger.act(ledger.buyer, ledger.certificates.functions.acceptOffer(deposit, number))


def test_a_deposit_that_is_not_negotiable_is_pledged_and_never_offered(ledger: Ledger) -> None:
    record = issue_confirmed(ledger, endorsement=NEVER)
    with reverts("CertificateNotEndorsable", record):
        offer(ledger, record, 1)
    with reverts("RecordBookUnknownOffer", record, 0):
        consent = ledger.certificates.functions.consent(record, TO_OFFER, 0)
        ledger.act(ledger.depositary, consent)
    pledge(ledger, record, 600)
    assert position(ledger, record, ledger.supplier) == (400, 0, 600)


def test_who_enforced_a_pledge_of_a_deposit_that_is_not_negotiable_redeems_it(
    ledger: Ledger,
) -> None:
    book = ledger.certificates.functions
    record = issue_confirmed(ledger, endorsement=NEVER)
    number = pledge(ledger, record, 600)
    ledger.act(ledger.depositary, book.consent(record, TO_PLEDGE, number))
    ledger.act(ledger.financier, book.enforcePledge(record, number, 600))
    assert position(ledger, record, ledger.financier) == (600, 0, 0)
    with reverts("CertificateNotEndorsable", record):
        offer(ledger, record, 1, by=ledger.financier)
    claim = surrender(ledger, record, 600, 0, by=ledger.financier)
    ledger.act(ledger.depositary, book.redeem(record, claim))
    assert position(ledger, record, ledger.financier) == (0, 0, 0)
    assert position(ledger, record, ledger.supplier) == (400, 0, 0)


def test_a_part_of_a_pledge_is_released(ledger: Ledger, receipt: bytes) -> None:
    number = pledge(ledger, receipt, 600)
    release = ledger.certificates.functions.releasePledge
    ledger.act(ledger.financier, release(receipt, number, 200))
    assert position(ledger, receipt, ledger.supplier) == (600, 0, 400)


def test_a_receipt_is_endorsed_once_its_keeper_consents(ledger: Ledger, receipt: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    first, second = offer(ledger, receipt, 100), offer(ledger, receipt, 200)
    accept = book.acceptOffer(receipt, second)
    with reverts("CertificateConsentMissing", receipt, TO_OFFER, second):
        ledger.act(ledger.buyer, accept)
    assert not book.consented(receipt, TO_OFFER, second).call()
    assert enact(ledger, receipt, depositary, book.consent(receipt, TO_OFFER, second)) == [
        consent_given(ledger, receipt, TO_OFFER, second)
    ]
    assert book.consented(receipt, TO_OFFER, second).call()
    with reverts("CertificateConsentMissing", receipt, TO_OFFER, first):
        ledger.act(ledger.buyer, book.acceptOffer(receipt, first))
    with reverts("RecordBookNotParty", receipt, ledger.financier.id):
        ledger.act(ledger.financier, accept)
    ledger.act(ledger.buyer, accept)
    assert position(ledger, receipt, ledger.buyer) == (200, 0, 0)
    assert position(ledger, receipt, ledger.supplier) == (700, 100, 0)


def test_who_took_a_part_of_a_receipt_needs_consent_again(ledger: Ledger, receipt: bytes) -> None:
    book = ledger.certificates.functions
    number = offer(ledger, receipt, 200)
    ledger.act(ledger.depositary, book.consent(receipt, TO_OFFER, number))
    ledger.act(ledger.buyer, book.acceptOffer(receipt, number))
    onward = offer(ledger, receipt, 50, by=ledger.buyer, to=ledger.financier)
    with reverts("CertificateConsentMissing", receipt, TO_OFFER, onward):
        ledger.act(ledger.financier, book.acceptOffer(receipt, onward))


def test_consent_is_given_once_and_by_the_issuer_while_active(
    ledger: Ledger, receipt: bytes
) -> None:
    consent, number = ledger.certificates.functions.consent, offer(ledger, receipt, 1)
    for member in (ledger.other_depositary, ledger.supplier, ledger.buyer):
        with reverts("CertificateNotIssuer", receipt, member.id):
            ledger.act(member, consent(receipt, TO_OFFER, number))
    ledger.act(ledger.depositary, consent(receipt, TO_OFFER, number))
    with reverts("CertificateConsentNeedless", receipt, TO_OFFER, number):
        ledger.act(ledger.depositary, consent(receipt, TO_OFFER, number))
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, consent(receipt, TO_OFFER, number))


def test_consent_needs_an_open_offer(ledger: Ledger, receipt: bytes) -> None:
    book = ledger.certificates.functions
    with reverts("RecordBookUnknownOffer", receipt, 0):
        ledger.act(ledger.depositary, book.consent(receipt, TO_OFFER, 0))
    number = offer(ledger, receipt, 1)
    ledger.act(ledger.supplier, book.withdrawOffer(receipt, number))
    with reverts("RecordBookOfferNotOpen", receipt, number, 4):
        ledger.act(ledger.depositary, book.consent(receipt, TO_OFFER, number))


def test_a_negotiable_deposit_needs_no_consent(ledger: Ledger, deposit: bytes) -> None:
    consent = ledger.certificates.functions.consent
    for subject, number in (
        (TO_OFFER, offer(ledger, deposit, 1)),
        (TO_PLEDGE, pledge(ledger, deposit, 1)),
    ):
        with reverts("CertificateConsentNeedless", deposit, subject, number):
            ledger.act(ledger.depositary, consent(deposit, subject, number))


def test_evidence_never_moves(ledger: Ledger, evidence: bytes) -> None:
    book, supplier = ledger.certificates.functions, ledger.supplier
    for call in (
        book.offer(evidence, ledger.buyer.id, 1, 4_000_000_000, TERMS),
        book.pledge(evidence, ledger.financier.id, 1, 0, TERMS),
        *(book.surrender(evidence, supplier.id, 1, purpose) for purpose in range(3)),
        book.reportLost(evidence, REASON),
    ):
        with reverts("CertificateWrongKind", evidence, EVIDENCE):
            ledger.act(supplier, call)
    for call in (book.confirm(evidence), *(book.consent(evidence, to, 0) for to in range(2))):
        with reverts("CertificateWrongKind", evidence, EVIDENCE):
            ledger.act(ledger.depositary, call)
    assert position(ledger, evidence, supplier) == (1, 0, 0)

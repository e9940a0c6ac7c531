from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    FROZEN_BY_KEEPER,
    NEVER,
    REASON,
    REDEMPTION,
    TERMS,
    TO_OFFER,
    TO_PLEDGE,
    UNITS,
    consent_given,
    issue_confirmed,
    offer,
    pledge,
    position,
    surrender,
)
from tests.contracts.harness import reverts

RELEASED, ENFORCED = 2, 3
FROZEN = 1 << FROZEN_BY_KEEPER


def test_a_pledge_of_a_receipt_is_enforced_once_its_keeper_consents(
    ledger: Ledger, receipt: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    first, second = pledge(ledger, receipt, 100), pledge(ledger, receipt, 200)
    enforcement = book.enforcePledge(receipt, second, 200)
    with reverts("CertificateConsentMissing", receipt, TO_PLEDGE, second):
        ledger.act(ledger.financier, enforcement)
    assert not book.consented(receipt, TO_PLEDGE, second).call()
    assert enact(ledger, receipt, depositary, book.consent(receipt, TO_PLEDGE, second)) == [
        consent_given(ledger, receipt, TO_PLEDGE, second)
    ]
    assert book.consented(receipt, TO_PLEDGE, second).call()
    with reverts("CertificateConsentMissing", receipt, TO_PLEDGE, first):
        ledger.act(ledger.financier, book.enforcePledge(receipt, first, 1))
    with reverts("RecordBookNotParty", receipt, ledger.buyer.id):
        ledger.act(ledger.buyer, enforcement)
    ledger.act(ledger.financier, enforcement)
    assert position(ledger, receipt, ledger.financier) == (200, 0, 0)
    assert position(ledger, receipt, ledger.supplier) == (UNITS - 300, 0, 100)


def test_one_consent_is_for_every_part_of_a_pledge(ledger: Ledger, receipt: bytes) -> None:
    book, number = ledger.certificates.functions, pledge(ledger, receipt, 200)
    ledger.act(ledger.depositary, book.consent(receipt, TO_PLEDGE, number))
    for _ in range(2):
        ledger.act(ledger.financier, book.enforcePledge(receipt, number, 100))
    assert book.pledgeOf(receipt, number).call()[7] == ENFORCED


def test_consent_to_an_offer_is_none_to_the_pledge_of_the_same_number(
    ledger: Ledger, receipt: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    assert offer(ledger, receipt, 1) == pledge(ledger, receipt, 1) == 0
    ledger.act(depositary, book.consent(receipt, TO_OFFER, 0))
    assert not book.consented(receipt, TO_PLEDGE, 0).call()
    with reverts("CertificateConsentMissing", receipt, TO_PLEDGE, 0):
        ledger.act(ledger.financier, book.enforcePledge(receipt, 0, 1))
    ledger.act(ledger.buyer, book.acceptOffer(receipt, 0))
    ledger.act(depositary, book.consent(receipt, TO_PLEDGE, 0))
    ledger.act(ledger.financier, book.enforcePledge(receipt, 0, 1))


def test_a_pledge_of_a_deposit_that_is_not_negotiable_needs_consent_too(ledger: Ledger) -> None:
    book, record = ledger.certificates.functions, issue_confirmed(ledger, endorsement=NEVER)
    number = pledge(ledger, record, 600)
    with reverts("CertificateConsentMissing", record, TO_PLEDGE, number):
        ledger.act(ledger.financier, book.enforcePledge(record, number, 600))
    ledger.act(ledger.depositary, book.consent(record, TO_PLEDGE, number))
    ledger.act(ledger.financier, book.enforcePledge(record, number, 600))
    assert position(ledger, record, ledger.financier) == (600, 0, 0)


def test_a_pledge_of_a_negotiable_deposit_needs_no_consent(ledger: Ledger, deposit: bytes) -> None:
    book, number = ledger.certificates.functions, pledge(ledger, deposit, 600)
    with reverts("CertificateConsentNeedless", deposit, TO_PLEDGE, number):
        ledger.act(ledger.depositary, book.consent(deposit, TO_PLEDGE, number))
    ledger.act(ledger.financier, book.enforcePledge(deposit, number, 600))
    assert position(ledger, deposit, ledger.financier) == (600, 0, 0)


def test_a_pledge_behind_another_needs_a_consent_of_its_own(ledger: Ledger, receipt: bytes) -> None:
    book, junior = ledger.certificates.functions, ledger.buyer
    senior = pledge(ledger, receipt, 100)
    ledger.act(ledger.supplier, book.pledgeBehind(receipt, senior, junior.id, 100, 0, TERMS))
    ledger.act(ledger.depositary, book.consent(receipt, TO_PLEDGE, senior))
    ledger.act(ledger.financier, book.enforcePledge(receipt, senior, 40))
    ledger.act(ledger.financier, book.releasePledge(receipt, senior, 60))
    with reverts("CertificateConsentMissing", receipt, TO_PLEDGE, senior + 1):
        ledger.act(junior, book.enforcePledge(receipt, senior + 1, 60))
    ledger.act(ledger.depositary, book.consent(receipt, TO_PLEDGE, senior + 1))
    ledger.act(junior, book.enforcePledge(receipt, senior + 1, 60))


def test_consent_to_a_pledge_is_given_once_and_by_the_issuer(
    ledger: Ledger, receipt: bytes
) -> None:
    number = pledge(ledger, receipt, 1)
    consent = ledger.certificates.functions.consent(receipt, TO_PLEDGE, number)
    for member in (ledger.other_depositary, ledger.supplier, ledger.financier):
        with reverts("CertificateNotIssuer", receipt, member.id):
            ledger.act(member, consent)
    ledger.act(ledger.depositary, consent)
    with reverts("CertificateConsentNeedless", receipt, TO_PLEDGE, number):
        ledger.act(ledger.depositary, consent)


def test_consent_needs_an_open_pledge(ledger: Ledger, receipt: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    offer(ledger, receipt, 1)
    with reverts("RecordBookUnknownPledge", receipt, 0):
        ledger.act(depositary, book.consent(receipt, TO_PLEDGE, 0))
    released, enforced = pledge(ledger, receipt, 1), pledge(ledger, receipt, 1)
    ledger.act(ledger.financier, book.releasePledge(receipt, released, 1))
    ledger.act(depositary, book.consent(receipt, TO_PLEDGE, enforced))
    ledger.act(ledger.financier, book.enforcePledge(receipt, enforced, 1))
    for number, state in ((released, RELEASED), (enforced, ENFORCED)):
        with reverts("RecordBookPledgeNotOpen", receipt, number, state):
            ledger.act(depositary, book.consent(receipt, TO_PLEDGE, number))


def test_nothing_is_consented_to_while_frozen_and_consent_outlasts_a_freeze(
    ledger: Ledger, receipt: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    first, second = pledge(ledger, receipt, 1), pledge(ledger, receipt, 1)
    ledger.act(depositary, book.consent(receipt, TO_PLEDGE, first))
    ledger.act(depositary, book.freeze(receipt, REASON))
    with reverts("RecordBookFrozen", receipt, FROZEN):
        ledger.act(depositary, book.consent(receipt, TO_PLEDGE, second))
    with reverts("RecordBookFrozen", receipt, FROZEN):
        ledger.act(ledger.financier, book.enforcePledge(receipt, first, 1))
    ledger.act(depositary, book.unfreeze(receipt, FROZEN_BY_KEEPER))
    ledger.act(ledger.financier, book.enforcePledge(receipt, first, 1))


def test_a_release_needs_no_consent_and_a_pledgee_that_took_units_redeems_them(
    ledger: Ledger, receipt: bytes
) -> None:
    book, number = ledger.certificates.functions, pledge(ledger, receipt, 100)
    ledger.act(ledger.financier, book.releasePledge(receipt, number, 40))
    ledger.act(ledger.depositary, book.consent(receipt, TO_PLEDGE, number))
    ledger.act(ledger.financier, book.enforcePledge(receipt, number, 60))
    claim = surrender(ledger, receipt, 60, REDEMPTION, by=ledger.financier)
    ledger.act(ledger.depositary, book.redeem(receipt, claim))
    assert position(ledger, receipt, ledger.financier) == (0, 0, 0)

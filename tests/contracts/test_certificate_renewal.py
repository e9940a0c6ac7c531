import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    CONFIRMED,
    DISCHARGED,
    FROZEN_BY_KEEPER,
    ISSUED,
    REASON,
    REDEMPTION,
    UNITS,
    certificate,
    issue,
    issue_confirmed,
    offer,
    pledge,
    position,
    surrender,
)
from tests.contracts.harness import DAY, reverts

NEW_TERMS = b"\x7f" * 32
TERM = 90 * DAY
FROZEN = 1 << FROZEN_BY_KEEPER


@pytest.fixture
def renewing(ledger: Ledger) -> bytes:
    """A confirmed deposit that renews by itself in ninety days."""
    return issue_confirmed(ledger, auto_renew=True, matures_at=ledger.chain.now() + TERM)


def test_a_mature_deposit_is_renewed_in_place(ledger: Ledger, renewing: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    before = certificate(ledger, renewing)
    pledge(ledger, renewing, 500)
    surrender(ledger, renewing, 10, REDEMPTION)
    ledger.chain.pass_time(TERM)
    maturity = ledger.chain.now() + TERM
    renewal = book.renew(renewing, maturity, NEW_TERMS)
    assert enact(ledger, renewing, depositary, renewal) == [
        (
            "CertificateRenewed",
            {
                "record": renewing,
                "issuer": depositary.id,
                "maturesAt": maturity,
                "commitment": NEW_TERMS,
            },
        )
    ]
    assert certificate(ledger, renewing) == before._replace(matures_at=maturity, renewals=1)
    assert before.state == CONFIRMED
    assert book.termsOf(renewing).call() == NEW_TERMS
    assert book.record(renewing).call()[2] != NEW_TERMS
    assert position(ledger, renewing, ledger.supplier) == (UNITS - 510, 10, 500)


def test_a_deposit_is_renewed_at_its_maturity_and_not_before(
    ledger: Ledger, renewing: bytes
) -> None:
    matures_at = certificate(ledger, renewing).matures_at
    view = ledger.certificates.functions
    renewal = view.renew(renewing, matures_at + TERM, NEW_TERMS)
    ledger.chain.pass_time(matures_at - ledger.chain.now() - 3)
    with reverts("CertificateNotMature", renewing, matures_at):
        ledger.act(ledger.depositary, renewal)
    ledger.chain.pass_time(1)
    ledger.act(ledger.depositary, renewal)
    assert ledger.chain.now() == matures_at


def test_only_what_the_bank_confirmed_is_renewed(ledger: Ledger) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    record = issue(ledger, auto_renew=True, matures_at=ledger.chain.now() + TERM)
    ledger.chain.pass_time(TERM)
    renewal = book.renew(record, 4_000_000_000, NEW_TERMS)
    with reverts("CertificateWrongState", record, ISSUED):
        ledger.act(depositary, renewal)
    ledger.act(depositary, book.confirm(record))
    ledger.act(depositary, renewal)
    assert certificate(ledger, record).renewals == 1


def test_what_has_ended_is_not_renewed(ledger: Ledger, renewing: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    ledger.chain.pass_time(TERM)
    renewal = book.renew(renewing, 4_000_000_000, NEW_TERMS)
    number = surrender(ledger, renewing, UNITS, REDEMPTION)
    ledger.act(depositary, book.redeem(renewing, number))
    with reverts("CertificateWrongState", renewing, DISCHARGED):
        ledger.act(depositary, renewal)


def test_renewals_are_counted_and_each_waits_for_maturity(ledger: Ledger, renewing: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    for count in (1, 2):
        ledger.chain.pass_time(TERM)
        maturity = ledger.chain.now() + TERM
        ledger.act(depositary, book.renew(renewing, maturity, NEW_TERMS))
        assert certificate(ledger, renewing).renewals == count
        with reverts("CertificateNotMature", renewing, maturity):
            ledger.act(depositary, book.renew(renewing, maturity + TERM, NEW_TERMS))


def test_what_does_not_renew_by_itself_is_not_renewed(ledger: Ledger) -> None:
    record = issue_confirmed(ledger, matures_at=ledger.chain.now() + TERM)
    ledger.chain.pass_time(TERM)
    with reverts("CertificateNoAutoRenewal", record):
        renewal = ledger.certificates.functions.renew(record, 4_000_000_000, NEW_TERMS)
        ledger.act(ledger.depositary, renewal)


def test_what_has_no_maturity_is_not_renewed(ledger: Ledger) -> None:
    record = issue_confirmed(ledger, auto_renew=True, matures_at=0)
    with reverts("CertificateNotMature", record, 0):
        renewal = ledger.certificates.functions.renew(record, 4_000_000_000, NEW_TERMS)
        ledger.act(ledger.depositary, renewal)


def test_a_renewal_needs_terms_and_a_later_maturity(ledger: Ledger, renewing: bytes) -> None:
    renew = ledger.certificates.functions.renew
    ledger.chain.pass_time(TERM)
    with reverts("RecordBookEmptyCommitment"):
        ledger.act(ledger.depositary, renew(renewing, 4_000_000_000, bytes(32)))
    for maturity in (0, certificate(ledger, renewing).matures_at, ledger.chain.now() + 1):
        with reverts("CertificateInvalidMaturity", maturity):
            ledger.act(ledger.depositary, renew(renewing, maturity, NEW_TERMS))


def test_only_the_issuer_renews_and_nothing_frozen(ledger: Ledger, renewing: bytes) -> None:
    book = ledger.certificates.functions
    ledger.chain.pass_time(TERM)
    renewal = book.renew(renewing, 4_000_000_000, NEW_TERMS)
    for member in (ledger.other_depositary, ledger.supplier):
        with reverts("CertificateNotIssuer", renewing, member.id):
            ledger.act(member, renewal)
    ledger.act(ledger.depositary, book.freeze(renewing, REASON))
    with reverts("RecordBookFrozen", renewing, FROZEN):
        ledger.act(ledger.depositary, renewal)
    ledger.act(ledger.depositary, book.unfreeze(renewing, FROZEN_BY_KEEPER))
    ledger.act(ledger.depositary, renewal)


def test_an_offer_outlives_a_renewal(ledger: Ledger, renewing: bytes) -> None:
    book = ledger.certificates.functions
    number = offer(ledger, renewing, 10, lasting=2 * TERM)
    ledger.chain.pass_time(TERM)
    ledger.act(ledger.depositary, book.renew(renewing, 4_000_000_000, NEW_TERMS))
    ledger.act(ledger.buyer, book.acceptOffer(renewing, number))
    assert position(ledger, renewing, ledger.buyer) == (10, 0, 0)

import pytest

from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    COMMITMENT,
    MATURES_AT,
    NUMBER,
    REASON,
    REDEMPTION,
    REPLACEMENT,
    TO_OFFER,
    UNITS,
    Part,
    anchor,
    annul,
    certify,
    certifying,
    issuance,
    issue,
    issue_confirmed,
    issue_receipt,
    number_holder,
    offer,
    position,
    record_of,
    retired,
    strict_key,
    surrender,
)
from tests.contracts.harness import DAY, Reverted, reverts
from tests.contracts.successors import follow, hand_over, origin_of

OTHER, MORE = b"\xc1" * 32, b"\x4f" * 32


@pytest.fixture
def successor(ledger: Ledger) -> Ledger:
    """A ledger that is to follow the first one."""
    return follow(ledger)


def test_nothing_begins_in_a_deployment_that_was_followed(
    ledger: Ledger, successor: Ledger
) -> None:
    anchor(ledger, ledger.supplier)
    hand_over(ledger, successor)
    chain_id, _ = origin_of(ledger)
    followed = ("MembershipSucceeded", chain_id, successor.membership.address.lower())
    with reverts(*followed):
        issue(ledger)
    with reverts(*followed):
        ledger.act(ledger.depositary, certifying(ledger))
    issue(successor)
    certify(successor, number=OTHER, commitment=OTHER)


def test_nothing_begins_in_a_deployment_before_it_is_its_turn(
    ledger: Ledger, successor: Ledger
) -> None:
    mine, theirs = (each.membership.address.lower() for each in (successor, ledger))
    with reverts("MembershipNotSuccessor", theirs, mine):
        issue(successor)


def test_what_began_in_a_deployment_ends_there(ledger: Ledger, successor: Ledger) -> None:
    receipt, book = issue_receipt(ledger), ledger.certificates.functions
    hand_over(ledger, successor)
    number = offer(ledger, receipt, 400)
    ledger.act(ledger.depositary, book.consent(receipt, TO_OFFER, number))
    ledger.act(ledger.buyer, book.acceptOffer(receipt, number))
    for holder, units in ((ledger.supplier, 600), (ledger.buyer, 400)):
        number = surrender(ledger, receipt, units, REDEMPTION, by=holder)
        ledger.act(ledger.depositary, book.redeem(receipt, number))
    assert retired(ledger, receipt) == UNITS


def test_what_began_in_a_deployment_is_renewed_and_annulled_there(
    ledger: Ledger, successor: Ledger
) -> None:
    book, maturity = ledger.certificates.functions, ledger.chain.now() + DAY
    deposit = issue_confirmed(ledger, auto_renew=True, matures_at=maturity)
    hand_over(ledger, successor)
    ledger.chain.pass_time(DAY)
    ledger.act(ledger.depositary, book.renew(deposit, MATURES_AT, OTHER))
    annul(ledger, deposit)
    issue(successor, commitment=OTHER)
    assert number_holder(ledger, ledger.depositary, NUMBER) == bytes(32)


def test_no_number_is_taken_in_a_deployment_that_was_followed(
    ledger: Ledger, successor: Ledger
) -> None:
    receipt, book = issue_receipt(ledger, loss_notice=0), ledger.certificates.functions
    number = surrender(ledger, receipt, 600, REPLACEMENT)
    parts = [Part(MATURES_AT, 400, OTHER, OTHER), Part(0, 200, MORE, MORE)]
    replacement = book.replace(receipt, number, parts)
    reissue = book.reissue(receipt, OTHER, OTHER)
    ledger.act(ledger.supplier, book.reportLost(receipt, REASON))
    before_it_is_over = ledger.chain.snapshot()
    ledger.act(ledger.depositary, reissue)
    assert number_holder(ledger, ledger.depositary, OTHER) == receipt
    ledger.chain.restore(before_it_is_over)
    hand_over(ledger, successor)
    chain_id, _ = origin_of(ledger)
    followed = ("MembershipSucceeded", chain_id, successor.membership.address.lower())
    with reverts(*followed):
        ledger.act(ledger.depositary, reissue)
    ledger.act(ledger.supplier, book.reportFound(receipt))
    with reverts(*followed):
        ledger.act(ledger.depositary, replacement)
    assert position(ledger, receipt, ledger.supplier) == (400, 600, 0)


def test_of_what_begins_nothing_is_looked_at_in_a_deployment_that_was_followed(
    ledger: Ledger, successor: Ledger
) -> None:
    receipt, book, keeper = issue_receipt(ledger), ledger.certificates.functions, ledger.depositary
    replacement, reissue = book.replace(receipt, 0, []), book.reissue(receipt, OTHER, OTHER)
    itself = book.issue(issuance(ledger, holder=keeper.id))
    with reverts("CertificateUnknownSurrender", receipt, 0):
        ledger.act(keeper, replacement)
    with reverts("CertificateSelfDeposit", keeper.id):
        ledger.act(keeper, itself)
    hand_over(ledger, successor)
    followed = ("MembershipSucceeded", origin_of(ledger)[0], successor.membership.address.lower())
    for call in (itself, replacement, reissue):
        with reverts(*followed):
            ledger.act(keeper, call)
    with reverts("CertificateNotIssuer", receipt, ledger.supplier.id):
        ledger.act(ledger.supplier, reissue)


def test_a_number_of_the_new_book_is_not_taken_in_the_old_one_as_well(
    ledger: Ledger, successor: Ledger
) -> None:
    receipt, book = issue_receipt(ledger), ledger.certificates.functions
    number = surrender(ledger, receipt, UNITS, REPLACEMENT)
    hand_over(ledger, successor)
    taken = issue(successor, number=OTHER)
    replacement = book.replace(receipt, number, [Part(0, UNITS, OTHER, OTHER)])
    with pytest.raises(Reverted, match="MembershipSucceeded"):
        ledger.act(ledger.depositary, replacement)
    assert number_holder(successor, ledger.depositary, OTHER) == taken
    assert number_holder(ledger, ledger.depositary, OTHER) == bytes(32)


def test_a_number_of_the_old_book_is_taken_in_the_new_one(
    ledger: Ledger, successor: Ledger
) -> None:
    record = issue(ledger)
    hand_over(ledger, successor)
    assert number_holder(successor, successor.depositary, NUMBER) == record
    with reverts("IdentityKeysTaken", strict_key(ledger.depositary, NUMBER), record):
        issue(successor)
    assert issue(successor, number=OTHER) == record_of(successor, ledger.depositary, COMMITMENT)

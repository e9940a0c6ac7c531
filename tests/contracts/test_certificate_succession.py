import pytest

from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    COMMITMENT,
    MATURES_AT,
    NUMBER,
    REDEMPTION,
    REPLACEMENT,
    UNITS,
    Part,
    anchor,
    certify,
    certifying,
    issue,
    issue_receipt,
    number_holder,
    position,
    record_of,
    retired,
    strict_key,
    surrender,
)
from tests.contracts.harness import reverts
from tests.contracts.successors import follow, hand_over, origin_of

OTHER = b"\xc1" * 32


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
    number = surrender(ledger, receipt, 600, REPLACEMENT)
    parts = [Part(MATURES_AT, 400, OTHER, OTHER), Part(0, 200, b"\x4f" * 32, b"\x4f" * 32)]
    ledger.act(ledger.depositary, book.replace(receipt, number, parts))
    child = record_of(ledger, ledger.depositary, OTHER)
    assert position(ledger, child, ledger.supplier) == (400, 0, 0)
    ledger.act(ledger.depositary, book.redeem(receipt, surrender(ledger, receipt, 400, REDEMPTION)))
    assert retired(ledger, receipt) == UNITS


def test_a_number_of_the_old_book_is_taken_in_the_new_one(
    ledger: Ledger, successor: Ledger
) -> None:
    record = issue(ledger)
    hand_over(ledger, successor)
    assert number_holder(successor, successor.depositary, NUMBER) == record
    with reverts("IdentityKeysTaken", strict_key(ledger.depositary, NUMBER), record):
        issue(successor)
    assert issue(successor, number=OTHER) == record_of(successor, ledger.depositary, COMMITMENT)

import pytest

from tests.contracts.cast import Ledger
from tests.contracts.harness import AUDITOR, COUNCIL, SUPPLIER, logs_of, reverts


def test_the_threshold_that_counts_is_the_one_at_execution(ledger: Ledger, proposed: int) -> None:
    council, b = ledger.membership.functions, ledger.council[1]
    ledger.act(b, council.approve(proposed))
    ledger.decide(council.setThreshold(3))
    with reverts("MembershipTooFewApprovals", proposed, 2, 3):
        ledger.act(b, council.execute(proposed))


def test_the_threshold_is_at_least_two_and_at_most_the_council(ledger: Ledger) -> None:
    council = ledger.membership.functions
    for threshold in (0, 1, 4):
        with reverts("MembershipInvalidThreshold", threshold, 3):
            ledger.decide(council.setThreshold(threshold))
    receipt = ledger.decide(council.setThreshold(3))
    assert logs_of(receipt, ledger.membership)[1:] == [("ThresholdChanged", {"threshold": 3})]
    assert council.council().call() == [3, 3]


@pytest.mark.parametrize("change", ["suspend", "setRoles", "revokeKey"])
def test_no_change_leaves_fewer_council_members_than_a_decision_takes(
    ledger: Ledger, change: str
) -> None:
    council, (_, b, c) = ledger.membership.functions, ledger.council
    calls = {
        "suspend": lambda member: council.suspend(member.id),
        "setRoles": lambda member: council.setRoles(member.id, SUPPLIER | AUDITOR),
        "revokeKey": lambda member: council.revokeKey(member.id, member.key),
    }
    ledger.decide(calls[change](c))
    assert council.council().call() == [2, 2]
    with reverts("MembershipInvalidThreshold", 2, 1):
        ledger.decide(calls[change](b))
    assert council.council().call() == [2, 2]


def test_a_council_that_decides_together_loses_no_member(ledger: Ledger) -> None:
    council = ledger.membership.functions
    ledger.decide(council.setThreshold(3))
    with reverts("MembershipInvalidThreshold", 3, 2):
        ledger.suspend(ledger.council[2])
    ledger.decide(council.setThreshold(2))
    ledger.suspend(ledger.council[2])


def test_the_council_counts_who_joins_leaves_and_returns(ledger: Ledger) -> None:
    council, c = ledger.membership.functions, ledger.council[2]
    ledger.set_roles(ledger.auditor, AUDITOR | COUNCIL)
    assert council.council().call() == [2, 4]
    ledger.set_roles(ledger.auditor, COUNCIL)
    ledger.act(ledger.auditor, council.addKey(ledger.auditor.id, ledger.spare_keys[0]))
    assert council.council().call() == [2, 4]
    ledger.suspend(c)
    ledger.decide(council.addKey(c.id, ledger.spare_keys[1]))
    assert council.council().call() == [2, 3]
    ledger.decide(council.reinstate(c.id))
    assert council.council().call() == [2, 4]
    ledger.suspend(ledger.supplier)
    assert council.council().call() == [2, 4]


def test_a_new_council_member_takes_part(ledger: Ledger) -> None:
    council = ledger.membership.functions
    ledger.set_roles(ledger.auditor, COUNCIL)
    number = ledger.propose(council.setThreshold(3), by=ledger.auditor)
    ledger.act(ledger.council[0], council.approve(number))
    ledger.act(ledger.auditor, council.execute(number))
    assert council.council().call() == [3, 4]


def test_the_approval_of_a_suspended_member_does_not_count(ledger: Ledger, proposed: int) -> None:
    council = ledger.membership.functions
    a, b, c = ledger.council
    ledger.act(b, council.approve(proposed))
    number = ledger.propose(council.suspend(a.id), by=b)
    ledger.act(c, council.approve(number))
    ledger.act(c, council.execute(number))
    assert council.proposal(proposed).call()[1] == 1
    with reverts("MembershipTooFewApprovals", proposed, 1, 2):
        ledger.act(b, council.execute(proposed))
    ledger.act(c, council.approve(proposed))
    ledger.act(b, council.execute(proposed))


def test_the_approval_of_a_member_without_the_council_role_does_not_count(
    ledger: Ledger, proposed: int
) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    ledger.set_roles(a, AUDITOR)
    assert council.proposal(proposed).call()[1] == 0
    ledger.act(a, council.withdraw(proposed))


def test_the_approval_of_a_member_without_keys_does_not_count(
    ledger: Ledger, proposed: int
) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    ledger.decide(council.revokeKey(a.id, a.key))
    assert council.proposal(proposed).call()[1] == 0
    assert council.council().call() == [2, 2]

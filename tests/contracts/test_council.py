import pytest
from eth_utils.address import to_checksum_address
from web3.constants import ADDRESS_ZERO

from tests.contracts.cast import Ledger
from tests.contracts.harness import AUDITOR, BUYER, COUNCIL, DAY, SUPPLIER, logs_of, reverts

LONGEST = 90 * DAY


@pytest.fixture
def proposed(ledger: Ledger) -> int:
    """A proposal to make the auditor a buyer, approved by the member that made it."""
    return ledger.propose(ledger.membership.functions.setRoles(ledger.auditor.id, BUYER))


def test_a_decision_takes_the_approval_of_two(ledger: Ledger, proposed: int) -> None:
    council = ledger.membership.functions
    a, b, c = ledger.council
    with reverts("MembershipTooFewApprovals", proposed, 1, 2):
        ledger.act(a, council.execute(proposed))
    receipt = ledger.act(b, council.approve(proposed))
    assert logs_of(receipt, ledger.membership) == [
        ("Approved", {"proposal": proposed, "member": b.id})
    ]
    receipt = ledger.act(c, council.execute(proposed))
    assert logs_of(receipt, ledger.membership) == [
        ("Executed", {"proposal": proposed}),
        ("RolesChanged", {"member": ledger.auditor.id, "roles": BUYER}),
    ]


def test_a_proposal_says_what_it_will_do_and_who_made_it(ledger: Ledger) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    data = ledger.membership.encode_abi("setThreshold", [3])
    number = ledger.propose(council.setThreshold(3)) + 1
    receipt = ledger.act(a, council.propose(ledger.membership.address, data, 60))
    expires_at = ledger.chain.now() + 60
    assert logs_of(receipt, ledger.membership) == [
        (
            "Proposed",
            {
                "proposal": number,
                "proposer": a.id,
                "target": ledger.membership.address,
                "expiresAt": expires_at,
                "data": bytes.fromhex(data[2:]),
            },
        ),
        ("Approved", {"proposal": number, "member": a.id}),
    ]
    proposal, approvals = council.proposal(number).call()
    assert tuple(proposal) == (
        ledger.membership.address,
        expires_at,
        False,
        a.id,
        bytes.fromhex(data[2:]),
    )
    assert approvals == 1


def test_a_member_approves_once_whichever_key_it_uses(ledger: Ledger, proposed: int) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    ledger.act(a, council.addKey(a.id, ledger.spare_keys[0]))
    for key in (a.key, ledger.spare_keys[0]):
        with reverts("MembershipAlreadyApproved", proposed, a.id):
            ledger.chain.send(key, council.approve(proposed))


def test_an_approval_can_be_taken_back_and_given_again(ledger: Ledger, proposed: int) -> None:
    council = ledger.membership.functions
    a, b, _ = ledger.council
    with reverts("MembershipNotApproved", proposed, b.id):
        ledger.act(b, council.withdraw(proposed))
    ledger.act(b, council.approve(proposed))
    receipt = ledger.act(a, council.withdraw(proposed))
    assert logs_of(receipt, ledger.membership) == [
        ("ApprovalWithdrawn", {"proposal": proposed, "member": a.id})
    ]
    with reverts("MembershipTooFewApprovals", proposed, 1, 2):
        ledger.act(a, council.execute(proposed))
    ledger.act(a, council.approve(proposed))
    ledger.act(a, council.execute(proposed))


def test_only_council_members_propose_approve_and_execute(ledger: Ledger, proposed: int) -> None:
    council, supplier = ledger.membership.functions, ledger.supplier
    ledger.act(ledger.council[1], council.approve(proposed))
    for call in (
        council.propose(ledger.membership.address, b"", DAY),
        council.approve(proposed),
        council.execute(proposed),
    ):
        with reverts("MembershipMissingRole", supplier.id, COUNCIL):
            ledger.act(supplier, call)


def test_a_decision_is_carried_out_once(ledger: Ledger, proposed: int) -> None:
    council = ledger.membership.functions
    _, b, c = ledger.council
    ledger.act(b, council.approve(proposed))
    ledger.act(b, council.execute(proposed))
    assert council.proposal(proposed).call()[0][2] is True
    for call in (
        council.execute(proposed),
        council.approve(proposed),
        council.withdraw(proposed),
    ):
        with reverts("MembershipProposalExecuted", proposed):
            ledger.act(c, call)


def test_a_proposal_ends_at_its_time(ledger: Ledger, proposed: int) -> None:
    council = ledger.membership.functions
    _, b, c = ledger.council
    expires_at = council.proposal(proposed).call()[0][1]
    ledger.act(b, council.approve(proposed))
    ledger.chain.pass_time(expires_at - ledger.chain.now() - 1)
    snapshot = ledger.chain.snapshot()
    ledger.act(b, council.execute(proposed))
    assert ledger.chain.now() == expires_at
    ledger.chain.restore(snapshot)
    ledger.chain.pass_time(1)
    for call in (
        council.approve(proposed),
        council.withdraw(proposed),
        council.execute(proposed),
    ):
        with reverts("MembershipProposalExpired", proposed, expires_at):
            ledger.act(c, call)


def test_a_proposal_lives_for_one_second_to_ninety_days(ledger: Ledger) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    for lifetime in (1, LONGEST):
        ledger.act(a, council.propose(ledger.membership.address, b"", lifetime))
    for lifetime in (0, LONGEST + 1, 2**48 - 1):
        with reverts("MembershipInvalidLifetime", lifetime, LONGEST):
            ledger.act(a, council.propose(ledger.membership.address, b"", lifetime))


def test_a_proposal_that_was_never_made_is_unknown(ledger: Ledger, proposed: int) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    unknown = proposed + 1
    for call in (
        council.approve(unknown),
        council.withdraw(unknown),
        council.execute(unknown),
        council.proposal(unknown),
    ):
        with reverts("MembershipUnknownProposal", unknown):
            ledger.chain.simulate(a.key, call)


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


def test_a_failing_call_fails_the_execution_with_its_own_error(ledger: Ledger) -> None:
    member = ledger.membership.address.lower()
    with reverts("MembershipUnknownKey", member):
        ledger.decide(ledger.notary.functions.anchor(b"\x01" * 32, 1))
    with reverts("FailedCall"):
        ledger.decide_data(ledger.membership.address, b"")


def test_a_decision_cannot_carry_out_decisions(ledger: Ledger, proposed: int) -> None:
    council = ledger.membership.functions
    ledger.act(ledger.council[1], council.approve(proposed))
    with reverts("MembershipUnknownKey", ledger.membership.address.lower()):
        ledger.decide(council.execute(proposed))


def test_a_decision_needs_a_contract_to_call(ledger: Ledger) -> None:
    for target in (ledger.supplier.key, to_checksum_address(ADDRESS_ZERO)):
        with reverts("AddressEmptyCode", target.lower()):
            ledger.decide_data(target, b"")

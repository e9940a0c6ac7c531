from eth_utils.address import to_checksum_address
from web3.constants import ADDRESS_ZERO

from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER, COUNCIL, DAY, logs_of, reverts

LONGEST = 90 * DAY


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

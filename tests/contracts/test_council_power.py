from collections.abc import Sequence

import pytest

from tests.contracts.cast import NO_DEPLOYMENT, Ledger
from tests.contracts.harness import (
    AUDITOR,
    COUNCIL,
    DAY,
    Member,
    artifact,
    logs_of,
    reverts,
    word,
)

BY_DECISION = {"admit", "reinstate", "setRoles", "setThreshold", "succeed", "suspend"}
BY_MEMBERS = {"approve", "execute", "propose", "withdraw", "addKey", "revokeKey"}
BATCHES = {"multicall", "tryMulticall"}


def encoded(ledger: Ledger, name: str, *arguments: object) -> bytes:
    return bytes.fromhex(ledger.membership.encode_abi(name, list(arguments))[2:])


def test_nothing_but_the_deployment_admits_without_a_decision(ledger: Ledger) -> None:
    changing = {
        entry["name"]
        for entry in artifact("Membership")["abi"]
        if entry["type"] == "function" and entry["stateMutability"] != "view"
    }
    assert changing == BY_DECISION | BY_MEMBERS | BATCHES
    a, stranger = ledger.council[0], ledger.spare_keys[0]
    call = ledger.membership.functions.admit(word("test:mine"), COUNCIL, stranger)
    for key in (a.key, ledger.supplier.key, stranger):
        with reverts("MembershipNotCouncil", key.lower()):
            ledger.chain.send(key, call)
    assert ledger.membership.functions.council().call() == [2, 3]


def test_the_first_council_has_a_key_for_each_of_its_members(deployed: Ledger) -> None:
    ids, key = [word("test:a"), word("test:b")], deployed.spare_keys[0]
    with reverts("MembershipKeyTaken", key.lower(), ids[0]):
        deployed.chain.deploy(
            "Membership", ids, [key, key], 2, deployed.forwarder.address, NO_DEPLOYMENT
        )


def test_the_forwarder_is_no_member_of_the_first_council(deployed: Ledger) -> None:
    ids, key = [word("test:a"), word("test:b")], deployed.spare_keys[0]
    forwarder = deployed.forwarder.address
    with reverts("MembershipInvalidKey", forwarder.lower()):
        deployed.chain.deploy("Membership", ids, [key, forwarder], 2, forwarder, NO_DEPLOYMENT)


def test_one_key_proposes_approves_and_executes_nothing_alone_in_a_batch(ledger: Ledger) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    data = encoded(ledger, "setRoles", ledger.auditor.id, COUNCIL)
    proposing = encoded(ledger, "propose", ledger.membership.address, data, DAY)
    number = ledger.propose(council.setThreshold(3)) + 1
    approving, executing = encoded(ledger, "approve", number), encoded(ledger, "execute", number)
    with reverts("MembershipTooFewApprovals", number, 1, 2):
        ledger.act(a, council.multicall([proposing, executing]))
    with reverts("MembershipAlreadyApproved", number, a.id):
        ledger.act(a, council.multicall([proposing, approving, executing]))
    with reverts("MembershipNotCouncil", a.key.lower()):
        ledger.act(a, council.multicall([data]))
    ledger.act(a, council.tryMulticall([proposing, approving, executing, data]))
    assert council.proposal(number).call()[1] == 1
    assert council.member(ledger.auditor.id).call()[1] == AUDITOR


def test_the_keys_of_one_member_are_one_approval(ledger: Ledger) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    keys: Sequence[Member] = [Member(a.id, key) for key in ledger.spare_keys[:2]]
    number = ledger.propose(council.setThreshold(3))
    for extra in keys:
        ledger.act(a, council.addKey(a.id, extra.key))
        with reverts("MembershipAlreadyApproved", number, a.id):
            ledger.act(extra, council.approve(number))
        with reverts("MembershipTooFewApprovals", number, 1, 2):
            ledger.act(extra, council.execute(number))
    assert council.council().call() == [2, 3]


def test_a_council_is_replaced_by_its_own_decisions(ledger: Ledger) -> None:
    council, (a, b, c) = ledger.membership.functions, ledger.council
    heirs = [
        Member(word(f"test:heir_{number}"), key) for number, key in enumerate(ledger.spare_keys[:2])
    ]
    for heir in heirs:
        ledger.decide(council.admit(heir.id, COUNCIL, heir.key))
    assert council.council().call() == [2, 5]
    ledger.decide(council.setRoles(c.id, AUDITOR))
    for member in (a, b):
        number = ledger.propose(council.setRoles(member.id, AUDITOR), by=heirs[0])
        ledger.act(heirs[1], council.approve(number))
        ledger.act(heirs[1], council.execute(number))
    assert council.council().call() == [2, 2]
    proposing = council.propose(ledger.membership.address, b"", DAY)
    for member in (a, b, c):
        with reverts("MembershipMissingRole", member.id, COUNCIL):
            ledger.act(member, proposing)
    ledger.act(heirs[0], proposing)


def test_a_decision_makes_several_changes_or_none(ledger: Ledger) -> None:
    council, auditor = ledger.membership.functions, ledger.auditor
    joining = encoded(ledger, "setRoles", auditor.id, COUNCIL)
    receipt = ledger.decide(council.multicall([joining, encoded(ledger, "setThreshold", 4)]))
    assert [name for name, _ in logs_of(receipt, ledger.membership)] == [
        "Executed",
        "RolesChanged",
        "ThresholdChanged",
    ]
    assert council.council().call() == [4, 4]


def test_a_decision_that_fails_in_part_changes_nothing(ledger: Ledger) -> None:
    council, auditor = ledger.membership.functions, ledger.auditor
    joining = encoded(ledger, "setRoles", auditor.id, COUNCIL)
    with reverts("MembershipInvalidThreshold", 5, 4):
        ledger.decide(council.multicall([joining, encoded(ledger, "setThreshold", 5)]))
    assert council.council().call() == [2, 3]
    assert council.member(auditor.id).call()[1] == AUDITOR


@pytest.mark.parametrize("change", ["setThreshold", "setRoles", "suspend", "admit"])
def test_what_one_council_member_may_not_do_it_may_not_do_in_a_batch(
    ledger: Ledger, change: str
) -> None:
    council, a = ledger.membership.functions, ledger.council[0]
    calls = {
        "setThreshold": encoded(ledger, "setThreshold", 3),
        "setRoles": encoded(ledger, "setRoles", a.id, COUNCIL | AUDITOR),
        "suspend": encoded(ledger, "suspend", ledger.council[1].id),
        "admit": encoded(ledger, "admit", word("test:mine"), COUNCIL, ledger.spare_keys[0]),
    }
    with reverts("MembershipNotCouncil", a.key.lower()):
        ledger.act(a, council.multicall([calls[change]]))
    receipt = ledger.act(a, council.tryMulticall([calls[change]]))
    assert [name for name, _ in logs_of(receipt, ledger.membership)] == ["CallRefused"]
    assert council.council().call() == [2, 3]


def test_a_threshold_changes_by_as_many_approvals_as_it_has(ledger: Ledger) -> None:
    council, (a, b, c) = ledger.membership.functions, ledger.council
    ledger.decide(council.setThreshold(3))
    number = ledger.propose(council.setThreshold(2))
    ledger.act(b, council.approve(number))
    with reverts("MembershipTooFewApprovals", number, 2, 3):
        ledger.act(a, council.execute(number))
    ledger.act(c, council.approve(number))
    ledger.act(a, council.execute(number))
    assert council.council().call() == [2, 3]

from typing import Any

import pytest
from web3.constants import ADDRESS_ZERO

from tests.contracts.cast import NO_DEPLOYMENT, Ledger
from tests.contracts.harness import (
    AUDITOR,
    BUYER,
    COUNCIL,
    FINANCIER,
    SUPPLIER,
    Member,
    logs_of,
    reverts,
    word,
)

ACTIVE, SUSPENDED = 1, 2
EVERY_ROLE = 63
NOBODY = word("test:nobody")


@pytest.fixture
def newcomer(ledger: Ledger) -> Member:
    return Member(word("lei:5493001KJTIIGC8Y1R12"), ledger.spare_keys[0])


def deploy_membership(ledger: Ledger, *council: Any) -> None:
    ledger.chain.deploy("Membership", *council, ledger.forwarder.address, NO_DEPLOYMENT)


def test_a_forwarder_has_code(deployed: Ledger) -> None:
    ids = [member.id for member in deployed.council]
    keys = [member.key for member in deployed.council]
    for nobody in (deployed.spare_keys[0], ADDRESS_ZERO):
        with reverts("RelayableNoForwarder", nobody.lower()):
            deployed.chain.deploy("Membership", ids, keys, 2, nobody, NO_DEPLOYMENT)
    forwarder = deployed.forwarder.address
    deployed.chain.simulate_deployment("Membership", ids, keys, 2, forwarder, NO_DEPLOYMENT)


def test_the_first_council_stands_from_deployment(ledger: Ledger) -> None:
    view = ledger.membership.functions
    assert view.council().call() == [2, 3]
    for member in ledger.council:
        assert view.member(member.id).call() == [ACTIVE, COUNCIL, 1]
        assert view.actorOf(member.key).call() == member.id


@pytest.mark.parametrize(("members", "threshold"), [(0, 0), (1, 1), (2, 0), (2, 1), (2, 3), (3, 4)])
def test_a_first_council_that_one_member_governs_or_none_can_is_refused(
    deployed: Ledger, members: int, threshold: int
) -> None:
    ids = [word(f"test:{number}") for number in range(members)]
    keys = deployed.chain.accounts[:members]
    with reverts("MembershipInvalidThreshold", threshold, members):
        deploy_membership(deployed, ids, keys, threshold)


def test_a_first_council_needs_a_key_for_each_member(deployed: Ledger) -> None:
    ids = [word("test:a"), word("test:b")]
    with reverts("MembershipLengthMismatch", 2, 1):
        deploy_membership(deployed, ids, deployed.chain.accounts[:1], 2)


def test_the_first_council_cannot_count_one_member_twice(deployed: Ledger) -> None:
    ids = [word("test:a"), word("test:a")]
    with reverts("MembershipMemberExists", ids[0]):
        deploy_membership(deployed, ids, deployed.chain.accounts[:2], 2)


def test_an_admitted_member_can_act(ledger: Ledger, newcomer: Member) -> None:
    view = ledger.membership.functions
    receipt = ledger.decide(view.admit(newcomer.id, SUPPLIER | BUYER, newcomer.key))
    assert logs_of(receipt, ledger.membership)[1:] == [
        ("MemberAdmitted", {"member": newcomer.id, "roles": SUPPLIER | BUYER}),
        ("KeyAdded", {"member": newcomer.id, "key": newcomer.key}),
    ]
    assert view.exists(newcomer.id).call()
    assert view.member(newcomer.id).call() == [ACTIVE, SUPPLIER | BUYER, 1]
    assert view.actorOf(newcomer.key).call() == newcomer.id


def test_a_member_is_admitted_once(ledger: Ledger, newcomer: Member) -> None:
    with reverts("MembershipMemberExists", ledger.supplier.id):
        admit = ledger.membership.functions.admit
        ledger.decide(admit(ledger.supplier.id, SUPPLIER, newcomer.key))


def test_a_member_is_not_admitted_under_a_name_without_scheme(
    ledger: Ledger, newcomer: Member
) -> None:
    with reverts("MembershipInvalidMember", word("nobody")):
        ledger.decide(ledger.membership.functions.admit(word("nobody"), SUPPLIER, newcomer.key))


def test_a_member_is_not_admitted_with_the_key_of_another(ledger: Ledger, newcomer: Member) -> None:
    with reverts("MembershipKeyTaken", ledger.supplier.key.lower(), ledger.supplier.id):
        ledger.decide(ledger.membership.functions.admit(newcomer.id, BUYER, ledger.supplier.key))


@pytest.mark.parametrize("roles", [64, 128 | SUPPLIER, 2**16 - 1])
def test_roles_that_do_not_exist_are_refused(ledger: Ledger, newcomer: Member, roles: int) -> None:
    with reverts("MembershipInvalidRoles", roles):
        ledger.decide(ledger.membership.functions.admit(newcomer.id, roles, newcomer.key))
    with reverts("MembershipInvalidRoles", roles):
        ledger.set_roles(ledger.supplier, roles)


@pytest.mark.parametrize("roles", [0, SUPPLIER, EVERY_ROLE])
def test_roles_are_replaced(ledger: Ledger, roles: int) -> None:
    view = ledger.membership.functions
    receipt = ledger.decide(view.setRoles(ledger.auditor.id, roles))
    assert logs_of(receipt, ledger.membership)[1:] == [
        ("RolesChanged", {"member": ledger.auditor.id, "roles": roles})
    ]
    assert view.member(ledger.auditor.id).call() == [ACTIVE, roles, 1]


def test_a_member_holds_just_the_roles_it_was_given(ledger: Ledger) -> None:
    view = ledger.membership.functions
    ledger.set_roles(ledger.supplier, SUPPLIER | FINANCIER)
    for role in (SUPPLIER, FINANCIER):
        assert view.requireRole(ledger.supplier.key, role).call() == ledger.supplier.id
        ledger.chain.simulate(ledger.auditor.key, view.requireMember(ledger.supplier.id, role))
    for role in (BUYER, COUNCIL, AUDITOR):
        with reverts("MembershipMissingRole", ledger.supplier.id, role):
            ledger.chain.simulate(ledger.auditor.key, view.requireRole(ledger.supplier.key, role))
        with reverts("MembershipMissingRole", ledger.supplier.id, role):
            ledger.chain.simulate(ledger.auditor.key, view.requireMember(ledger.supplier.id, role))


def test_a_suspended_member_cannot_act_until_it_is_reinstated(ledger: Ledger) -> None:
    view, supplier = ledger.membership.functions, ledger.supplier
    receipt = ledger.decide(view.suspend(supplier.id))
    assert logs_of(receipt, ledger.membership)[1:] == [("MemberSuspended", {"member": supplier.id})]
    assert view.member(supplier.id).call() == [SUSPENDED, SUPPLIER, 1]
    assert view.memberOf(supplier.key).call() == supplier.id
    for call in (
        view.actorOf(supplier.key),
        view.requireRole(supplier.key, SUPPLIER),
        view.requireMember(supplier.id, SUPPLIER),
        view.addKey(supplier.id, ledger.spare_keys[0]),
    ):
        with reverts("MembershipNotActive", supplier.id, SUSPENDED):
            ledger.chain.simulate(supplier.key, call)

    receipt = ledger.decide(view.reinstate(supplier.id))
    assert logs_of(receipt, ledger.membership)[1:] == [
        ("MemberReinstated", {"member": supplier.id})
    ]
    assert view.requireRole(supplier.key, SUPPLIER).call() == supplier.id


def test_a_member_is_suspended_and_reinstated_in_turn(ledger: Ledger) -> None:
    view = ledger.membership.functions
    with reverts("MembershipNotSuspended", ledger.supplier.id):
        ledger.decide(view.reinstate(ledger.supplier.id))
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, SUSPENDED):
        ledger.suspend(ledger.supplier)


def test_there_is_nothing_to_say_or_change_about_who_was_never_admitted(ledger: Ledger) -> None:
    view = ledger.membership.functions
    assert not view.exists(NOBODY).call()
    with reverts("MembershipUnknownMember", NOBODY):
        ledger.chain.simulate(ledger.auditor.key, view.member(NOBODY))
    with reverts("MembershipUnknownMember", NOBODY):
        ledger.chain.simulate(ledger.auditor.key, view.requireMember(NOBODY, BUYER))
    for call in (
        view.setRoles(NOBODY, BUYER),
        view.suspend(NOBODY),
        view.reinstate(NOBODY),
        view.addKey(NOBODY, ledger.spare_keys[0]),
    ):
        with reverts("MembershipUnknownMember", NOBODY):
            ledger.decide(call)


def test_only_a_decision_changes_members(ledger: Ledger, newcomer: Member) -> None:
    change = ledger.membership.functions
    for call in (
        change.admit(newcomer.id, SUPPLIER, newcomer.key),
        change.setRoles(ledger.supplier.id, BUYER),
        change.suspend(ledger.supplier.id),
        change.reinstate(ledger.supplier.id),
        change.setThreshold(2),
    ):
        for caller in (ledger.council[0], ledger.supplier):
            with reverts("MembershipNotCouncil", caller.key.lower()):
                ledger.act(caller, call)


def test_what_acts_for_others_is_no_key(ledger: Ledger, newcomer: Member) -> None:
    change, supplier = ledger.membership.functions, ledger.supplier
    for key in (ADDRESS_ZERO, ledger.membership.address, ledger.forwarder.address):
        for call in (
            change.admit(newcomer.id, SUPPLIER, key),
            change.addKey(supplier.id, key),
        ):
            with reverts("MembershipInvalidKey", key.lower()):
                ledger.decide(call)
        with reverts("MembershipInvalidKey", key.lower()):
            ledger.act(supplier, change.addKey(supplier.id, key))


def test_another_contract_can_be_a_key(ledger: Ledger, newcomer: Member) -> None:
    change = ledger.membership.functions
    ledger.decide(change.admit(newcomer.id, SUPPLIER, ledger.notary.address))
    assert change.actorOf(ledger.notary.address).call() == newcomer.id


def test_an_active_member_without_any_role_is_one_if_none_is_asked_for(ledger: Ledger) -> None:
    view, auditor = ledger.membership.functions, ledger.auditor
    ledger.set_roles(auditor, 0)
    asked_for_none = view.requireMember(auditor.id, 0)
    ledger.chain.simulate(ledger.supplier.key, asked_for_none)
    with reverts("MembershipMissingRole", auditor.id, AUDITOR):
        ledger.chain.simulate(ledger.supplier.key, view.requireMember(auditor.id, AUDITOR))
    ledger.suspend(auditor)
    with reverts("MembershipNotActive", auditor.id, SUSPENDED):
        ledger.chain.simulate(ledger.supplier.key, asked_for_none)
    with reverts("MembershipUnknownMember", NOBODY):
        ledger.chain.simulate(ledger.supplier.key, view.requireMember(NOBODY, 0))

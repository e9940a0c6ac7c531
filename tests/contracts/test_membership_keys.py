from tests.contracts.cast import Ledger
from tests.contracts.harness import SUPPLIER, Member, logs_of, reverts


def test_a_member_adds_a_key_that_then_acts_for_it(ledger: Ledger) -> None:
    view, supplier, second = ledger.membership.functions, ledger.supplier, ledger.spare_keys[0]
    receipt = ledger.act(supplier, view.addKey(supplier.id, second))
    assert logs_of(receipt, ledger.membership) == [
        ("KeyAdded", {"member": supplier.id, "key": second})
    ]
    assert view.actorOf(second).call() == supplier.id
    assert view.member(supplier.id).call() == [1, SUPPLIER, 2]
    ledger.chain.send(second, view.addKey(supplier.id, ledger.spare_keys[1]))


def test_a_revoked_key_no_longer_acts_and_still_names_its_member(ledger: Ledger) -> None:
    view, supplier, second = ledger.membership.functions, ledger.supplier, ledger.spare_keys[0]
    ledger.act(supplier, view.addKey(supplier.id, second))
    receipt = ledger.chain.send(second, view.revokeKey(supplier.id, supplier.key))
    assert logs_of(receipt, ledger.membership) == [
        ("KeyRevoked", {"member": supplier.id, "key": supplier.key})
    ]
    assert view.member(supplier.id).call() == [1, SUPPLIER, 1]
    assert view.memberOf(supplier.key).call() == supplier.id
    for call in (view.actorOf(supplier.key), view.requireRole(supplier.key, SUPPLIER)):
        with reverts("MembershipKeyRetired", supplier.key.lower()):
            ledger.chain.simulate(second, call)
    with reverts("MembershipKeyRetired", supplier.key.lower()):
        ledger.act(supplier, view.addKey(supplier.id, ledger.spare_keys[1]))


def test_a_revoked_key_never_comes_back(ledger: Ledger) -> None:
    view, supplier, second = ledger.membership.functions, ledger.supplier, ledger.spare_keys[0]
    ledger.act(supplier, view.addKey(supplier.id, second))
    ledger.act(supplier, view.revokeKey(supplier.id, second))
    with reverts("MembershipKeyRetired", second.lower()):
        ledger.act(supplier, view.addKey(supplier.id, second))
    with reverts("MembershipKeyRetired", second.lower()):
        ledger.act(ledger.buyer, view.addKey(ledger.buyer.id, second))
    with reverts("MembershipKeyRetired", second.lower()):
        ledger.decide(view.addKey(supplier.id, second))
    with reverts("MembershipKeyRetired", second.lower()):
        ledger.act(supplier, view.revokeKey(supplier.id, second))


def test_a_key_belongs_to_one_member(ledger: Ledger) -> None:
    view = ledger.membership.functions
    for owner in (ledger.supplier, ledger.buyer):
        with reverts("MembershipKeyTaken", owner.key.lower(), owner.id):
            ledger.act(ledger.supplier, view.addKey(ledger.supplier.id, owner.key))


def test_nobody_changes_the_keys_of_another_member(ledger: Ledger) -> None:
    view, spare = ledger.membership.functions, ledger.spare_keys[0]
    for caller in (ledger.buyer, ledger.council[0]):
        with reverts("MembershipForeignKey", caller.key.lower(), ledger.supplier.id):
            ledger.act(caller, view.addKey(ledger.supplier.id, spare))
        with reverts("MembershipForeignKey", caller.key.lower(), ledger.supplier.id):
            ledger.act(caller, view.revokeKey(ledger.supplier.id, ledger.supplier.key))
    with reverts("MembershipForeignKey", ledger.buyer.key.lower(), ledger.supplier.id):
        ledger.act(ledger.supplier, view.revokeKey(ledger.supplier.id, ledger.buyer.key))


def test_a_stranger_has_no_member_and_no_keys(ledger: Ledger) -> None:
    view, stranger = ledger.membership.functions, ledger.spare_keys[0]
    for call in (
        view.actorOf(stranger),
        view.memberOf(stranger),
        view.requireRole(stranger, SUPPLIER),
        view.addKey(ledger.supplier.id, ledger.spare_keys[1]),
        view.revokeKey(ledger.supplier.id, ledger.supplier.key),
        view.propose(ledger.membership.address, b"", 1),
    ):
        with reverts("MembershipUnknownKey", stranger.lower()):
            ledger.chain.simulate(stranger, call)
    with reverts("MembershipUnknownKey", stranger.lower()):
        ledger.act(ledger.supplier, view.revokeKey(ledger.supplier.id, stranger))


def test_only_the_council_takes_the_last_key_of_a_member_and_can_give_it_a_new_one(
    ledger: Ledger,
) -> None:
    view, supplier, fresh = ledger.membership.functions, ledger.supplier, ledger.spare_keys[0]
    with reverts("MembershipLastKey", supplier.id):
        ledger.act(supplier, view.revokeKey(supplier.id, supplier.key))
    ledger.decide(view.revokeKey(supplier.id, supplier.key))
    assert view.member(supplier.id).call() == [1, SUPPLIER, 0]
    ledger.decide(view.addKey(supplier.id, fresh))
    assert view.actorOf(fresh).call() == supplier.id


def test_the_council_can_change_the_keys_of_a_suspended_member(ledger: Ledger) -> None:
    view, supplier, fresh = ledger.membership.functions, ledger.supplier, ledger.spare_keys[0]
    ledger.suspend(supplier)
    ledger.decide(view.addKey(supplier.id, fresh))
    ledger.decide(view.revokeKey(supplier.id, supplier.key))
    ledger.decide(view.reinstate(supplier.id))
    assert view.actorOf(fresh).call() == supplier.id


def test_title_stays_with_the_member_when_its_keys_change(ledger: Ledger) -> None:
    view, supplier, fresh = ledger.membership.functions, ledger.supplier, ledger.spare_keys[0]
    root = b"\x01" * 32
    ledger.act(supplier, ledger.notary.functions.anchor(root, 1))
    ledger.act(supplier, view.addKey(supplier.id, fresh))
    ledger.chain.send(fresh, view.revokeKey(supplier.id, supplier.key))
    assert ledger.notary.functions.isAnchored(supplier.id, root).call()
    renewed = Member(supplier.id, fresh)
    with reverts("NotaryAlreadyAnchored", supplier.id, root):
        ledger.act(renewed, ledger.notary.functions.anchor(root, 1))

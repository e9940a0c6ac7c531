import pytest

from tests.contracts.cast import NOBODY, Ledger
from tests.contracts.harness import logs_of, reverts, word
from tests.support.trees import inclusion, leaf_hash, root_of

REASON = word("sent twice")
MAX_SIZE = 2**32 - 1


@pytest.mark.parametrize("size", [1, 5, MAX_SIZE])
def test_an_anchor_says_who_when_and_how_many(ledger: Ledger, size: int) -> None:
    notary, supplier, root = ledger.notary.functions, ledger.supplier, b"\x01" * 32
    assert not notary.isAnchored(supplier.id, root).call()
    receipt = ledger.act(supplier, notary.anchor(root, size))
    assert logs_of(receipt, ledger.notary) == [
        (
            "Anchored",
            {"member": supplier.id, "root": root, "size": size, "submitter": supplier.key},
        )
    ]
    assert notary.isAnchored(supplier.id, root).call()
    anchor = tuple(notary.anchorOf(supplier.id, root).call())
    assert anchor == (supplier.key, ledger.chain.now(), receipt["blockNumber"], size)


def test_any_active_member_anchors_and_nobody_else(ledger: Ledger) -> None:
    notary, root = ledger.notary.functions, b"\x01" * 32
    for member in (ledger.buyer, ledger.auditor, ledger.council[0]):
        ledger.act(member, notary.anchor(root, 1))
        assert notary.isAnchored(member.id, root).call()
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        ledger.act(ledger.supplier, notary.anchor(root, 1))
    stranger = ledger.spare_keys[0]
    with reverts("MembershipUnknownKey", stranger.lower()):
        ledger.chain.send(stranger, notary.anchor(root, 1))


def test_a_member_anchors_a_root_once_and_cannot_take_it_from_another(ledger: Ledger) -> None:
    notary, root = ledger.notary.functions, b"\x01" * 32
    ledger.act(ledger.other_supplier, notary.anchor(root, 9))
    ledger.act(ledger.supplier, notary.anchor(root, 1))
    with reverts("NotaryAlreadyAnchored", ledger.supplier.id, root):
        ledger.act(ledger.supplier, notary.anchor(root, 2))
    assert notary.anchorOf(ledger.supplier.id, root).call()[3] == 1
    assert notary.anchorOf(ledger.other_supplier.id, root).call()[3] == 9


def test_empty_roots_and_trees_are_refused(ledger: Ledger) -> None:
    notary = ledger.notary.functions
    with reverts("NotaryEmptyRoot"):
        ledger.act(ledger.supplier, notary.anchor(bytes(32), 1))
    with reverts("NotaryEmptyTree"):
        ledger.act(ledger.supplier, notary.anchor(b"\x01" * 32, 0))


def test_several_roots_are_anchored_together(ledger: Ledger) -> None:
    notary, supplier = ledger.notary.functions, ledger.supplier
    roots, sizes = [bytes([number]) * 32 for number in (1, 2, 3)], [1, 20, 300]
    receipt = ledger.act(supplier, notary.anchorMany(roots, sizes))
    assert [name for name, _ in logs_of(receipt, ledger.notary)] == ["Anchored"] * 3
    for root, size in zip(roots, sizes, strict=True):
        assert notary.anchorOf(supplier.id, root).call()[3] == size


def test_several_roots_are_anchored_all_or_none(ledger: Ledger) -> None:
    notary, supplier = ledger.notary.functions, ledger.supplier
    first, second = b"\x01" * 32, b"\x02" * 32
    with reverts("NotaryAlreadyAnchored", supplier.id, first):
        ledger.act(supplier, notary.anchorMany([first, second, first], [1, 1, 1]))
    with reverts("NotaryEmptyTree"):
        ledger.act(supplier, notary.anchorMany([first, second], [1, 0]))
    for sizes in ([1], [1, 1, 1], []):
        with reverts("NotaryLengthMismatch", 2, len(sizes)):
            ledger.act(supplier, notary.anchorMany([first, second], sizes))
    assert not notary.isAnchored(supplier.id, first).call()


def test_an_anchor_that_was_never_made_is_unknown(ledger: Ledger, leaves: list[bytes]) -> None:
    for member, root in (
        (ledger.supplier.id, b"\x09" * 32),
        (ledger.buyer.id, root_of(leaves)),
    ):
        with reverts("NotaryUnknownAnchor", member, root):
            call = ledger.notary.functions.anchorOf(member, root)
            ledger.chain.simulate(ledger.auditor.key, call)


def test_a_member_revokes_a_leaf_it_anchored(ledger: Ledger, leaves: list[bytes]) -> None:
    notary, supplier, leaf = ledger.notary.functions, ledger.supplier, leaf_hash(leaves[3])
    assert notary.revocationOf(supplier.id, leaf).call() == [0, bytes(32)]
    receipt = ledger.act(supplier, notary.revoke(inclusion(leaves, 3), REASON))
    assert logs_of(receipt, ledger.notary) == [
        ("Revoked", {"member": supplier.id, "leafHash": leaf, "reason": REASON})
    ]
    assert notary.isRevoked(supplier.id, leaf).call()
    assert notary.revocationOf(supplier.id, leaf).call() == [ledger.chain.now(), bytes(32)]
    assert not notary.isRevoked(supplier.id, leaf_hash(leaves[2])).call()
    assert not notary.isRevoked(ledger.buyer.id, leaf).call()


def test_a_leaf_is_revoked_once(ledger: Ledger, leaves: list[bytes]) -> None:
    notary, supplier, leaf = ledger.notary.functions, ledger.supplier, leaf_hash(leaves[3])
    ledger.act(supplier, notary.revoke(inclusion(leaves, 3), REASON))
    for call in (
        notary.revoke(inclusion(leaves, 3), REASON),
        notary.supersede(inclusion(leaves, 3), inclusion(leaves, 2)),
    ):
        with reverts("NotaryAlreadyRevoked", supplier.id, leaf):
            ledger.act(supplier, call)


def test_nobody_revokes_what_another_anchored(ledger: Ledger, leaves: list[bytes]) -> None:
    notary, buyer = ledger.notary.functions, ledger.buyer
    for call in (
        notary.revoke(inclusion(leaves, 3), REASON),
        notary.supersede(inclusion(leaves, 3), inclusion(leaves, 2)),
    ):
        with reverts("NotaryUnknownAnchor", buyer.id, root_of(leaves)):
            ledger.act(buyer, call)


def test_a_suspended_member_revokes_nothing(ledger: Ledger, leaves: list[bytes]) -> None:
    ledger.suspend(ledger.supplier)
    for call in (
        ledger.notary.functions.revoke(inclusion(leaves, 3), REASON),
        ledger.notary.functions.supersede(inclusion(leaves, 3), inclusion(leaves, 2)),
        ledger.notary.functions.anchorMany([b"\x01" * 32], [1]),
    ):
        with reverts("MembershipNotActive", ledger.supplier.id, 2):
            ledger.act(ledger.supplier, call)


def test_a_leaf_gives_way_to_its_successor(ledger: Ledger, leaves: list[bytes]) -> None:
    notary, supplier = ledger.notary.functions, ledger.supplier
    later = [b"\x77" * 32, b"\x78" * 32]
    ledger.act(supplier, notary.anchor(root_of(later), 2))
    old, new = leaf_hash(leaves[0]), leaf_hash(later[1])
    receipt = ledger.act(supplier, notary.supersede(inclusion(leaves, 0), inclusion(later, 1)))
    assert logs_of(receipt, ledger.notary) == [
        ("Superseded", {"member": supplier.id, "leafHash": old, "successor": new})
    ]
    assert notary.isRevoked(supplier.id, old).call()
    assert notary.revocationOf(supplier.id, old).call() == [ledger.chain.now(), new]
    assert not notary.isRevoked(supplier.id, new).call()


def test_a_leaf_does_not_give_way_to_itself_in_one_step_or_in_two(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    notary, supplier = ledger.notary.functions, ledger.supplier
    first, second = inclusion(leaves, 0), inclusion(leaves, 1)
    with reverts("NotarySupersededByItself", leaf_hash(leaves[0])):
        ledger.act(supplier, notary.supersede(first, first))
    ledger.act(supplier, notary.supersede(first, second))
    with reverts("NotaryAlreadyRevoked", supplier.id, leaf_hash(leaves[0])):
        ledger.act(supplier, notary.supersede(second, first))


def test_the_successor_must_be_anchored_by_the_same_member(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    notary, supplier, later = ledger.notary.functions, ledger.supplier, [b"\x77" * 32]
    ledger.act(ledger.buyer, notary.anchor(root_of(later), 1))
    with reverts("NotaryUnknownAnchor", supplier.id, root_of(later)):
        ledger.act(supplier, notary.supersede(inclusion(leaves, 0), inclusion(later, 0)))
    root, _, index, path = inclusion(leaves, 1)
    with reverts("NotaryNotIncluded", supplier.id, root, b"\x05" * 32):
        forged = (root, b"\x05" * 32, index, path)
        ledger.act(supplier, notary.supersede(inclusion(leaves, 0), forged))


def test_several_roots_are_attributed_to_the_key_that_sent_them(ledger: Ledger) -> None:
    notary, supplier, second = ledger.notary.functions, ledger.supplier, ledger.spare_keys[0]
    ledger.act(supplier, ledger.membership.functions.addKey(supplier.id, second))
    roots = [b"\x01" * 32, b"\x02" * 32]
    receipt = ledger.chain.send(second, notary.anchorMany(roots, [7, 8]))
    assert logs_of(receipt, ledger.notary) == [
        ("Anchored", {"member": supplier.id, "root": root, "size": size, "submitter": second})
        for root, size in zip(roots, (7, 8), strict=True)
    ]
    found = tuple(notary.anchorOf(supplier.id, roots[1]).call())
    assert found == (second, ledger.chain.now(), receipt["blockNumber"], 8)


@pytest.mark.parametrize(("name", "others"), [("Notary", ()), ("InvoiceBook", (NOBODY,))])
def test_a_book_stands_on_a_membership_contract(
    deployed: Ledger, name: str, others: tuple[str, ...]
) -> None:
    book = {"Notary": deployed.notary, "InvoiceBook": deployed.invoices}[name]
    assert book.functions.membership().call() == deployed.membership.address
    assert book.functions.trustedForwarder().call() == deployed.forwarder.address
    nobody = deployed.spare_keys[0]
    with reverts("MembersOnlyNoMembership", nobody.lower()):
        deployed.chain.deploy(name, nobody, *others)

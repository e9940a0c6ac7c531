import pytest

from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.support.trees import inclusion, leaf_hash, root_of

REASON = word("sent twice")
STANDS, REVOKED, SUPERSEDED = range(3)
"""Where a leaf stands."""


@pytest.mark.parametrize("index", range(5))
def test_a_leaf_stands_until_its_member_revokes_it(
    ledger: Ledger, leaves: list[bytes], index: int
) -> None:
    notary, supplier = ledger.notary.functions, ledger.supplier
    require = notary.requireStanding(supplier.id, inclusion(leaves, index))
    standing = notary.standingOf(supplier.id, inclusion(leaves, index))
    ledger.chain.simulate(ledger.auditor.key, require)
    assert standing.call() == STANDS
    ledger.act(supplier, notary.revoke(inclusion(leaves, index), REASON))
    with reverts("NotaryAlreadyRevoked", supplier.id, leaf_hash(leaves[index])):
        ledger.chain.simulate(ledger.auditor.key, require)
    assert standing.call() == REVOKED
    other = inclusion(leaves, (index + 1) % 5)
    ledger.chain.simulate(ledger.auditor.key, notary.requireStanding(supplier.id, other))


def test_a_leaf_that_was_superseded_stands_no_more_and_its_successor_does(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    notary, supplier = ledger.notary.functions, ledger.supplier
    old, new = inclusion(leaves, 0), inclusion(leaves, 1)
    ledger.act(supplier, notary.supersede(old, new))
    with reverts("NotaryAlreadyRevoked", supplier.id, leaf_hash(leaves[0])):
        ledger.chain.simulate(ledger.auditor.key, notary.requireStanding(supplier.id, old))
    assert notary.standingOf(supplier.id, old).call() == SUPERSEDED
    assert notary.standingOf(supplier.id, new).call() == STANDS
    ledger.chain.simulate(ledger.auditor.key, notary.requireStanding(supplier.id, new))


def test_a_leaf_stands_for_the_member_that_anchored_it_and_for_no_other(
    ledger: Ledger, leaves: list[bytes]
) -> None:
    notary, supplier, buyer = ledger.notary.functions, ledger.supplier, ledger.buyer
    leaf = inclusion(leaves, 2)
    for view in (notary.requireStanding, notary.standingOf):
        with reverts("NotaryUnknownAnchor", buyer.id, root_of(leaves)):
            ledger.chain.simulate(buyer.key, view(buyer.id, leaf))
    ledger.act(buyer, notary.anchor(root_of(leaves), len(leaves)))
    ledger.act(supplier, notary.revoke(leaf, REASON))
    ledger.chain.simulate(buyer.key, notary.requireStanding(buyer.id, leaf))
    with reverts("NotaryAlreadyRevoked", supplier.id, leaf_hash(leaves[2])):
        ledger.chain.simulate(buyer.key, notary.requireStanding(supplier.id, leaf))


def test_a_leaf_that_is_not_in_the_tree_does_not_stand(ledger: Ledger, leaves: list[bytes]) -> None:
    notary, supplier = ledger.notary.functions, ledger.supplier
    root, leaf, index, path = inclusion(leaves, 2)
    for forged in (
        (root, leaf, index + 1, path),
        (root, leaf, index, path[:-1]),
        (root, b"\x05" * 32, index, path),
    ):
        for view in (notary.requireStanding, notary.standingOf):
            with reverts("NotaryNotIncluded", supplier.id, root, forged[1]):
                ledger.chain.simulate(supplier.key, view(supplier.id, forged))


def test_a_suspended_members_leaf_still_stands(ledger: Ledger, leaves: list[bytes]) -> None:
    ledger.suspend(ledger.supplier)
    call = ledger.notary.functions.requireStanding(ledger.supplier.id, inclusion(leaves, 4))
    ledger.chain.simulate(ledger.auditor.key, call)

import pytest

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, reverts
from tests.support.reference_tree import ENTRIES, ROOTS
from tests.support.trees import leaf_hash, path_of, root_of

LEAVES = [bytes([number]) * 32 for number in range(33)]


def anchor(ledger: Ledger, root: bytes, size: int, *, member: Member | None = None) -> None:
    ledger.act(member or ledger.supplier, ledger.notary.functions.anchor(root, size))


def prove(
    ledger: Ledger, root: bytes, leaf: bytes, index: int, path: list[bytes], *, by: Member
) -> None:
    """Show the leaf to the contract, which answers by letting it be revoked."""
    call = ledger.notary.functions.revoke((root, leaf, index, path), bytes(32))
    ledger.chain.simulate(by.key, call)


def refuse(
    ledger: Ledger,
    root: bytes,
    leaf: bytes,
    index: int,
    path: list[bytes],
    *,
    by: Member | None = None,
) -> None:
    member = by or ledger.supplier
    with reverts("NotaryNotIncluded", member.id, root, leaf):
        prove(ledger, root, leaf, index, path, by=member)


@pytest.mark.parametrize("size", range(1, 9))
def test_every_leaf_of_the_certificate_transparency_trees_is_included(
    ledger: Ledger, size: int
) -> None:
    leaves, root = ENTRIES[:size], bytes.fromhex(ROOTS[size - 1])
    anchor(ledger, root, size)
    for index, leaf in enumerate(leaves):
        path = path_of(leaves, index)
        prove(ledger, root, leaf_hash(leaf), index, path, by=ledger.supplier)


@pytest.mark.parametrize("size", [9, 11, 13, 16, 17, 31, 33])
def test_every_leaf_is_included_at_its_place_and_at_no_other(ledger: Ledger, size: int) -> None:
    leaves = LEAVES[:size]
    root = root_of(leaves)
    anchor(ledger, root, size)
    for index, leaf in enumerate(leaves):
        path = path_of(leaves, index)
        prove(ledger, root, leaf_hash(leaf), index, path, by=ledger.supplier)
        for other in {0, index - 1, index ^ 1, index + 1, size - 1, size, size + index} - {index}:
            if 0 <= other < 2**32:
                refuse(ledger, root, leaf_hash(leaf), other, path)


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_a_path_has_exactly_its_length(ledger: Ledger, size: int) -> None:
    leaves = LEAVES[:size]
    root = root_of(leaves)
    anchor(ledger, root, size)
    for index, leaf in enumerate(leaves):
        path = path_of(leaves, index)
        for longer in ([*path, bytes(32)], [bytes(32), *path], [*path, root]):
            refuse(ledger, root, leaf_hash(leaf), index, longer)
        for cut in range(len(path)):
            refuse(ledger, root, leaf_hash(leaf), index, path[:cut])
            refuse(ledger, root, leaf_hash(leaf), index, path[cut + 1 :])


def test_every_hash_of_a_path_counts(ledger: Ledger) -> None:
    leaves = LEAVES[:7]
    root = root_of(leaves)
    anchor(ledger, root, 7)
    path = path_of(leaves, 2)
    for level in range(len(path)):
        for bit in (0x01, 0x80):
            changed = [*path]
            changed[level] = bytes([path[level][0] ^ bit]) + path[level][1:]
            refuse(ledger, root, leaf_hash(leaves[2]), 2, changed)
    refuse(ledger, root, leaf_hash(leaves[3]), 2, path)
    refuse(ledger, root, leaf_hash(leaves[2]), 2, path[::-1])


def test_an_inner_node_does_not_pass_for_a_leaf(ledger: Ledger) -> None:
    leaves = LEAVES[:4]
    root, left, right = root_of(leaves), root_of(leaves[:2]), root_of(leaves[2:])
    anchor(ledger, root, 4)
    for index in range(4):
        refuse(ledger, root, left, index, [right])
        refuse(ledger, root, right, index, [left])
        refuse(ledger, root, root, index, [])


def test_an_unhashed_leaf_does_not_pass_for_a_leaf(ledger: Ledger) -> None:
    leaves = LEAVES[:2]
    root = root_of(leaves)
    anchor(ledger, root, 2)
    refuse(ledger, root, leaves[0], 0, path_of(leaves, 0))


def test_a_doubled_last_leaf_is_another_tree(ledger: Ledger) -> None:
    three, four = LEAVES[:3], [*LEAVES[:3], LEAVES[2]]
    assert root_of(three) != root_of(four)
    anchor(ledger, root_of(three), 3)
    refuse(ledger, root_of(three), leaf_hash(LEAVES[2]), 3, path_of(four, 3))


def test_the_size_that_was_anchored_binds_the_proof(ledger: Ledger) -> None:
    leaves = LEAVES[:6]
    root, leaf = root_of(leaves), leaf_hash(leaves[5])
    anchor(ledger, root, 6)
    anchor(ledger, root, 5, member=ledger.buyer)
    anchor(ledger, root, 8, member=ledger.financier)
    path = path_of(leaves, 5)
    prove(ledger, root, leaf, 5, path, by=ledger.supplier)
    refuse(ledger, root, leaf, 5, path, by=ledger.buyer)
    refuse(ledger, root, leaf, 5, path, by=ledger.financier)


@pytest.mark.parametrize("size", [2, 3, 4, 8])
def test_a_tree_that_was_anchored_as_smaller_than_it_is_proves_no_longer_path(
    ledger: Ledger, size: int
) -> None:
    leaves = LEAVES[:size]
    root = root_of(leaves)
    anchor(ledger, root, 1)
    for index, leaf in enumerate(leaves):
        refuse(ledger, root, leaf_hash(leaf), 0, path_of(leaves, index))

import os

from ledger.merkle import MerkleTree
from ledger.services.trees import RecentTrees
from ledger.store.ids import new_id


class Batch:
    """The leaves of a batch, and how often they were read."""

    def __init__(self, size: int) -> None:
        self.id = new_id()
        self.reads = 0
        self._leaves = os.urandom(32 * size)

    def leaves(self) -> bytes:
        self.reads += 1
        return self._leaves

    def asked_of(self, trees: RecentTrees) -> int:
        """How often the leaves were read, after the tree was asked for."""
        assert trees.of(self.id, self.leaves).root == MerkleTree(self._leaves).root
        return self.reads


def test_a_tree_that_was_asked_for_is_not_made_again() -> None:
    trees, one, other = RecentTrees(max_leaves=9), Batch(4), Batch(5)
    assert [each.asked_of(trees) for each in (one, other, one, other)] == [1, 1, 1, 1]


def test_the_tree_that_nobody_asked_for_longest_makes_room() -> None:
    trees, one, other, third = RecentTrees(max_leaves=9), Batch(4), Batch(4), Batch(4)
    assert [each.asked_of(trees) for each in (one, other, one, third)] == [1, 1, 1, 1]
    assert [each.asked_of(trees) for each in (one, other)] == [1, 2]


def test_a_tree_above_the_limit_is_made_each_time_and_drives_out_none() -> None:
    trees, small, large = RecentTrees(max_leaves=10), Batch(10), Batch(11)
    assert [each.asked_of(trees) for each in (small, large, large, small)] == [1, 1, 2, 1]

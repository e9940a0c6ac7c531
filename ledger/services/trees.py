"""The trees of batches whose evidence was asked for lately, since others of them are asked next."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from ledger.merkle import MerkleTree


class RecentTrees:
    """Keeps trees while they have no more leaves together than is allowed.

    max_leaves: of 64 bytes each. A larger tree is made anew each time.
    """

    def __init__(self, *, max_leaves: int) -> None:
        self._max_leaves = max_leaves
        self._lock = threading.Lock()
        self._trees: OrderedDict[UUID, MerkleTree] = OrderedDict()
        self._leaves = 0

    def of(self, batch: UUID, leaves: Callable[[], bytes]) -> MerkleTree:
        """The tree of a batch. leaves: reads its leaf hashes, if the tree is to be made."""
        with self._lock:
            found = self._trees.get(batch)
            if found is not None:
                self._trees.move_to_end(batch)
                return found
        # Made outside the lock: that two make the same one at once costs less than waiting.
        tree = MerkleTree(leaves())
        if tree.size <= self._max_leaves:
            self._keep(batch, tree)
        return tree

    def _keep(self, batch: UUID, tree: MerkleTree) -> None:
        with self._lock:
            if batch in self._trees:
                return
            self._trees[batch] = tree
            self._leaves += tree.size
            while self._leaves > self._max_leaves:
                _, oldest = self._trees.popitem(last=False)
                self._leaves -= oldest.size

"""Checking an inclusion proof (RFC 9162, section 2.1.3.2, whose trees are those of RFC 6962)."""

from collections.abc import Sequence

from ledger.codec import node_hash
from ledger.errors import VerificationError
from ledger.types import Digest


def root_from_path(leaf_hash: Digest, index: int, size: int, path: Sequence[Digest]) -> Digest:
    """The root of the tree of `size` leaves that has this leaf at `index` with this audit path.

    It is for the caller to compare it with the root that it trusts.

    Raises VerificationError if the index is outside the tree, or if the path has not exactly the
    length that the position prescribes.
    """
    if not 0 <= index < size:
        raise VerificationError(f"leaf {index} is outside a tree of {size} leaves")
    if len(path) != (steps := _path_length(index, size)):
        raise VerificationError(
            f"the Merkle path of leaf {index} among {size} has {steps} hashes, not {len(path)}"
        )
    node, last = index, size - 1
    result = leaf_hash
    for sibling in path:
        if node == last:
            # The last node of a level may have moved up from where it had no sibling.
            while not node & 1:
                node >>= 1
                last >>= 1
        result = node_hash(sibling, result) if node & 1 else node_hash(result, sibling)
        node >>= 1
        last >>= 1
    return result


def _path_length(index: int, size: int) -> int:
    """Levels on which the leaf's ancestor has a sibling."""
    # Up to where the leaf's way joins the last leaf's, every node has a sibling; from there on
    # only those that are right children have one, which are the set bits of the index.
    shared = (index ^ (size - 1)).bit_length()
    return shared + (index >> shared).bit_count()

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
    # Up to where the leaf's way joins the last leaf's, every node has a sibling; from there on
    # only those that are right children have one, which are the set bits of the index.
    shared = (index ^ (size - 1)).bit_length()
    steps = shared + (index >> shared).bit_count()
    if len(path) != steps:
        raise VerificationError(
            f"the Merkle path of leaf {index} among {size} has {steps} hashes, not {len(path)}"
        )
    result = leaf_hash
    for sibling in path[:shared]:
        result = node_hash(sibling, result) if index & 1 else node_hash(result, sibling)
        index >>= 1
    for sibling in path[shared:]:
        result = node_hash(sibling, result)
    return result

"""Building a tree and its inclusion proofs (RFC 6962, sections 2.1 and 2.1.1).

A level is one flat string of 32-byte hashes. Node i of a level has the children 2i and 2i + 1 of
the level below; a last node without a sibling moves up unchanged and is never doubled. A million
leaves take 64 MB.
"""

from collections.abc import Iterator
from hashlib import sha256
from struct import iter_unpack

from ledger.codec import NODE_PREFIX
from ledger.types import DIGEST_BYTES, Digest

MAX_LEAVES = 2**32 - 1
"""The notary contract keeps the size of a tree in 32 bits."""

_PAIR_BYTES = 2 * DIGEST_BYTES
_BLOCK_LEVELS = 12  # paths are made for 4096 leaves at a time


class MerkleTree:
    """A tree over at least one leaf. Immutable.

    leaf_hashes: the leaves' hashes of 32 bytes each, one after the other.

    Raises ValueError if there are none, too many, or a part of one.
    """

    __slots__ = ("_levels", "size")

    def __init__(self, leaf_hashes: bytes) -> None:
        size, rest = divmod(len(leaf_hashes), DIGEST_BYTES)
        if rest or not 1 <= size <= MAX_LEAVES:
            raise ValueError(
                f"{len(leaf_hashes)} bytes are not 1 to {MAX_LEAVES} hashes of {DIGEST_BYTES} bytes"
            )
        self.size = size
        self._levels = [bytes(leaf_hashes)]
        while len(self._levels[-1]) > DIGEST_BYTES:
            self._levels.append(_parents(self._levels[-1]))

    @property
    def root(self) -> Digest:
        """The Merkle Tree Hash of the leaves."""
        return Digest(self._levels[-1])

    def path(self, index: int) -> tuple[Digest, ...]:
        """The audit path of a leaf: sibling hashes from the leaf upwards.

        index: position of the leaf, from zero; IndexError outside the tree.
        """
        if not 0 <= index < self.size:
            raise IndexError(f"leaf {index} of a tree of {self.size}")
        return self._path_above(0, index)

    def all_paths(self) -> Iterator[bytes]:
        """The audit paths of all leaves in order, each one string of its sibling hashes.

        From the top down, so that each takes one step from its parent's path; a few thousand are
        held at a time.
        """
        top = min(_BLOCK_LEVELS, len(self._levels) - 1)
        for index in range(-(-self.size >> top)):
            paths = [b"".join(self._path_above(top, index))]
            first = index
            for level in reversed(self._levels[:top]):
                first *= 2
                paths = _children_paths(level, first, paths)
            yield from paths

    def _path_above(self, height: int, index: int) -> tuple[Digest, ...]:
        siblings = []
        for level in self._levels[height:-1]:
            start = (index ^ 1) * DIGEST_BYTES
            if start < len(level):
                siblings.append(Digest(level[start : start + DIGEST_BYTES]))
            index >>= 1
        return tuple(siblings)


def _parents(level: bytes) -> bytes:
    paired = len(level) - len(level) % _PAIR_BYTES
    # One hash call per node is the cost of a tree: everything else stays out of this line.
    nodes = [sha256(NODE_PREFIX + pair).digest() for (pair,) in iter_unpack("64s", level[:paired])]
    return b"".join(nodes) + level[paired:]


def _children_paths(level: bytes, first: int, paths: list[bytes]) -> list[bytes]:
    """Paths of the nodes of a level from number `first` on, given the paths of their parents."""
    nodes = level[first * DIGEST_BYTES : (first + 2 * len(paths)) * DIGEST_BYTES]
    paired = len(nodes) - len(nodes) % _PAIR_BYTES
    children: list[bytes] = []
    pairs = iter_unpack("32s32s", nodes[:paired])
    for (left, right), above in zip(pairs, paths, strict=False):
        children.append(right + above)
        children.append(left + above)
    if paired < len(nodes):
        children.append(paths[-1])
    return children

"""RFC 6962, section 2.1, as the recursions that define it: an oracle for code and contracts."""

from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """MTH of at least one leaf."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = _split(len(leaves))
    return sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def path_of(leaves: list[bytes], index: int) -> list[bytes]:
    """PATH of a leaf, from the leaf upwards."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*path_of(leaves[:split], index), root_of(leaves[split:])]
    return [*path_of(leaves[split:], index - split), root_of(leaves[:split])]


def inclusion(leaves: list[bytes], index: int) -> tuple[bytes, bytes, int, list[bytes]]:
    """Proof that a leaf is in the tree of all: root, hash of the leaf, its index and its path."""
    return root_of(leaves), leaf_hash(leaves[index]), index, path_of(leaves, index)


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1

from hashlib import sha256

import pytest

from ledger.errors import VerificationError
from ledger.merkle import MerkleTree, root_from_path
from ledger.types import Digest
from tests.support.reference_tree import ENTRIES, ROOTS
from tests.support.trees import leaf_hash

# Audit paths by (index, size).
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [Digest(leaf_hash(entry)) for entry in ENTRIES]


def tree_of(size: int) -> MerkleTree:
    return MerkleTree(b"".join(LEAVES[:size]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_reference_tree(size: int) -> None:
    assert tree_of(size).root.hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_the_paths_are_those_of_the_reference_tree(index: int, size: int) -> None:
    assert [digest.hex() for digest in tree_of(size).path(index)] == PATHS[index, size]


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_the_reference_paths_lead_to_the_reference_roots(index: int, size: int) -> None:
    path = [Digest(bytes.fromhex(digest)) for digest in PATHS[index, size]]
    assert root_from_path(LEAVES[index], index, size, path).hex() == ROOTS[size - 1]


def test_a_last_leaf_is_not_doubled() -> None:
    three, four = tree_of(3), MerkleTree(b"".join([*LEAVES[:3], LEAVES[2]]))
    assert three.root != four.root


@pytest.mark.parametrize("size", [0, 1, 31, 33, 63])
def test_a_tree_needs_whole_leaves_and_at_least_one(size: int) -> None:
    with pytest.raises(ValueError, match="hashes of 32 bytes"):
        MerkleTree(bytes(size))


@pytest.mark.parametrize("index", [-1, 5])
def test_there_is_no_path_outside_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        tree_of(5).path(index)


def test_a_path_must_be_as_long_as_the_position_prescribes() -> None:
    path = tree_of(5).path(1)
    with pytest.raises(VerificationError, match="leaf 1 among 5 has 3 hashes, not 2"):
        root_from_path(LEAVES[1], 1, 5, path[:-1])
    with pytest.raises(VerificationError, match="leaf 1 among 5 has 3 hashes, not 4"):
        root_from_path(LEAVES[1], 1, 5, (*path, LEAVES[0]))


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (2**40, 5)])
def test_an_index_must_be_inside_the_tree(index: int, size: int) -> None:
    with pytest.raises(VerificationError, match="is outside a tree"):
        root_from_path(LEAVES[0], index, size, ())


def test_all_paths_are_the_single_paths_across_blocks_and_at_a_ragged_edge() -> None:
    leaves = b"".join(sha256(number.to_bytes(4, "big")).digest() for number in range(8193))
    for size in (4095, 4096, 4097, 8193):
        tree = MerkleTree(leaves[: 32 * size])
        paths = list(tree.all_paths())
        assert len(paths) == size
        # Whole blocks are alike inside; their edges are where a mistake would stand.
        for index in {0, 1, 4094, 4095, 4096, size - 2, size - 1} & set(range(size)):
            assert paths[index] == b"".join(tree.path(index))

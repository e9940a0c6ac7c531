from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from ledger.merkle import MerkleTree, root_from_path
from ledger.types import Digest

SIZES = st.integers(min_value=1, max_value=140)


def leaves_of(size: int) -> list[Digest]:
    return [Digest(sha256(bytes([number])).digest()) for number in range(size)]


def model_split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def model_root(leaves: list[Digest]) -> Digest:
    if len(leaves) == 1:
        return leaves[0]
    k = model_split(len(leaves))
    return Digest(sha256(b"\x01" + model_root(leaves[:k]) + model_root(leaves[k:])).digest())


def model_path(index: int, leaves: list[Digest]) -> tuple[Digest, ...]:
    if len(leaves) == 1:
        return ()
    k = model_split(len(leaves))
    if index < k:
        return (*model_path(index, leaves[:k]), model_root(leaves[k:]))
    return (*model_path(index - k, leaves[k:]), model_root(leaves[:k]))


@given(SIZES)
def test_roots_and_all_paths_are_those_of_the_recursive_definition(size: int) -> None:
    leaves = leaves_of(size)
    tree = MerkleTree(b"".join(leaves))
    assert tree.size == size
    assert tree.root == model_root(leaves)
    assert list(tree.all_paths()) == [model_path(index, leaves) for index in range(size)]


@given(SIZES, st.data())
def test_a_path_leads_to_the_root_from_its_own_place_alone(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    tree = MerkleTree(b"".join(leaves))
    index = data.draw(st.integers(0, size - 1))
    path = tree.path(index)
    assert root_from_path(leaves[index], index, size, path) == tree.root
    other = (
        data.draw(st.integers(0, size - 1).filter(lambda place: place != index)) if size > 1 else 1
    )
    assert reached(leaves[index], other, size, path) != tree.root


@given(SIZES.filter(lambda size: size > 1), st.data())
def test_a_path_with_one_bit_changed_leads_elsewhere(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    tree = MerkleTree(b"".join(leaves))
    index = data.draw(st.integers(0, size - 1))
    path = list(tree.path(index))
    place = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = (int.from_bytes(path[place], "big") ^ 1 << bit).to_bytes(32, "big")
    path[place] = Digest(changed)
    assert root_from_path(leaves[index], index, size, path) != tree.root


def reached(leaf: Digest, index: int, size: int, path: tuple[Digest, ...]) -> Digest | None:
    try:
        return root_from_path(leaf, index, size, path)
    except VerificationError:
        return None

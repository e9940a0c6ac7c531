from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VerificationError
from ledger.merkle import MerkleTree, root_from_path
from ledger.types import Digest
from tests.support.trees import leaf_hash, path_of, root_of

SIZES = st.integers(min_value=1, max_value=140)


def entries_of(size: int) -> list[bytes]:
    return [bytes([number]) for number in range(size)]


def leaves_of(size: int) -> list[Digest]:
    return [Digest(leaf_hash(entry)) for entry in entries_of(size)]


@given(SIZES)
def test_roots_and_all_paths_are_those_of_the_recursive_definition(size: int) -> None:
    entries, tree = entries_of(size), MerkleTree(b"".join(leaves_of(size)))
    assert tree.size == size
    assert tree.root == root_of(entries)
    paths = [tuple(path_of(entries, index)) for index in range(size)]
    assert [tree.path(index) for index in range(size)] == paths
    assert list(tree.all_paths()) == [b"".join(path) for path in paths]


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

from hashlib import sha256

import pytest

from ledger.codec import commit, leaf_hash, node_hash, statement_leaves
from ledger.types import Digest

SALT = bytes(range(32))


def test_a_commitment_hashes_tag_salt_and_statement_in_this_order() -> None:
    expected = sha256(b"sealbook/statement/1\n" + SALT + b"{}").digest()
    assert commit(b"{}", SALT) == expected


def test_leaf_and_node_carry_the_prefixes_of_rfc_6962() -> None:
    left, right = Digest(b"\x11" * 32), Digest(b"\x22" * 32)
    assert leaf_hash(left) == sha256(b"\x00" + left).digest()
    assert node_hash(left, right) == sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("salt", [b"", SALT[:31], SALT + b"\x00"])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    with pytest.raises(ValueError, match="a salt has 32 bytes"):
        commit(b"{}", salt)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_only_a_commitment_becomes_a_leaf(size: int) -> None:
    with pytest.raises(ValueError, match="a commitment has 32 bytes"):
        leaf_hash(Digest(bytes(size)))


def test_many_statements_have_the_leaves_that_each_has_alone() -> None:
    statements = [b"{}", b"[]", b"{}"]
    salts = [SALT, SALT, bytes(32)]
    alone = [leaf_hash(commit(*each)) for each in zip(statements, salts, strict=True)]
    assert statement_leaves(iter(statements), b"".join(salts)) == b"".join(alone)
    assert statement_leaves([], b"") == b""


@pytest.mark.parametrize("salts", [b"", SALT, SALT * 3, SALT * 2 + b"\x00", SALT + SALT[:31]])
def test_there_are_as_many_salts_as_statements(salts: bytes) -> None:
    with pytest.raises(ValueError, match=r"no salts|argument 2 is"):
        statement_leaves([b"{}", b"[]"], salts)

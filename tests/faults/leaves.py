"""The leaves of batches: which document each is of, and the trees that are built of them."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_HASH_BYTES = 32


def check_leaves(database: Connection, batches: Sequence[Row[Any]]) -> None:
    """Every document is in exactly one batch, at the place that it was given."""
    places = {(batch.id, index): leaf for batch in batches for index, leaf in _places(batch)}
    documents = database.execute(text("SELECT * FROM documents")).all()
    taken = {(row.batch_id, row.leaf_index): row.leaf_hash for row in documents}
    assert len(taken) == len(documents), "two documents have one place"
    bundles = database.execute(text("SELECT * FROM bundles")).all()
    for row in bundles:
        # A bundle leaves its leaves to its batch. That they are its own, its evidence shows.
        for index in range(row.first_leaf, row.first_leaf + row.size):
            assert (row.batch_id, index) not in taken, "two documents have one place"
            taken[row.batch_id, index] = places.get((row.batch_id, index))
    assert taken == places, "documents and leaves are not the same"


def _places(batch: Row[Any]) -> Iterator[tuple[int, bytes]]:
    yield from enumerate(split(batch.leaves))


def split(leaves: bytes) -> list[bytes]:
    """The leaf hashes of a batch, one by one."""
    whole = bytes(leaves)
    return [whole[at : at + _HASH_BYTES] for at in range(0, len(whole), _HASH_BYTES)]


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    pair = tree_root(leaves[:left]) + tree_root(leaves[left:])
    return hashlib.sha256(b"\x01" + pair).digest()

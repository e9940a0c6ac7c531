import io
from hashlib import sha256

import pytest

from ledger.documents import DocumentDigest, hash_document
from ledger.errors import DocumentError
from ledger.types import Digest

ABC = DocumentDigest(
    # NIST's example for SHA-256.
    Digest(bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")),
    3,
)


class Trickle(io.BytesIO):
    """Gives one byte at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1 if size else size)


def test_bytes_and_streams_have_the_same_digest_and_size() -> None:
    assert hash_document(b"abc", max_bytes=3) == ABC
    assert hash_document(io.BytesIO(b"abc"), max_bytes=3) == ABC
    assert hash_document(Trickle(b"abc"), max_bytes=3) == ABC


def test_a_document_of_many_pieces_is_read_to_its_end() -> None:
    content = bytes(range(256)) * 1000
    expected = DocumentDigest(Digest(sha256(content).digest()), len(content))
    assert hash_document(io.BytesIO(content), max_bytes=len(content)) == expected


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(DocumentError, match="the document is empty"):
        hash_document(b"", max_bytes=3)


def test_a_document_over_the_limit_is_refused_without_being_read_on() -> None:
    stream = io.BytesIO(bytes(10_000_000))
    with pytest.raises(DocumentError, match="larger than 5 bytes"):
        hash_document(stream, max_bytes=5)
    assert stream.tell() < 100_000

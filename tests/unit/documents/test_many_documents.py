from hashlib import sha256

import pytest

from ledger.codec import SALT_BYTES
from ledger.documents import DocumentDigest, DocumentDigests, seal_documents
from ledger.errors import DocumentError
from ledger.types import Digest, MemberId

MEMBER = MemberId("lei:5493001KJTIIGC8Y1R12")


def document(size: int = 3, content: bytes = b"abc") -> DocumentDigest:
    return DocumentDigest(Digest(sha256(content).digest()), size)


def test_a_leaf_is_made_as_the_specification_says() -> None:
    sealed = seal_documents(
        DocumentDigests.of([document()]), media_type="text/plain", member=MEMBER
    )
    statement = (
        b'{"digest":"0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",'
        b'"kind":"document","links":[],"media_type":"text/plain",'
        b'"member":"lei:5493001KJTIIGC8Y1R12","sealbook":"statement/1","size":3}'
    )
    assert len(sealed.secrets) == 32
    commitment = sha256(b"sealbook/statement/1\n" + sealed.secrets + statement).digest()
    assert sealed.leaves == sha256(b"\x00" + commitment).digest()


def test_every_document_has_a_secret_of_its_own_even_the_same_one_twice() -> None:
    same = DocumentDigests.of([document()] * 50)
    one, other = (seal_documents(same, media_type="text/plain", member=MEMBER) for _ in range(2))
    both = one.secrets + other.secrets
    found = {both[start : start + SALT_BYTES] for start in range(0, len(both), SALT_BYTES)}
    assert len(found) == 100
    assert len({one.leaves[start : start + 32] for start in range(0, 50 * 32, 32)}) == 50


def test_secrets_do_not_stand_in_what_is_written_about_a_bundle() -> None:
    sealed = seal_documents(
        DocumentDigests.of([document()]), media_type="text/plain", member=MEMBER
    )
    assert "secrets" not in repr(sealed)


@pytest.mark.parametrize("media_type", ["text", "Text/plain", "text/plain; charset=utf-8", ""])
def test_what_is_no_media_type_is_refused(media_type: str) -> None:
    with pytest.raises(DocumentError, match="is not a media type"):
        seal_documents(DocumentDigests.of([document()]), media_type=media_type, member=MEMBER)


def test_no_documents_are_no_bundle() -> None:
    with pytest.raises(DocumentError, match="at least one"):
        seal_documents(DocumentDigests(b"", b""), media_type="text/plain", member=MEMBER)


@pytest.mark.parametrize("size", [0, 2**53, 2**64 - 1])
def test_sizes_that_no_statement_has_are_refused(size: int) -> None:
    documents = DocumentDigests(bytes(64), (1).to_bytes(8, "big") + size.to_bytes(8, "big"))
    with pytest.raises(DocumentError, match="1 to 9007199254740991 bytes"):
        seal_documents(documents, media_type="text/plain", member=MEMBER)


@pytest.mark.parametrize("size", [-1, 2**53, 2**64])
def test_sizes_that_cannot_be_laid_out_are_refused(size: int) -> None:
    with pytest.raises(DocumentError, match="1 to 9007199254740991 bytes"):
        DocumentDigests.of([document(size)])


@pytest.mark.parametrize(("digests", "sizes"), [(31, 8), (32, 7), (64, 8), (32, 16), (0, 8)])
def test_there_are_as_many_digests_as_sizes(digests: int, sizes: int) -> None:
    with pytest.raises(ValueError, match="as many digests as sizes"):
        DocumentDigests(bytes(digests), bytes(sizes))

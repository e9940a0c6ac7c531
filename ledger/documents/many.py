"""Many documents of one media type, sealed at once: nothing but flat bytes is made of each."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from struct import Struct, iter_unpack, unpack
from typing import Self

from ledger.codec import SALT_BYTES, statement_leaves
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents.hashing import DocumentDigest
from ledger.documents.statement import Statement, StatementKind
from ledger.errors import DocumentError
from ledger.types import DIGEST_BYTES, Digest, MemberId, to_hex

_SIZE = Struct(">Q")


@dataclass(frozen=True, slots=True)
class DocumentDigests:
    """What statements say of the bytes of documents, in their order.

    digests: SHA-256 of each, 32 bytes. sizes: the number of each one's bytes, in 8 bytes,
    big-endian. Of a document that was erased, both are zeros.

    Raises ValueError if these are not as many digests as sizes.
    """

    digests: bytes
    sizes: bytes

    def __post_init__(self) -> None:
        """Refuse parts of a digest or of a size."""
        count, rest = divmod(len(self.digests), DIGEST_BYTES)
        if rest or len(self.sizes) != count * _SIZE.size:
            raise ValueError("there must be as many digests as sizes")

    @classmethod
    def of(cls, documents: Iterable[DocumentDigest]) -> Self:
        """Lay digests and sizes out. Raises DocumentError for a size beyond 2**53 - 1."""
        found = list(documents)
        if any(not 0 <= document.size <= MAX_INTEGER for document in found):
            raise DocumentError(f"a document has 1 to {MAX_INTEGER} bytes")
        digests = b"".join(document.digest for document in found)
        return cls(digests, b"".join(_SIZE.pack(document.size) for document in found))

    def __len__(self) -> int:
        return len(self.sizes) // _SIZE.size

    def __iter__(self) -> Iterator[tuple[bytes, int]]:
        """Digest and size of each."""
        pairs = zip(iter_unpack("32s", self.digests), _SIZE.iter_unpack(self.sizes), strict=True)
        return ((digest, size) for (digest,), (size,) in pairs)


@dataclass(frozen=True, slots=True)
class SealedBundle:
    """Documents with the secrets that hide the statements about them.

    secrets: 32 random bytes for each document, the salt of its statement.
    leaves: the leaf hashes of the commitments, 32 bytes each.
    """

    documents: DocumentDigests
    media_type: str
    member: MemberId
    secrets: bytes = field(repr=False)
    leaves: bytes = field(repr=False)


def seal_documents(
    documents: DocumentDigests, *, media_type: str, member: MemberId
) -> SealedBundle:
    """Seal each document under a fresh secret of its own, as `SealedDocument.plain` does.

    Raises DocumentError if there is none, or if a statement would be none.
    """
    _require_sizes(documents)
    salts = secrets.token_bytes(SALT_BYTES * len(documents))
    statements = plain_statements(documents, media_type=media_type, member=member)
    leaves = statement_leaves(statements, salts)
    return SealedBundle(documents, media_type, member, salts, leaves)


def plain_statements(
    documents: DocumentDigests, *, media_type: str, member: MemberId
) -> Iterator[bytes]:
    """The canonical bytes of the plain statement about each document. Raises DocumentError."""
    before, between, after = _template(media_type, member)
    return (
        b"%b%b%b%d%b" % (before, digest.hex().encode(), between, size, after)
        for digest, size in documents
    )


def plain_statement(document: DocumentDigest, *, media_type: str, member: MemberId) -> Statement:
    """The statement about a document of which nothing else is said. Raises DocumentError."""
    return Statement(StatementKind.DOCUMENT, document, media_type, member)


def _template(media_type: str, member: MemberId) -> tuple[bytes, bytes, bytes]:
    """What stands in such a statement before the digest, between digest and size, and after."""
    sample = DocumentDigest(Digest(bytes(DIGEST_BYTES)), 1)
    written = plain_statement(sample, media_type=media_type, member=member).canonical
    # Neither a media type nor a member's name has quotation marks: these are the members.
    before, _, rest = written.partition(to_hex(sample.digest)[2:].encode())
    between, name, after = rest.partition(b'"size":')
    return before, between + name, after.removeprefix(b"1")


def _require_sizes(documents: DocumentDigests) -> None:
    sizes = unpack(f">{len(documents)}Q", documents.sizes)
    if not sizes:
        raise DocumentError("a bundle has at least one document, and here is none")
    if min(sizes) < 1 or max(sizes) > MAX_INTEGER:
        raise DocumentError(f"a document has 1 to {MAX_INTEGER} bytes")

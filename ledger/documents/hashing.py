"""Digest and size of a document, read once and in pieces."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from ledger.errors import DocumentError
from ledger.types import Digest

_CHUNK_BYTES = 64 * 1024  # as fast as larger ones, and small enough to be reused by the allocator


@dataclass(frozen=True, slots=True)
class DocumentDigest:
    """What a statement says of a document's bytes.

    digest: SHA-256 of all bytes.
    size: number of bytes.
    """

    digest: Digest
    size: int


def hash_document(source: bytes | BinaryIO, *, max_bytes: int) -> DocumentDigest:
    """Read a document to its end and take its digest.

    Raises DocumentError if it is empty or larger than max_bytes; no more than one piece beyond the
    limit is read.
    """
    stream = BytesIO(source) if isinstance(source, bytes) else source
    digest = sha256()
    size = 0
    while chunk := stream.read(_CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            raise DocumentError(f"the document is larger than {max_bytes} bytes")
        digest.update(chunk)
    if size == 0:
        raise DocumentError("the document is empty")
    return DocumentDigest(Digest(digest.digest()), size)

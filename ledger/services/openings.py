"""What opens the commitment of a document that is kept."""

from typing import Any

from ledger.codec import parse_json_strict
from ledger.documents import DocumentDigest, Field, FieldsRoot, SealedDocument, parse_statement
from ledger.errors import NotFound
from ledger.invoices.disclosed import DIGEST, FIELD_NAMES, SIZE
from ledger.store.documents import StoredDocument, StoredOpening
from ledger.types import Digest, parse_hex32


class Erased(NotFound):
    """What opened the document's commitment was erased."""

    code = "erased"


def open_document(document: StoredDocument) -> SealedDocument:
    """What opens a document's commitment. Raises Erased."""
    if document.opening is None:
        raise Erased(
            f"the opening of document {document.id} was erased for its member: nothing here shows"
            " any more what was notarised, and no evidence of it can be made"
        )
    return read_opening(document.opening)


def read_opening(stored: StoredOpening) -> SealedDocument:
    """What is kept of a document, as it was sealed."""
    values = {} if stored.fields is None else _parse(stored.fields)
    return SealedDocument(
        statement=parse_statement(_parse(stored.statement)),
        fields=tuple(Field(name, values[name]) for name in FIELD_NAMES if name in values),
        secret=stored.secret,
    )


def document_digest(sealed: SealedDocument) -> DocumentDigest:
    """Digest and size of a document, whether stated or among its fields."""
    content = sealed.statement.content
    if not isinstance(content, FieldsRoot):
        return content
    values = {field.name: str(field.value) for field in sealed.fields}
    return DocumentDigest(Digest(parse_hex32(values[DIGEST])), int(values[SIZE]))


def _parse(stored: bytes) -> Any:
    return parse_json_strict(stored, max_bytes=len(stored))

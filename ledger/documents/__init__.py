"""What is notarised: statements about documents, and the salts that hide them. Pure."""

from ledger.documents.digest_lines import DigestLines
from ledger.documents.fields import Disclosure, Field, ShownField
from ledger.documents.hashing import DocumentDigest, hash_document, hash_file, hash_files
from ledger.documents.many import (
    DocumentDigests,
    SealedBundle,
    plain_statement,
    plain_statements,
    seal_documents,
)
from ledger.documents.media_types import parse_media_type
from ledger.documents.opening import Opening
from ledger.documents.sealed import SealedDocument
from ledger.documents.statement import (
    FieldOrigin,
    FieldsRoot,
    Link,
    Relation,
    Statement,
    StatementKind,
    parse_statement,
)

__all__ = [
    "DigestLines",
    "Disclosure",
    "DocumentDigest",
    "DocumentDigests",
    "Field",
    "FieldOrigin",
    "FieldsRoot",
    "Link",
    "Opening",
    "Relation",
    "SealedBundle",
    "SealedDocument",
    "ShownField",
    "Statement",
    "StatementKind",
    "hash_document",
    "hash_file",
    "hash_files",
    "parse_media_type",
    "parse_statement",
    "plain_statement",
    "plain_statements",
    "seal_documents",
]

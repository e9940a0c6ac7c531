"""Step 1: whether the document is the one stated, and says what is shown of it."""

import json
from typing import BinaryIO

from ledger.documents import DocumentDigest, Field, FieldOrigin, hash_document
from ledger.errors import DocumentError, VerificationError
from ledger.evidence.model import Evidence
from ledger.evidence.report import Finding, Outcome
from ledger.invoices import Invoice, read_invoice
from ledger.invoices.disclosed import DIGEST, SIZE, invoice_fields
from ledger.types import to_hex

_CHUNK_BYTES = 64 * 1024
_MOST_SHOWN_CHARACTERS = 100

DocumentFinding = Finding[Invoice | str]
"""With the invoice that the document is, or else why none is known."""


def judge_document(
    document: bytes | BinaryIO | None, evidence: Evidence, *, max_invoice_bytes: int
) -> DocumentFinding:
    """Compare a document, if there is one, with what is stated and shown of it.

    document: a stream is read once, and no further than the stated size.
    max_invoice_bytes: largest document whose fields are read.

    Raises VerificationError if it is another document, or says something else than is shown, and
    whatever reading a stream raises.
    """
    if document is None:
        return Finding(Outcome.NOT_APPLICABLE, "No document was given.", "no document was given")
    stated = evidence.document
    if stated is None:
        hides = "the evidence hides the document's digest or size: ask for evidence that shows both"
        return Finding(Outcome.UNKNOWN, f"The document was not looked at: {hides}.", hides)
    origin = evidence.opening.statement.origin
    if origin is None:
        _match(document, stated)
        return _has_stated_digest("the document is not stated to be an invoice")
    if stated.size > max_invoice_bytes:
        _match(document, stated)
        invoice: Invoice | str = "the document is larger than what is read"
    else:
        # One byte more than stated is enough to see that there are more.
        raw = document if isinstance(document, bytes) else _read(document, stated.size + 1)
        _match(raw, stated)
        invoice = _invoice_in(raw, max_invoice_bytes)
    if origin is FieldOrigin.DECLARED and isinstance(invoice, str):
        # The usual case: fields are declared of what is no e-invoice.
        return _has_stated_digest(invoice)
    return _compare_fields(evidence, stated, invoice)


def _match(document: bytes | BinaryIO, stated: DocumentDigest) -> None:
    try:
        actual = hash_document(document, max_bytes=stated.size)
    except DocumentError as error:
        raise VerificationError(
            f"this is not the document, which has {stated.size} bytes: {error}"
        ) from error
    if actual.size != stated.size:
        raise VerificationError(
            f"this is not the document, which has {stated.size} bytes and not {actual.size}"
        )
    if actual.digest != stated.digest:
        raise VerificationError(
            f"this is not the document: its SHA-256 digest is {to_hex(actual.digest)}, and"
            f" {to_hex(stated.digest)} is stated"
        )


def _invoice_in(raw: bytes, max_bytes: int) -> Invoice | str:
    try:
        return read_invoice(raw, max_bytes=max_bytes)
    except DocumentError as error:
        return str(error)


def _compare_fields(
    evidence: Evidence, stated: DocumentDigest, invoice: Invoice | str
) -> DocumentFinding:
    """Every field that is shown must be what reading the document gives."""
    shown = {} if evidence.fields is None else evidence.fields.shown
    if shown.keys() == {DIGEST, SIZE}:
        return _has_stated_digest(invoice)
    said = invoice if isinstance(invoice, str) else _fields_of(invoice, stated)
    if isinstance(said, str):
        return Finding(
            Outcome.UNKNOWN,
            "The document has the stated SHA-256 digest and size. Whether it says what is shown of"
            f" it is unknown: {said}.",
            invoice,
        )
    for field in said:
        if field.name in shown and shown[field.name].value != field.value:
            raise VerificationError(
                f"the document says {_quoted(field.value)} as {field.name}, and the evidence says"
                f" {_quoted(shown[field.name].value)}"
            )
    return Finding(
        Outcome.PASSED,
        "The document has the stated SHA-256 digest and size, and says what is shown of it.",
        invoice,
    )


def _fields_of(invoice: Invoice, document: DocumentDigest) -> tuple[Field, ...] | str:
    try:
        return invoice_fields(invoice, document)
    except DocumentError as error:
        return str(error)


def _has_stated_digest(invoice: Invoice | str) -> DocumentFinding:
    return Finding(Outcome.PASSED, "The document has the stated SHA-256 digest and size.", invoice)


def _quoted(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN_CHARACTERS else f"{text[:_MOST_SHOWN_CHARACTERS]}…"


def _read(stream: BinaryIO, size: int) -> bytes:
    """The first bytes of a stream, from however many reads."""
    pieces = []
    while size > 0 and (piece := stream.read(min(size, _CHUNK_BYTES))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)

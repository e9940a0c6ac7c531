"""Notarising a document with fields that its member declares: the document does not travel."""

from dataclasses import dataclass

from ledger.codec.canonical import MAX_INTEGER
from ledger.documents import DocumentDigest, FieldOrigin, SealedDocument, StatementKind
from ledger.errors import InvalidRequest
from ledger.invoices.disclosed import invoice_fields
from ledger.invoices.json_form import read_json_form
from ledger.services.context import Ledger
from ledger.services.notarise import notarise_sealed
from ledger.services.principals import ACTING, Principal
from ledger.store.documents import StoredDocument
from ledger.store.idempotency import IdempotencyKey


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a member declares of a document that is no e-invoice.

    document: taken by the member itself.
    fields: what the document says, in the JSON form of an invoice (`sealbook-invoice/1`).
    """

    document: DocumentDigest
    media_type: str
    fields: bytes


def notarise_declared(
    ledger: Ledger, principal: Principal, declaration: Declaration, key: IdempotencyKey | None
) -> StoredDocument:
    """Accept a document with declared fields.

    Raises DocumentError if the fields are not in their form, InvalidRequest if there is no document
    of this size, and a refusal if the key or the member may not act.
    """
    principal.require(*ACTING)
    document = declaration.document
    if not 1 <= document.size <= MAX_INTEGER:
        raise InvalidRequest(f"a document has 1 to {MAX_INTEGER} bytes, not {document.size}")
    invoice = read_json_form(declaration.fields, files=(document.digest,))
    sealed = SealedDocument.with_fields(
        invoice_fields(invoice, document),
        FieldOrigin.DECLARED,
        kind=StatementKind.DOCUMENT,
        media_type=declaration.media_type,
        member=principal.member,
    )
    return notarise_sealed(ledger, principal, sealed, key)

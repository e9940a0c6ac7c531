"""Documents, as the service shows them."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue

from api.problems import public_reason
from api.schemas.base import DigestParameter, Form, Resource, Time, Word
from ledger.anchoring.problems import read_problem
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents import DocumentDigest, SealedDocument, parse_media_type
from ledger.services.declare import Declaration
from ledger.services.notarise import Notarised
from ledger.services.openings import document_digest, read_opening
from ledger.store.documents import StoredDocument
from ledger.store.outbox import State
from ledger.types import to_hex, utc_text

DocumentState = Literal["accepted", "batched", "signed", "broadcast", "mined", "final"]

STATES: Mapping[State | None, DocumentState] = {
    None: "accepted",
    State.QUEUED: "batched",
    State.SIGNED: "signed",
    State.BROADCAST: "broadcast",
    State.MINED: "mined",
    State.FINAL: "final",
}
"""How far a document is, by the state of its batch's transaction."""


class DocumentLinks(Resource):
    """Where to go on; the evidence is there once the document is final."""

    self: str
    evidence: str


class DocumentResource(Resource):
    """An accepted document, and how far its anchor is."""

    id: UUID
    state: DocumentState = Field(
        description="accepted: kept, and in no batch yet. batched: in a batch whose transaction is"
        " not signed. signed: its signed bytes are kept. broadcast: a node took them. mined: a"
        " block holds them. final: the block has its confirmations, and the evidence is ready."
    )
    digest: Word | None = Field(
        default=None, description="SHA-256 of the document's bytes; absent once erased"
    )
    size: int | None = Field(
        default=None, description="number of the document's bytes; absent once erased"
    )
    media_type: str | None = Field(default=None, description="absent once erased")
    fields: Literal["read", "declared"] | None = Field(
        default=None,
        description="whether its evidence has fields that can be shown one by one, and where they"
        " come from: read from the document, or declared by the member",
    )
    commitment: Word | None = Field(
        default=None,
        description="what is anchored: SHA-256 over salt and statement; absent once erased",
    )
    accepted_at: Time
    erased_at: Time | None = Field(
        default=None, description="when what opens its commitment was erased"
    )
    record: Word | None = Field(
        default=None, description="the record that an invoice describes, once it is registered"
    )
    waiting_because: str | None = Field(default=None, description="why its anchor waits")
    links: DocumentLinks

    @classmethod
    def of(cls, document: StoredDocument) -> Self:
        """Show a document."""
        path = document_path(document.id)
        return cls(
            id=document.id,
            state=STATES[document.state],
            **({} if document.opening is None else _opened(read_opening(document.opening))),
            accepted_at=utc_text(document.accepted_at),
            erased_at=None if document.erased_at is None else utc_text(document.erased_at),
            record=None if document.record is None else to_hex(document.record),
            waiting_because=waiting_because(document.problem),
            links=DocumentLinks(self=path, evidence=f"{path}/evidence"),
        )


def _opened(sealed: SealedDocument) -> dict[str, Any]:
    """What is shown of a document until it is erased."""
    document = document_digest(sealed)
    origin = sealed.statement.origin
    return {
        "digest": to_hex(document.digest),
        "size": document.size,
        "media_type": sealed.statement.media_type,
        "fields": None if origin is None else origin.value,
        "commitment": to_hex(sealed.opening.commitment),
    }


def notarised_members(document: Notarised) -> dict[str, Any]:
    """A document that was accepted just now, in the JSON form that DocumentResource has for it."""
    path = document_path(document.id)
    return {
        "id": str(document.id),
        "state": "accepted",
        "digest": to_hex(document.document.digest),
        "size": document.document.size,
        "media_type": document.statement.media_type,
        "commitment": to_hex(document.commitment),
        "accepted_at": utc_text(document.accepted_at),
        "links": {"self": path, "evidence": f"{path}/evidence"},
    }


class Declared(Form):
    """A document that is no e-invoice, and what its member declares of it."""

    digest: DigestParameter = Field(description="SHA-256 of the document's bytes")
    size: int = Field(ge=1, le=MAX_INTEGER, description="number of the document's bytes")
    media_type: Annotated[
        str, AfterValidator(parse_media_type), Field(examples=["application/pdf"])
    ]
    fields: dict[str, JsonValue] = Field(
        description="what the document says, in the JSON form of an invoice (sealbook-invoice/1)"
    )

    def declaration(self) -> Declaration:
        """What is handed to the service."""
        fields = json.dumps(self.fields, ensure_ascii=False).encode()
        return Declaration(DocumentDigest(self.digest, self.size), self.media_type, fields)


class DocumentPage(Resource):
    """Some of a member's documents, oldest first."""

    items: list[DocumentResource]
    next: UUID | None = Field(
        default=None, description="to be sent as `after` for the next page; absent on the last"
    )


def document_path(identifier: UUID) -> str:
    """Where a document is."""
    return f"/v1/documents/{identifier}"


def waiting_because(problem: str | None) -> str | None:
    """Why an anchor waits, as far as its member may read it; None while all is well."""
    if problem is None:
        return None
    refusal = read_problem(problem)
    return public_reason(refusal.rule, str(refusal))

"""Documents, as the service shows them."""

from collections.abc import Mapping
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from api.problems import public_reason
from api.schemas.base import Resource, Time, Word
from ledger.anchoring.problems import read_problem
from ledger.codec import parse_json_strict
from ledger.documents import Opening, parse_statement
from ledger.store.documents import StoredDocument
from ledger.store.outbox import State
from ledger.types import to_hex, utc_text

DocumentState = Literal["accepted", "batched", "signed", "broadcast", "mined", "final"]

_STATES: Mapping[State | None, DocumentState] = {
    None: "accepted",
    State.QUEUED: "batched",
    State.SIGNED: "signed",
    State.BROADCAST: "broadcast",
    State.MINED: "mined",
    State.FINAL: "final",
}


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
    digest: Word = Field(description="SHA-256 of the document's bytes")
    size: int = Field(description="number of the document's bytes")
    media_type: str
    commitment: Word = Field(description="what is anchored: SHA-256 over salt and statement")
    accepted_at: Time
    record: Word | None = Field(
        default=None, description="the record that an invoice describes, once it is registered"
    )
    waiting_because: str | None = Field(default=None, description="why its anchor waits")
    links: DocumentLinks

    @classmethod
    def of(cls, document: StoredDocument) -> Self:
        """Show a document."""
        statement = parse_statement(
            parse_json_strict(document.statement, max_bytes=len(document.statement))
        )
        path = document_path(document.id)
        return cls(
            id=document.id,
            state=_STATES[document.state],
            digest=to_hex(statement.digest),
            size=statement.size,
            media_type=statement.media_type,
            commitment=to_hex(Opening(statement, document.salt).commitment),
            accepted_at=utc_text(document.accepted_at),
            record=None if document.record is None else to_hex(document.record),
            waiting_because=_waiting_because(document.problem),
            links=DocumentLinks(self=path, evidence=f"{path}/evidence"),
        )


class DocumentPage(Resource):
    """Some of a member's documents, oldest first."""

    items: list[DocumentResource]
    next: UUID | None = Field(
        default=None, description="to be sent as `after` for the next page; absent on the last"
    )


def document_path(identifier: UUID) -> str:
    """Where a document is."""
    return f"/v1/documents/{identifier}"


def _waiting_because(problem: str | None) -> str | None:
    if problem is None:
        return None
    refusal = read_problem(problem)
    return public_reason(refusal.rule, str(refusal))

"""Bundles, as the service shows them."""

from typing import Self
from uuid import UUID

from pydantic import Field

from api.schemas.base import Resource, Time
from api.schemas.documents import STATES, DocumentState, waiting_because
from ledger.store.bundles import StoredBundle
from ledger.types import utc_text


class BundleLinks(Resource):
    """Where to go on; the evidence is there once the bundle is final."""

    self: str
    evidence: str


class BundleResource(Resource):
    """Documents that were accepted together, and how far their anchor is."""

    id: UUID
    state: DocumentState = Field(
        description="as of a document: accepted, batched, signed, broadcast, mined, final"
    )
    size: int = Field(description="number of its documents")
    media_type: str = Field(description="of all of its documents")
    accepted_at: Time
    waiting_because: str | None = Field(default=None, description="why its anchor waits")
    links: BundleLinks

    @classmethod
    def of(cls, bundle: StoredBundle) -> Self:
        """Show a bundle."""
        path = f"/v1/bundles/{bundle.id}"
        return cls(
            id=bundle.id,
            state=STATES[bundle.state],
            size=bundle.size,
            media_type=bundle.media_type,
            accepted_at=utc_text(bundle.accepted_at),
            waiting_because=waiting_because(bundle.problem),
            links=BundleLinks(self=path, evidence=f"{path}/evidence"),
        )


class BundlePage(Resource):
    """Some of a member's bundles, oldest first."""

    items: list[BundleResource]
    next: UUID | None = Field(
        default=None, description="to be sent as `after` for the next page; absent on the last"
    )

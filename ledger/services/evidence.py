"""Putting a document's evidence together from what is kept; nothing is asked of the chain."""

from uuid import UUID

from ledger.evidence.model import Evidence, Inclusion, RecordName
from ledger.services.anchored_batch import anchored_batch
from ledger.services.context import Ledger
from ledger.services.notarise import get_document
from ledger.services.openings import open_document
from ledger.services.principals import Principal
from ledger.types import AccountName


def make_evidence(ledger: Ledger, principal: Principal, identifier: UUID) -> Evidence:
    """The evidence of a member's document, which shows all of its fields.

    Raises NotFound, Erased, or Conflict while the document's batch is not final on the chain.
    """
    document = get_document(ledger, principal, identifier)
    sealed = open_document(document)
    batch = anchored_batch(
        ledger, document.member, document.batch_id, document.leaf_index, what="the document"
    )
    return Evidence(
        opening=sealed.opening,
        inclusion=Inclusion(batch.leaf, batch.tree.size, batch.tree.path(batch.leaf)),
        anchor=batch.anchor,
        event=batch.event,
        header=batch.header,
        record=None
        if document.record is None
        else RecordName(
            AccountName(ledger.deployment.chain, ledger.deployment.invoice_book), document.record
        ),
        fields=sealed.disclosure,
    )

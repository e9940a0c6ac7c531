"""Putting a document's evidence together from what is kept; nothing is asked of the chain."""

from uuid import UUID

import rlp
from sqlalchemy import Connection

from ledger.errors import Conflict
from ledger.evidence.model import Anchor, EventProof, Evidence, Inclusion, RecordName
from ledger.merkle import MerkleTree
from ledger.services.context import Ledger
from ledger.services.notarise import get_document
from ledger.services.openings import open_document
from ledger.services.principals import Principal
from ledger.store import batches
from ledger.types import AccountName


def make_evidence(ledger: Ledger, principal: Principal, identifier: UUID) -> Evidence:
    """The evidence of a member's document, which shows all of its fields.

    Raises NotFound, Erased, or Conflict while the document's batch is not final on the chain.
    """
    document = get_document(ledger, principal, identifier)
    sealed = open_document(document)
    if document.batch_id is None or document.leaf_index is None:
        raise _not_final()
    with ledger.store.reading() as connection:
        anchor = batches.anchor(connection, document.batch_id)
        if anchor is None:
            raise _not_final()
        tree = tree_of(ledger, connection, document.batch_id)
    chain = ledger.deployment.chain
    return Evidence(
        opening=sealed.opening,
        inclusion=Inclusion(document.leaf_index, tree.size, tree.path(document.leaf_index)),
        anchor=Anchor(AccountName(chain, ledger.deployment.notary), document.member, tree.root),
        event=EventProof(
            anchor.transaction_index, anchor.log_index, tuple(rlp.decode(anchor.nodes))
        ),
        header=anchor.header,
        record=None
        if document.record is None
        else RecordName(AccountName(chain, ledger.deployment.invoice_book), document.record),
        fields=sealed.disclosure,
    )


def tree_of(ledger: Ledger, connection: Connection, batch: UUID) -> MerkleTree:
    """The tree of a batch."""
    return ledger.trees.of(batch, lambda: batches.leaves(connection, batch))


def _not_final() -> Conflict:
    return Conflict(
        "the document is accepted and its anchor is not final yet; ask again in a moment",
        code="not-final-yet",
    )

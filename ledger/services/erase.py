"""Erasing what opens a document's commitment, so that nothing kept links the one to the other."""

import logging
from uuid import UUID

from ledger.errors import TransportError
from ledger.services.context import Ledger
from ledger.services.notarise import get_document
from ledger.services.openings import document_digest, read_opening
from ledger.services.principals import ACTING, Principal
from ledger.services.sightings import identity_of_fields
from ledger.store import documents, seen_invoices
from ledger.store.documents import StoredDocument

_LOG = logging.getLogger(__name__)


def erase_opening(ledger: Ledger, principal: Principal, identifier: UUID) -> StoredDocument:
    """Destroy the secret, the statement and the field values of a member's document.

    Whatever is erased already stays so. The leaf keeps its place: the document is anchored if it
    was not yet, and the evidence of others in its batch stays as it is. What was handed out before,
    evidence and backups, is beyond reach. The requests by which the document was accepted are
    forgotten as well, so that one that is repeated is a new one; and so is that the member saw it,
    which screening would go by: this file, and by its fields any other rendering of the invoice.

    Raises NotFound, and Forbidden for a key that only looks.
    """
    principal.require(*ACTING)
    document = get_document(ledger, principal, identifier)
    if document.opening is not None:
        sealed = read_opening(document.opening)
        file = document_digest(sealed).digest
        identity = identity_of_fields(sealed.fields)
        with ledger.store.writing() as connection:
            documents.erase(connection, identifier, ledger.clock())
            seen_invoices.forget(connection, principal.member, file, document.record, identity)
        empty_log(ledger)
    return get_document(ledger, principal, identifier)


def empty_log(ledger: Ledger) -> None:
    """Have the database forget what was erased in its log too, if it can do that now.

    The erasure is done and durable by then: what the log still holds goes with its next turn.
    """
    try:
        emptied = ledger.store.drop_old_pages()
    except TransportError as error:
        _LOG.warning("the database's log was not emptied after an erasure: %s", error)
    else:
        if not emptied:
            _LOG.warning("the database's log was in use and not emptied after an erasure")

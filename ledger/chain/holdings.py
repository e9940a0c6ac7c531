"""Who holds what of a record, with the proof that nobody is left out."""

from collections.abc import Iterable

from ledger.chain.invoice_book import InvoiceBook, InvoiceRecord, Offer, Position
from ledger.errors import NodeError
from ledger.types import BlockRef, MemberId


def read_positions(
    book: InvoiceBook,
    invoice: InvoiceRecord,
    offers: Iterable[Offer],
    *,
    first_block: int,
    at: BlockRef,
) -> dict[MemberId, Position]:
    """What each member holds of a record, the supplier first; every holder is among them.

    offers: the newest ones. Only the supplier and who accepted an offer can hold units, so its
    recipient is asked of each; older ones are looked for in the events since `first_block`, and
    only where something is missing: all positions and the retired units add up to the total. Raises
    NodeError if the node's answers do not.
    """
    positions: dict[MemberId, Position] = {}

    def ask(members: Iterable[MemberId]) -> int:
        for member in members:
            if member not in positions:
                positions[member] = book.position(invoice.id, member, at=at)
        return invoice.total - invoice.retired - sum(item.total for item in positions.values())

    missing = ask((invoice.supplier, *(offer.recipient for offer in offers)))
    if missing:
        missing = ask(book.takers(invoice.id, first=first_block, last=at.number))
    if missing:
        raise NodeError("the node's answers do not say who holds all units of the record")
    return positions

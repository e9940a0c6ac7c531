"""Reading a record, as it stands on the chain at one block."""

from dataclasses import dataclass

from ledger.chain.deployment import Deployment
from ledger.chain.holdings import read_positions
from ledger.chain.invoice_book import History, InvoiceBook, InvoiceRecord, Offer, Position
from ledger.chain.port import Block, Chain, Reverted
from ledger.chain.reverts import refusal_of
from ledger.types import MemberId, RecordId


@dataclass(frozen=True, slots=True)
class RecordState:
    """A record at one block.

    positions: what members hold, the supplier first; every holder is among them.
    offers: the newest OFFERS_SHOWN, oldest first. offer_count: all that were ever made.
    """

    block: Block
    invoice: InvoiceRecord
    positions: tuple[tuple[MemberId, Position], ...]
    offers: tuple[Offer, ...]
    offer_count: int
    history: History


def read_record(chain: Chain, deployment: Deployment, record: RecordId) -> RecordState:
    """A record at the newest block. Raises NotFound if there is none."""
    book = InvoiceBook(chain, deployment.invoice_book)
    block = chain.head()
    at = block.ref
    try:
        invoice = book.record(record, at=at)
    except Reverted as error:
        raise refusal_of(error.data) from error
    count = book.offer_count(record, at=at)
    offers = book.newest_offers(record, count, at=at)
    positions = read_positions(book, invoice, offers, first_block=deployment.first_block, at=at)
    return RecordState(
        block=block,
        invoice=invoice,
        positions=tuple(positions.items()),
        offers=offers,
        offer_count=count,
        history=book.history(record, at=at),
    )


def expired_offers(
    book: InvoiceBook, record: RecordId, member: MemberId, *, at: Block
) -> tuple[Offer, ...]:
    """A member's offers, of the newest OFFERS_SHOWN, that are over at a block and hold units."""
    offers = book.newest_offers(record, book.offer_count(record, at=at.ref), at=at.ref)
    return tuple(
        offer for offer in offers if offer.sender == member and offer.expired(at.timestamp)
    )

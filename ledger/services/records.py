"""Reading a record, as it stands on the chain at one block."""

from dataclasses import dataclass

from ledger.chain.deployment import Deployment
from ledger.chain.holdings import Holdings, read_holdings
from ledger.chain.invoice_book import InvoiceBook
from ledger.chain.invoice_forms import InvoiceRecord, Payment
from ledger.chain.port import Block, Chain, Reverted
from ledger.chain.record_forms import History, Offer
from ledger.chain.reverts import refusal_of
from ledger.types import MemberId, RecordId


@dataclass(frozen=True, slots=True)
class RecordState:
    """A record at one block.

    payments: the newest NEWEST_SHOWN, oldest first. payment_count: all that were ever declared.
    """

    block: Block
    invoice: InvoiceRecord
    holdings: Holdings
    payments: tuple[Payment, ...]
    payment_count: int
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
    holdings = read_holdings(
        book,
        record,
        holder=invoice.supplier,
        outstanding=invoice.outstanding,
        first_block=deployment.first_block,
        at=at,
    )
    count = book.payment_count(record, at=at)
    return RecordState(
        block=block,
        invoice=invoice,
        holdings=holdings,
        payments=book.newest_payments(record, count, at=at),
        payment_count=count,
        history=book.history(record, at=at),
    )


def expired_offers(
    book: InvoiceBook, record: RecordId, member: MemberId, *, at: Block
) -> tuple[Offer, ...]:
    """A member's offers, of the newest NEWEST_SHOWN, that are over at a block and hold units."""
    offers = book.newest_offers(record, book.offer_count(record, at=at.ref), at=at.ref)
    return tuple(
        offer for offer in offers if offer.sender == member and offer.expired(at.timestamp)
    )

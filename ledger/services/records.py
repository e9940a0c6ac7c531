"""Reading a record, as it stands on the chain at one block."""

from dataclasses import dataclass

from ledger.chain.deployment import Deployment
from ledger.chain.invoice_book import History, InvoiceBook, InvoiceRecord, Offer, Position
from ledger.chain.port import Block, Chain, Reverted
from ledger.chain.reverts import refusal_of
from ledger.types import MemberId, RecordId


@dataclass(frozen=True, slots=True)
class RecordState:
    """A record at one block.

    positions: what each member that ever could hold units holds, the supplier first.
    """

    block: Block
    invoice: InvoiceRecord
    positions: tuple[tuple[MemberId, Position], ...]
    offers: tuple[Offer, ...]
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
    offers = book.offers(record, at=at)
    members = dict.fromkeys((invoice.supplier, *(offer.recipient for offer in offers)))
    return RecordState(
        block=block,
        invoice=invoice,
        positions=tuple((member, book.position(record, member, at=at)) for member in members),
        offers=offers,
        history=book.history(record, at=at),
    )

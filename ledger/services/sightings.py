"""What a member saw of invoices, by registering or screening them."""

from sqlalchemy import Connection

from ledger.invoices import Invoice, minor_units
from ledger.invoices.identifiers import names_of
from ledger.invoices.normalise import fold
from ledger.store import seen_invoices
from ledger.store.seen_invoices import How, SeenFields, SeenLinks
from ledger.types import MemberId, RecordId, UnixTime


def note_registered(
    connection: Connection, member: MemberId, invoice: Invoice, record: RecordId, now: UnixTime
) -> None:
    """Keep that a member asked for an invoice to be registered."""
    seen_invoices.note(
        connection,
        member,
        seen_fields(invoice),
        links_of(invoice),
        how=How.REGISTERED,
        record=record,
        now=now,
    )


def seen_fields(invoice: Invoice) -> SeenFields:
    """What is kept of an invoice itself."""
    return SeenFields(
        file=invoice.files[0],
        number=invoice.number,
        folded_number=fold(invoice.number),
        issue_date=invoice.issue_date,
        type_code=invoice.type_code,
        invoice_class=invoice.invoice_class,
        self_billed=invoice.self_billed,
        currency=invoice.gross.currency,
        minor_units=minor_units(invoice.gross),
    )


def links_of(invoice: Invoice) -> SeenLinks:
    """By what an invoice is found again."""
    folded = (fold(number) for number in invoice.preceding)
    return SeenLinks(
        seller=names_of(invoice.seller).all,
        buyer=names_of(invoice.buyer).all,
        preceding=tuple(number for number in folded if number),
    )

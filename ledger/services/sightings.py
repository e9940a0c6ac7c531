"""What a member saw of invoices, by registering or screening them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from ledger.documents import Field
from ledger.invoices import Invoice, Party, minor_units
from ledger.invoices.identifiers import names_of
from ledger.invoices.model import SELF_BILLED_TYPE_CODES
from ledger.invoices.normalise import fold
from ledger.invoices.party_ids import parse_party_id
from ledger.store import seen_invoices
from ledger.store.seen_forms import How, SeenFields, SeenIdentity, SeenLinks
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


def identity_of_fields(fields: Sequence[Field]) -> SeenIdentity | None:
    """By what renderings of an invoice are found again, from its fields; None if it has none."""
    values: dict[str, Any] = {field.name: field.value for field in fields}
    if "number" not in values:
        return None
    side = "buyer" if values["type_code"] in SELF_BILLED_TYPE_CODES else "seller"
    name, ids, country = (values[f"{side}.{part}"] for part in ("name", "ids", "country"))
    issuer = Party(name or "", tuple(map(parse_party_id, ids)), country or "")
    return SeenIdentity(
        issuer=names_of(issuer).all,
        folded_number=fold(values["number"]),
        issue_date=date.fromisoformat(values["issue_date"]),
    )

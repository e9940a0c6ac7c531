"""From a table that says where each business term stands to an `Invoice`.

Each syntax is one table: see `ubl` and `cii`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ledger.errors import DocumentError
from ledger.invoices.fields import Field, Fields, Path
from ledger.invoices.model import DocumentFormat, IdSource, Invoice, Money, Party, PartyId
from ledger.invoices.values import parse_currency, parse_date
from ledger.types import Digest

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PartyLayout:
    """Where a party's fields stand.

    root: the party's own element.
    names: the registered name, then the names to take where there is none.
    ids: identifiers whose business term follows from their place.
    tax_registrations: elements that each hold a VAT or tax number, and `tax_id`, which takes the
        identifier out of one.
    """

    root: Field
    names: tuple[Field, ...]
    ids: tuple[tuple[IdSource, Field], ...]
    tax_registrations: Path
    tax_id: Callable[["Element"], PartyId | None]
    country: Field


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of an invoice stand in one syntax; the names are those of `Invoice`."""

    format: DocumentFormat
    number: Field
    issue_date: Field
    type_code: Field
    currency: Field
    due_date: Field
    purchase_order: Field
    profile: Field
    preceding: Field
    seller: PartyLayout
    buyer: PartyLayout
    payee: PartyLayout
    payee_account: Field
    gross: Field
    payable: Field


def read_by(layout: Layout, root: "Element", files: tuple[Digest, ...]) -> Invoice:
    """Read the invoice below `root`. files: see `Invoice`.

    Raises DocumentError, which names the business term, if a mandatory field is missing or a field
    is malformed or ambiguous.
    """
    fields = Fields(root)
    gross, payable = _amounts(fields, layout)
    return Invoice(
        format=layout.format,
        number=_required(fields.text(layout.number), layout.number),
        issue_date=parse_date(
            _required(fields.text(layout.issue_date), layout.issue_date), layout.issue_date.term
        ),
        type_code=fields.text(layout.type_code),
        due_date=fields.date(layout.due_date),
        purchase_order=fields.first_text(layout.purchase_order),
        profile=fields.first_text(layout.profile),
        preceding=fields.texts(layout.preceding),
        seller=_required(_party(fields, layout.seller), layout.seller.root),
        buyer=_required(_party(fields, layout.buyer), layout.buyer.root),
        payee=_party(fields, layout.payee),
        payee_accounts=fields.texts(layout.payee_account),
        gross=gross,
        payable=payable,
        files=files,
    )


def _amounts(fields: Fields, layout: Layout) -> tuple[Money, Money | None]:
    currency = _required(
        fields.text(layout.currency)
        or fields.currency_of(layout.gross)
        or fields.currency_of(layout.payable),
        layout.currency,
    )
    currency = parse_currency(currency, layout.currency.term)
    payable = fields.money(layout.payable, currency)
    return _required(fields.money(layout.gross, currency) or payable, layout.gross), payable


def _party(fields: Fields, layout: PartyLayout) -> Party | None:
    if fields.only(layout.root) is None:
        return None
    ids = [found for source, field in layout.ids for found in fields.ids(source, field)]
    taxes = (layout.tax_id(element) for element in fields.elements(layout.tax_registrations))
    ids.extend(tax for tax in taxes if tax is not None)
    return Party(fields.first_text(*layout.names), tuple(ids), fields.first_text(layout.country))


def _required(value: T | None, field: Field) -> T:
    if not value:
        raise DocumentError(f"{field.term} is missing")
    return value

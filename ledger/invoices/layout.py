"""From a table that says where each business term stands to an `Invoice`.

Each syntax is one table: see `ubl` and `cii`.
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ledger.errors import DocumentError
from ledger.invoices.fields import Field, Fields, Path, Places, bounded, places_of
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

    @property
    def paths(self) -> Iterator[Path]:
        """All places that are named here."""
        yield from (self.root.path, self.tax_registrations, self.country.path)
        yield from (field.path for field in self.names)
        yield from (field.path for _, field in self.ids)


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
    places: Places = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note all places that the table names, once for all documents."""
        object.__setattr__(self, "places", places_of(self._paths()))

    def _paths(self) -> Iterator[Path]:
        for column in dataclasses.fields(self):
            entry = getattr(self, column.name) if column.init else None
            if isinstance(entry, Field):
                yield entry.path
            elif isinstance(entry, PartyLayout):
                yield from entry.paths


def read_by(layout: Layout, root: "Element", files: tuple[Digest, ...]) -> Invoice:
    """Read the invoice below `root`. files: see `Invoice`.

    Raises DocumentError, which names the business term, if a mandatory field is missing or a field
    is malformed or ambiguous.
    """
    fields = Fields(root, layout.places)
    gross, payable = _amounts(fields, layout)
    return Invoice(
        format=layout.format,
        number=_required(fields.text(layout.number), layout.number),
        issue_date=parse_date(
            _required(fields.text(layout.issue_date), layout.issue_date), layout.issue_date.term
        ),
        type_code=fields.text(layout.type_code),
        due_date=fields.date(layout.due_date),
        purchase_order=fields.agreed_text(layout.purchase_order),
        profile=fields.agreed_text(layout.profile),
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
    ids = _party_ids(fields, layout)
    return Party(fields.agreed_text(*layout.names), ids, fields.agreed_text(layout.country))


def _party_ids(fields: Fields, layout: PartyLayout) -> tuple[PartyId, ...]:
    registrations = fields.elements(layout.tax_registrations)
    ids = fields.ids(layout.ids, layout.root, len(registrations))
    for registration in registrations:
        if (tax := layout.tax_id(registration)) is not None:
            ids.append(bounded(tax, f"a tax number of {layout.root.term}"))
    return tuple(ids)


def _required(value: T | None, field: Field) -> T:
    if not value:
        raise DocumentError(f"{field.term} is missing")
    return value

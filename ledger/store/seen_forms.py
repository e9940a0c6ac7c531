"""What is kept of invoices that a member registered or screened, and by what they are found."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.invoices import InvoiceClass
from ledger.invoices.identifiers import Identifier
from ledger.types import Digest, RecordId, UnixTime


class How(StrEnum):
    """On which occasion a member saw an invoice."""

    REGISTERED = "registered"
    SCREENED = "screened"


class Side(StrEnum):
    """Which party of an invoice is meant."""

    SELLER = "seller"
    BUYER = "buyer"


@dataclass(frozen=True, slots=True)
class SeenFields:
    """What is kept of an invoice itself.

    file: SHA-256 of the bytes as they came in.
    number: BT-1 as written. folded_number: as it is compared.
    type_code: BT-3. self_billed: whether the number is of the buyer's series.
    minor_units: BT-112 in the currency's smallest unit.
    """

    file: Digest
    number: str
    folded_number: str
    issue_date: date
    type_code: str
    invoice_class: InvoiceClass
    self_billed: bool
    currency: str
    minor_units: int


@dataclass(frozen=True, slots=True)
class SeenLinks:
    """By what a seen invoice is found again.

    seller, buyer: all that names the party, normalised.
    preceding: numbers of the invoices that it refers to (BT-25), folded.
    """

    seller: tuple[Identifier, ...]
    buyer: tuple[Identifier, ...]
    preceding: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenIdentity:
    """What all renderings of one invoice have in common.

    issuer: all that names the party in whose series the number is, normalised.
    """

    issuer: tuple[Identifier, ...]
    folded_number: str
    issue_date: date


@dataclass(frozen=True, slots=True)
class SeenInvoice:
    """An invoice that a member saw before.

    seen_at: when it did so first. record: under which it was registered, or expected, if known.
    """

    fields: SeenFields
    seen_at: UnixTime
    how: How
    record: RecordId | None

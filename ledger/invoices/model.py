"""The invoice, whatever syntax it came in.

Fields carry their EN 16931-1 business term (BT) and stand as the document writes them, white space
collapsed. What is compared between documents is made from them in `normalise`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ledger.types import Digest

TYPE_CODES = frozenset(
    (
        "71", "80", "81", "82", "83", "84", "102", "130", "202", "203", "204", "211", "218",
        "219", "261", "262", "295", "296", "308", "325", "326", "331", "380", "381", "382",
        "383", "384", "385", "386", "387", "388", "389", "390", "393", "394", "395", "396",
        "420", "456", "457", "458", "471", "472", "473", "500", "501", "502", "503", "527",
        "532", "553", "575", "623", "633", "751", "780", "817", "870", "875", "876", "877",
        "935",
    )
)  # fmt: skip
"""Codes of UNTDID 1001 for invoices and credit notes, which BT-3 may have.

Those of the European Commission's code lists for EN 16931-1, with 471 to 473 and 500 to 503, which
later editions have for factored, self-billed and prepaid documents.
"""

CREDIT_TYPE_CODES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
)
"""Codes of UNTDID 1001 for documents that give money back."""

SELF_BILLED_TYPE_CODES = frozenset({"261", "389", "471", "473", "500", "501", "502", "527"})
"""Codes of UNTDID 1001 for documents that the buyer writes and numbers on the seller's behalf."""


class DocumentFormat(StrEnum):
    """Syntax of an e-invoice, as found in its content."""

    UBL_INVOICE = "ubl-invoice"
    UBL_CREDIT_NOTE = "ubl-credit-note"
    CII = "cii"
    FACTUR_X = "factur-x"
    JSON = "json"


class InvoiceClass(StrEnum):
    """Which way the money goes: the seller is owed it, or owes it."""

    INVOICE = "invoice"
    CREDIT = "credit"


class IdSource(StrEnum):
    """The business term of a party under which an identifier stands (seller / buyer)."""

    IDENTIFIER = "identifier"  # BT-29 / BT-46
    LEGAL = "legal"  # BT-30 / BT-47
    VAT = "vat"  # BT-31 / BT-48
    TAX = "tax"  # BT-32
    ENDPOINT = "endpoint"  # BT-34 / BT-49


@dataclass(frozen=True, slots=True)
class PartyId:
    """One identifier of a party, as the document writes it.

    source: the business term under which it stands.
    scheme: its `schemeID`, such as the ISO 6523 code `0088`; empty where the document names none,
        and for VAT and tax numbers, whose scheme is their business term.
    value: never empty.
    """

    source: IdSource
    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4), buyer (BG-7) or payee (BG-10).

    name: BT-27, BT-44 or BT-59: the registered name, or the trading name (BT-28, BT-45) where a
        document has only that; empty if it has neither.
    ids: all identifiers in document order within their business term.
    country: ISO 3166-1 code of the address (BT-40, BT-55); empty if absent.
    """

    name: str
    ids: tuple[PartyId, ...]
    country: str


@dataclass(frozen=True, slots=True)
class Money:
    """A decimal amount in a currency (ISO 4217 code), with the digits the document gives it."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """The fields of an invoice that say which receivable it is.

    number: BT-1.
    issue_date: BT-2.
    type_code: BT-3 (UNTDID 1001); empty if absent.
    due_date: BT-9, the first one where a document has several.
    purchase_order: BT-13; empty if absent.
    profile: BT-24, the specification the document follows; empty if absent.
    preceding: BT-25, numbers of the invoices that this one refers to.
    seller: BG-4.
    buyer: BG-7.
    payee: BG-10, only where the document names one.
    payee_accounts: BT-84, each account (IBAN or other) once.
    gross: BT-112, or BT-115 where a document has only that. Its currency is BT-5.
    payable: BT-115.
    files: SHA-256 of the document's bytes, then of the XML inside where it is a PDF.
    """

    format: DocumentFormat
    number: str
    issue_date: date
    type_code: str
    due_date: date | None
    purchase_order: str
    profile: str
    preceding: tuple[str, ...]
    seller: Party
    buyer: Party
    payee: Party | None
    payee_accounts: tuple[str, ...]
    gross: Money
    payable: Money | None
    files: tuple[Digest, ...]

    @property
    def invoice_class(self) -> InvoiceClass:
        """Credit by root element, by type code (BT-3) or by a negative total (BT-112)."""
        gives_back = (
            self.format is DocumentFormat.UBL_CREDIT_NOTE
            or self.type_code in CREDIT_TYPE_CODES
            or self.gross.amount < 0
        )
        return InvoiceClass.CREDIT if gives_back else InvoiceClass.INVOICE

    @property
    def self_billed(self) -> bool:
        """Whether the number (BT-1) belongs to the buyer's series."""
        return self.type_code in SELF_BILLED_TYPE_CODES

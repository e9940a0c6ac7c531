"""Whether an invoice is a receivable that can be financed, and if not, why."""

from dataclasses import dataclass
from enum import Enum

from ledger.invoices.identifiers import names_of
from ledger.invoices.model import TYPE_CODES, Invoice, InvoiceClass

PRO_FORMA_TYPE_CODE = "325"
INFORMATION_TYPE_CODE = "751"
FACTORED_TYPE_CODES = frozenset({"393", "396", "472", "473", "501", "502"})

# A document need not have one.
_TYPE_CODES = TYPE_CODES | {""}


class Obstacle(Enum):
    """A reason that an invoice cannot be financed; the value says it in a sentence."""

    CREDIT = "it is a credit note, or its total is negative: it gives money back"
    PRO_FORMA = "it is a pro-forma invoice (type 325): nothing is owed on it"
    INFORMATION = "it is for accounting only (type 751): nothing is owed on it"
    FACTORED = "it is factored, by its type code (BT-3): it has been assigned already"
    UNKNOWN_TYPE = "its type code (BT-3) is none of an invoice or a credit note in UNTDID 1001"
    OTHER_PAYEE = "it is to be paid to somebody other than the seller: perhaps assigned already"
    NOTHING_DUE = "nothing is left to pay on it (BT-115)"
    UNNAMED_SELLER = "the seller has no identifier (BT-29, BT-30 or BT-31)"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether an invoice can be financed: it can if there are no reasons against it."""

    reasons: tuple[Obstacle, ...]

    @property
    def financeable(self) -> bool:
        """True if nothing stands against financing."""
        return not self.reasons


def eligibility(invoice: Invoice) -> Eligibility:
    """Judge an invoice by its own content, in the order of `Obstacle`."""
    due = invoice.payable or invoice.gross
    seller = names_of(invoice.seller)
    found = {
        Obstacle.CREDIT: invoice.invoice_class is InvoiceClass.CREDIT,
        Obstacle.PRO_FORMA: invoice.type_code == PRO_FORMA_TYPE_CODE,
        Obstacle.INFORMATION: invoice.type_code == INFORMATION_TYPE_CODE,
        Obstacle.FACTORED: invoice.type_code in FACTORED_TYPE_CODES,
        Obstacle.UNKNOWN_TYPE: invoice.type_code not in _TYPE_CODES,
        Obstacle.OTHER_PAYEE: _has_other_payee(invoice),
        Obstacle.NOTHING_DUE: due.amount <= 0,
        Obstacle.UNNAMED_SELLER: not seller.strong and not seller.weak,
    }
    return Eligibility(tuple(obstacle for obstacle, stands in found.items() if stands))


def _has_other_payee(invoice: Invoice) -> bool:
    """Whether a payee (BG-10) is named who is not known to be the seller."""
    if invoice.payee is None:
        return False
    payee, seller = names_of(invoice.payee), names_of(invoice.seller)
    if payee.strong and seller.strong:
        return set(payee.strong).isdisjoint(seller.strong)
    if payee.name and seller.name:
        return payee.name != seller.name
    return set(payee.weak).isdisjoint(seller.weak)

"""What stops an invoice: disputes, freezes, and the council's voiding."""

from collections.abc import Sequence

from tests.contracts.model.invoice import LIVE, Invoice
from tests.contracts.model.refusal import refuse


def dispute(invoice: Invoice, member: str, units: int) -> None:
    """Dispute units, which freezes the record."""
    invoice.require_buyer(member)
    invoice.require_state("accepted")
    refuse("InvoiceBookUndertaken", when=invoice.undertaken)
    refuse("RecordBookNoUnits", when=units == 0)
    refuse("InvoiceBookTooManyUnits", when=units > invoice.outstanding)
    _freeze(invoice, "dispute")
    invoice.disputed = units
    invoice.disputes += 1


def withdraw_dispute(invoice: Invoice, member: str, number: int) -> None:
    """End the dispute of this number, from one, in favour of the holders."""
    invoice.require_buyer(member)
    _end(invoice, number)


def concede_dispute(invoice: Invoice, member: str, number: int) -> None:
    """End the dispute of this number, from one, in favour of the buyer."""
    invoice.require_supplier(member)
    units = _end(invoice, number)
    invoice.require_not_frozen()
    invoice.retire_paid(member, units)


def decide_dispute(invoice: Invoice, number: int, reductions: Sequence[tuple[str, int]]) -> None:
    """End the dispute of this number, from one, by a decision of the council."""
    disputed = _end(invoice, number)
    reduced = sum(units for _, units in reductions)
    refuse("InvoiceDisputesBeyondDispute", when=reduced > disputed)
    if reductions:
        invoice.require_not_frozen()
    for holder, units in reductions:
        invoice.retire_paid(holder, units)


def freeze(invoice: Invoice) -> None:
    """Freeze by decision of the council."""
    invoice.require_state(*LIVE)
    _freeze(invoice, "council")


def unfreeze(invoice: Invoice, cause: str) -> None:
    """Lift a freeze by decision of the council: its own, or a keeper's, which no invoice has."""
    invoice.require_state(*LIVE)
    refuse("RecordBookForeignFreeze", when=cause not in ("council", "keeper"))
    refuse("RecordBookNotFrozen", when=cause not in invoice.freezes)
    invoice.freezes.remove(cause)


def void(invoice: Invoice) -> None:
    """End a live record where it stands."""
    invoice.require_state(*LIVE)
    invoice.state = "voided"


def free_settled_keys(invoice: Invoice) -> None:
    """Free the strict keys of a settled invoice, which stays settled."""
    invoice.require_state("settled")
    invoice.freed = True


def _freeze(invoice: Invoice, cause: str) -> None:
    refuse("RecordBookAlreadyFrozen", when=cause in invoice.freezes)
    invoice.freezes.add(cause)


def _end(invoice: Invoice, number: int) -> int:
    invoice.require_state(*LIVE)
    units = invoice.disputed
    refuse("InvoiceDisputesNone", when=units == 0)
    refuse("InvoiceDisputesOther", when=number != invoice.disputes)
    invoice.disputed = 0
    invoice.freezes.remove("dispute")
    return units

"""What stops an invoice: disputes, freezes, and the council's voiding."""

from collections.abc import Sequence

from tests.contracts.model.invoice import LIVE, STANDING, Invoice
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


def withdraw_dispute(invoice: Invoice, member: str) -> None:
    """End a dispute in favour of the holders."""
    invoice.require_buyer(member)
    _end(invoice)


def concede_dispute(invoice: Invoice, member: str) -> None:
    """End a dispute in favour of the buyer."""
    invoice.require_supplier(member)
    units = _end(invoice)
    invoice.require_not_frozen()
    invoice.retire_paid(member, units)


def decide_dispute(invoice: Invoice, number: int, reductions: Sequence[tuple[str, int]]) -> None:
    """End the dispute of this number, from one, by a decision of the council."""
    refuse("InvoiceDisputesOther", when=number != invoice.disputes)
    disputed = _end(invoice)
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


def unfreeze(invoice: Invoice) -> None:
    """Lift the council's freeze."""
    invoice.require_state(*LIVE)
    refuse("RecordBookNotFrozen", when="council" not in invoice.freezes)
    invoice.freezes.remove("council")


def void(invoice: Invoice) -> None:
    """End a record where it stands: a live one, or one that is settled."""
    invoice.require_state(*STANDING)
    invoice.state = "voided"


def _freeze(invoice: Invoice, cause: str) -> None:
    refuse("RecordBookAlreadyFrozen", when=cause in invoice.freezes)
    invoice.freezes.add(cause)


def _end(invoice: Invoice) -> int:
    invoice.require_state(*LIVE)
    units = invoice.disputed
    refuse("InvoiceDisputesNone", when=units == 0)
    invoice.disputed = 0
    invoice.freezes.remove("dispute")
    return units

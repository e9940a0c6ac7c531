"""From the buyer's answer to the last payment: answers, credit notes, payments."""

from tests.contracts.model.invoice import BUYER, LIVE, Invoice, Payment
from tests.contracts.model.refusal import refuse


def accept(invoice: Invoice, member: str) -> None:
    """Accept an invoice."""
    _require_buyer_in_role(member)
    _require_answerable(invoice)
    invoice.state = "accepted"


def accept_part(invoice: Invoice, member: str, units: int) -> None:
    """Accept some units of an invoice; the others retire."""
    accept(invoice, member)
    refuse("RecordBookNoUnits", when=units == 0)
    refuse("InvoiceBookTooManyUnits", when=units >= invoice.outstanding)
    invoice.retire(invoice.supplier, invoice.outstanding - units)


def undertake(invoice: Invoice, member: str) -> None:
    """Undertake to pay."""
    _require_buyer_in_role(member)
    invoice.require_transferable()
    refuse("InvoiceBookUndertaken", when=invoice.undertaken)
    invoice.undertaken = True


def reject(invoice: Invoice, member: str) -> None:
    """Reject an invoice."""
    invoice.require_buyer(member)
    _require_answerable(invoice)
    invoice.end("rejected")


def cancel(invoice: Invoice, member: str) -> None:
    """Cancel an invoice."""
    invoice.require_supplier(member)
    invoice.require_state(*LIVE)
    invoice.require_not_frozen()
    refuse("InvoiceBookPaymentDeclared", when=invoice.payment_declared)
    refuse("InvoiceBookUnitsElsewhere", when=invoice.free(member) != invoice.outstanding)
    invoice.end("cancelled")


def credit(invoice: Invoice, member: str, units: int) -> None:
    """Enter a credit note."""
    invoice.require_supplier(member)
    invoice.require_transferable()
    invoice.retire_paid(member, units)


def declare_payment(invoice: Invoice, by: str | None, holder: str, units: int) -> None:
    """Declare a payment; None is the council, for a suspended buyer."""
    invoice.require_party(by, BUYER)
    invoice.require_state("accepted")
    refuse("RecordBookNoUnits", when=units == 0)
    refuse("RecordBookInsufficientUnits", when=units > invoice.held(holder))
    invoice.payments.append(Payment(holder, units))
    invoice.payment_declared = True


def confirm_payment(invoice: Invoice, by: str | None, number: int) -> None:
    """Confirm a payment; None is the council, for a suspended holder."""
    payment = _declared(invoice, number)
    invoice.require_party(by, payment.holder)
    invoice.require_transferable()
    payment.open = False
    invoice.retire_paid(payment.holder, payment.units)


def deny_payment(invoice: Invoice, member: str, number: int) -> None:
    """Deny a payment."""
    payment = _declared(invoice, number)
    refuse("RecordBookNotParty", when=member != payment.holder)
    payment.open = False


def withdraw_payment(invoice: Invoice, member: str, number: int) -> None:
    """Take the declaration of a payment back."""
    invoice.require_buyer(member)
    _declared(invoice, number).open = False


def _declared(invoice: Invoice, number: int) -> Payment:
    payment = invoice.payments[number]
    refuse("InvoicePaymentsNotDeclared", when=not payment.open)
    return payment


def _require_buyer_in_role(member: str) -> None:
    refuse("MembershipMissingRole", when=member != BUYER)


def _require_answerable(invoice: Invoice) -> None:
    invoice.require_state("registered")
    invoice.require_not_frozen()

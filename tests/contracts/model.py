"""What an invoice book must do, in Python: the oracle of the stateful test.

Each operation returns None and changes the model, or returns the name of the error that the
contract must raise and changes nothing. Membership is fixed: everybody is active.
"""

from dataclasses import dataclass, field

LIVE = ("registered", "accepted")


@dataclass(slots=True)
class Offer:
    """An offer, by names of members."""

    sender: str
    receiver: str
    units: int
    expires_at: int
    open: bool = True


@dataclass(slots=True)
class Invoice:
    """An invoice and its units: free and reserved by name of member."""

    supplier: str
    total: int
    keys: frozenset[bytes]
    state: str = "registered"
    retired: int = 0
    free: dict[str, int] = field(default_factory=dict)
    reserved: dict[str, int] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)

    def move_free(self, member: str, units: int) -> None:
        """Add units to what a member holds free; negative takes them."""
        self.free[member] = self.free.get(member, 0) + units

    def move_reserved(self, member: str, units: int) -> None:
        """Add units to what a member has reserved; negative takes them."""
        self.reserved[member] = self.reserved.get(member, 0) + units


class Book:
    """All invoices, by name of the record."""

    def __init__(self, buyer: str, financiers: tuple[str, ...]) -> None:
        self.buyer = buyer
        self.financiers = financiers
        self.invoices: dict[bytes, Invoice] = {}

    def holder(self, key: bytes) -> bytes | None:
        """The live record that holds a strict key."""
        holders = [
            record
            for record, invoice in self.invoices.items()
            if key in invoice.keys and invoice.state in LIVE
        ]
        assert len(holders) <= 1
        return holders[0] if holders else None

    def register(
        self, record: bytes, supplier: str, units: int, keys: frozenset[bytes]
    ) -> str | None:
        """Register an invoice for the buyer."""
        if any(self.holder(key) for key in keys):
            return "IdentityKeysTaken"
        self.invoices[record] = Invoice(supplier, units, keys, free={supplier: units})
        return None

    def accept(self, member: str, record: bytes) -> str | None:
        """Accept an invoice."""
        if member != self.buyer:
            return "MembershipMissingRole"
        invoice = self.invoices[record]
        if invoice.state != "registered":
            return "InvoiceBookWrongState"
        invoice.state = "accepted"
        return None

    def reject(self, member: str, record: bytes) -> str | None:
        """Reject an invoice."""
        if member != self.buyer:
            return "InvoiceBookNotBuyer"
        invoice = self.invoices[record]
        if invoice.state != "registered":
            return "InvoiceBookWrongState"
        self._end(invoice, "rejected")
        return None

    def cancel(self, member: str, record: bytes) -> str | None:
        """Cancel an invoice."""
        invoice = self.invoices[record]
        if member != invoice.supplier:
            return "InvoiceBookNotSupplier"
        if invoice.state not in LIVE:
            return "InvoiceBookWrongState"
        if invoice.free[member] != invoice.total:
            return "InvoiceBookUnitsElsewhere"
        self._end(invoice, "cancelled")
        return None

    def offer(self, record: bytes, offer: Offer) -> str | None:
        """Offer units."""
        invoice = self.invoices[record]
        if invoice.state != "accepted":
            return "InvoiceBookWrongState"
        if offer.sender == offer.receiver:
            return "RecordBookSelfOffer"
        if offer.receiver not in self.financiers:
            return "MembershipMissingRole"
        if offer.units == 0:
            return "RecordBookNoUnits"
        if offer.units > invoice.free.get(offer.sender, 0):
            return "RecordBookInsufficientUnits"
        invoice.move_free(offer.sender, -offer.units)
        invoice.move_reserved(offer.sender, offer.units)
        invoice.offers.append(offer)
        return None

    def accept_offer(self, member: str, record: bytes, number: int, now: int) -> str | None:
        """Accept an offer at a time."""
        invoice, offer = self._find(record, number)
        if member not in self.financiers:
            return "MembershipMissingRole"
        if not offer.open:
            return "RecordBookOfferNotOpen"
        if member != offer.receiver:
            return "RecordBookNotParty"
        if now > offer.expires_at:
            return "RecordBookOfferExpired"
        self._close(invoice, offer, offer.receiver)
        return None

    def reject_offer(self, member: str, record: bytes, number: int, _now: int) -> str | None:
        """Reject an offer."""
        invoice, offer = self._find(record, number)
        return self._take_back(invoice, offer, party=member == offer.receiver)

    def withdraw_offer(self, member: str, record: bytes, number: int, _now: int) -> str | None:
        """Withdraw an offer."""
        invoice, offer = self._find(record, number)
        return self._take_back(invoice, offer, party=member == offer.sender)

    def expire_offer(self, _member: str, record: bytes, number: int, now: int) -> str | None:
        """Free the units of an expired offer."""
        invoice, offer = self._find(record, number)
        if offer.open and now <= offer.expires_at:
            return "RecordBookOfferNotExpired"
        return self._take_back(invoice, offer, party=True)

    def _take_back(self, invoice: Invoice, offer: Offer, *, party: bool) -> str | None:
        if not offer.open:
            return "RecordBookOfferNotOpen"
        if not party:
            return "RecordBookNotParty"
        self._close(invoice, offer, offer.sender)
        return None

    def _find(self, record: bytes, number: int) -> tuple[Invoice, Offer]:
        invoice = self.invoices[record]
        return invoice, invoice.offers[number]

    def _close(self, invoice: Invoice, offer: Offer, holder: str) -> None:
        offer.open = False
        invoice.move_reserved(offer.sender, -offer.units)
        invoice.move_free(holder, offer.units)

    def _end(self, invoice: Invoice, state: str) -> None:
        invoice.state = state
        invoice.retired = invoice.total
        invoice.free[invoice.supplier] = 0

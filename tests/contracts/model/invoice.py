"""An invoice: where it stands, who holds its units, and what they promised."""

from dataclasses import dataclass, field

from tests.contracts.model.lots import Lot, Pledge
from tests.contracts.model.refusal import refuse

SUPPLIERS = ("supplier", "other_supplier")
FINANCIERS = ("financier", "other_financier")
BUYER = "buyer"

LIVE = ("registered", "accepted")
STANDING = (*LIVE, "settled")
"""States in which an invoice keeps its strict keys, unless the council freed them."""


@dataclass(slots=True)
class Offer:
    """An offer, by names of members."""

    sender: str
    receiver: str
    units: int
    expires_at: int
    open: bool = True


@dataclass(slots=True)
class Payment:
    """A payment that the buyer declared."""

    holder: str
    units: int
    open: bool = True


@dataclass(slots=True)
class Invoice:
    """An invoice.

    title: what each member holds, promised or not.
    suspended: the members of the book that are suspended.
    freed: whether the council freed its strict keys after it was settled.
    """

    supplier: str
    total: int
    keys: frozenset[bytes]
    title: dict[str, int]
    suspended: set[str]
    state: str = "registered"
    undertaken: bool = False
    payment_declared: bool = False
    retired: int = 0
    disputed: int = 0
    disputes: int = 0
    freed: bool = False
    freezes: set[str] = field(default_factory=set)
    offers: list[Offer] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    pledges: list[Pledge] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    @property
    def outstanding(self) -> int:
        """Units in circulation."""
        return self.total - self.retired

    @property
    def moving(self) -> bool:
        """Whether its units may pass to others."""
        return self.state == "accepted" and not self.freezes

    @property
    def holds_keys(self) -> bool:
        """Whether its strict keys are taken."""
        return self.state in STANDING and not self.freed

    @property
    def in_dispute(self) -> bool:
        """Whether a dispute waits for its end."""
        return self.state in LIVE and self.disputed > 0

    @property
    def stopped(self) -> bool:
        """Whether the council may lift a freeze of its own."""
        return self.state in LIVE and "council" in self.freezes

    def held(self, member: str) -> int:
        """All units of a member."""
        return self.title.get(member, 0)

    def reserved(self, member: str) -> int:
        """Units that its open offers promise."""
        return sum(offer.units for offer in self.offers if offer.open and offer.sender == member)

    def pledged(self, member: str) -> int:
        """Units that its lots lock."""
        return sum(lot.units for lot in self.lots if lot.pledgor == member)

    def free(self, member: str) -> int:
        """Units that it may dispose of."""
        return self.held(member) - self.reserved(member) - self.pledged(member)

    def move(self, sender: str, receiver: str, units: int) -> None:
        """Pass title."""
        self.title[sender] -= units
        self.title[receiver] = self.held(receiver) + units

    def retire(self, member: str, units: int) -> None:
        """Take free units out of circulation."""
        self.require_free(member, units)
        self.title[member] -= units
        self.retired += units

    def retire_paid(self, member: str, units: int) -> None:
        """Retire, and settle the invoice if that was all."""
        self.retire(member, units)
        if self.outstanding == 0:
            self.state = "settled"

    def end(self, state: str) -> None:
        """End an invoice of which the supplier holds everything."""
        self.state = state
        self.retire(self.supplier, self.outstanding)

    def require_free(self, member: str, units: int) -> None:
        """Refuse to dispose of no units or of more than are free."""
        refuse("RecordBookNoUnits", when=units == 0)
        refuse("RecordBookInsufficientUnits", when=units > self.free(member))

    def require_state(self, *states: str) -> None:
        """Refuse in any other state."""
        refuse("InvoiceBookWrongState", when=self.state not in states)

    def require_not_frozen(self) -> None:
        """Refuse while any cause freezes the record."""
        refuse("RecordBookFrozen", when=bool(self.freezes))

    def require_transferable(self) -> None:
        """Refuse unless units may move."""
        self.require_state("accepted")
        self.require_not_frozen()

    def require_taker(self, member: str) -> None:
        """Refuse members that may not take units."""
        refuse("MembershipNotActive", when=member in self.suspended)
        taker = member in FINANCIERS or member == self.supplier
        refuse("MembershipMissingRole", when=not taker)

    def require_party(self, by: str | None, member: str) -> None:
        """Refuse all but one member, and the council (None) if that member is active."""
        if by is None:
            refuse("RecordBookNotSuspended", when=member not in self.suspended)
        else:
            refuse("RecordBookNotParty", when=by != member)

    def require_buyer(self, member: str) -> None:
        """Refuse all but the buyer."""
        refuse("InvoiceBookNotBuyer", when=member != BUYER)

    def require_supplier(self, member: str) -> None:
        """Refuse all but the supplier."""
        refuse("InvoiceBookNotSupplier", when=member != self.supplier)

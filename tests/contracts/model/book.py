"""All invoices, and how one begins."""

from copy import deepcopy
from dataclasses import dataclass, field

from tests.contracts.model.invoice import BUYER, Invoice
from tests.contracts.model.refusal import refuse


@dataclass(slots=True)
class Book:
    """All invoices, by name of the record, and the members that are suspended."""

    invoices: dict[bytes, Invoice] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)

    def register(self, record: bytes, supplier: str, units: int, keys: frozenset[bytes]) -> None:
        """Register an invoice for the buyer."""
        refuse("MembershipNotActive", when=BUYER in self.suspended)
        refuse("IdentityKeysTaken", when=any(self.holder(key) for key in keys))
        self.invoices[record] = Invoice(
            supplier, units, keys, title={supplier: units}, suspended=self.suspended
        )

    def holder(self, key: bytes) -> bytes | None:
        """The record that holds a strict key."""
        holders = [
            record
            for record, invoice in self.invoices.items()
            if key in invoice.keys and invoice.holds_keys
        ]
        assert len(holders) <= 1
        return holders[0] if holders else None

    def draft(self, record: bytes) -> Invoice:
        """An invoice to try an operation on; `invoices` keeps the old one."""
        shared = {id(self.suspended): self.suspended}
        return deepcopy(self.invoices[record], shared)

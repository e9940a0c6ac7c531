"""What the invoice book says of an invoice, and what members say of it to the book."""

from dataclasses import dataclass
from enum import IntEnum

from ledger.chain.record_forms import Freeze
from ledger.types import Digest, MemberId, RecordId, Units, UnixTime

MAX_REPEATS = 2**32 - 1
"""The most repeats of an alert key that a clearance can allow."""


class InvoiceState(IntEnum):
    """Where an invoice stands. The numbers are those of the contract."""

    UNKNOWN = 0
    REGISTERED = 1
    ACCEPTED = 2
    REJECTED = 3
    CANCELLED = 4
    SETTLED = 5
    VOIDED = 6


class PaymentState(IntEnum):
    """Where a payment stands. The numbers are those of the contract."""

    UNKNOWN = 0
    DECLARED = 1
    CONFIRMED = 2
    DENIED = 3
    WITHDRAWN = 4


@dataclass(frozen=True, slots=True)
class Registration:
    """What a supplier says of an invoice when registering it.

    due_date: None if the invoice names none.
    alert_keys: (kind, key) pairs.
    """

    commitment: Digest
    buyer: MemberId
    units: Units
    due_date: UnixTime | None
    strict_keys: tuple[bytes, ...]
    alert_keys: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Units that the buyer does not want to pay for.

    number: of the dispute in its record, from one; whoever ends it names it by this number.
    """

    number: int
    units: Units


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """An invoice's record at one block.

    pledged: units under pledge, of all positions together.
    freezes: why it is frozen; empty if it is not.
    dispute: the one that is open; None if there is none.
    undertaken_at: when the buyer undertook irrevocably to pay; None if it did not.
    payment_declared: whether any payment was ever declared.
    overdue: whether it is accepted, and not paid in full after its due date.
    """

    id: RecordId
    supplier: MemberId
    buyer: MemberId
    commitment: Digest
    total: Units
    retired: Units
    pledged: Units
    freezes: tuple[Freeze, ...]
    dispute: Dispute | None
    state: InvoiceState
    registered_at: UnixTime
    accepted_at: UnixTime | None
    due_date: UnixTime | None
    undertaken_at: UnixTime | None
    payment_declared: bool
    overdue: bool

    @property
    def outstanding(self) -> Units:
        """Units in circulation."""
        return Units(self.total - self.retired)

    @property
    def disputed(self) -> Units:
        """Units that the buyer does not want to pay for."""
        return Units(0) if self.dispute is None else self.dispute.units


@dataclass(frozen=True, slots=True)
class Clearance:
    """What a financier found when it verified an invoice, and relies on when it accepts an offer.

    commitment: the record's, from the invoice and its opening.
    units, terms: of the offer; terms are a commitment to them, all zero if there are none.
    strict_keys: recomputed from the invoice; the record must hold each.
    alert_keys: recomputed from the invoice; other records may share them, and at least one must
    have noted each.
    undertaken: whether the buyer must have undertaken to pay.
    pledged_at_most: units of the record that may stand under pledge.
    repeats_at_most: how often any alert key was given again, as far as the financier knows; at
    least once if another record was the first to note it.
    history: digest of the record's history after which nothing more may have happened; None if
    later events do not matter.
    """

    commitment: Digest
    units: Units
    terms: Digest
    strict_keys: tuple[bytes, ...]
    alert_keys: tuple[bytes, ...]
    undertaken: bool
    pledged_at_most: Units
    repeats_at_most: int
    history: Digest | None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that the buyer declared.

    units: those that it is for.
    advice: commitment to its particulars; all zero if there is none.
    """

    id: int
    holder: MemberId
    units: Units
    advice: Digest
    declared_at: UnixTime
    state: PaymentState


@dataclass(frozen=True, slots=True)
class Reduction:
    """Units of a holder that retire because the council upheld a dispute."""

    holder: MemberId
    units: Units

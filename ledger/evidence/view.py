"""What the Verifier asks of a node, in terms of the ledger.

Implementations raise TransportError when the node does not answer, answers out of protocol, or
is one of another chain. Everything but the head is asked at a block, so that all answers of one
verification describe one state.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ledger.types import BlockRef, ChainId, Digest, MemberId, RecordId, Units, UnixTime


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a leaf still stands.

    revoked_at: when its member revoked or superseded it; None while it stands.
    successor: hash of the leaf that replaces it; None unless it was superseded.
    """

    revoked_at: UnixTime | None
    successor: Digest | None


class ReceivableStatus(StrEnum):
    """Where an invoice stands in the invoice book."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    SETTLED = "settled"
    VOIDED = "voided"


class FreezeCause(StrEnum):
    """Why a record is frozen, so that no unit changes hands, is pledged or retires."""

    COUNCIL = "council"
    KEEPER = "keeper"
    DISPUTE = "dispute"
    LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Holding:
    """What one member holds of a receivable, in units.

    free: may be offered. reserved: taken by open offers. pledged: given as security.
    """

    member: MemberId
    free: Units
    reserved: Units
    pledged: Units

    @property
    def total(self) -> Units:
        """All units of the member."""
        return Units(self.free + self.reserved + self.pledged)


@dataclass(frozen=True, slots=True)
class Receivable:
    """A record of the invoice book at one block.

    commitment: of the statement that the record was registered with.
    freezes: why it is frozen; empty if it is not.
    disputed: units that the buyer does not want to pay for.
    undertaken_at: when the buyer undertook irrevocably to pay; None if it did not.
    overdue: whether it is accepted, and not paid in full after its due date.
    strict_keys: identity keys that the record was registered with, 32 bytes each, in no order.
    total: units issued. retired: units taken out of circulation, by payment or credit.
    holdings: every member that holds units, each once.
    history: running hash of all that happened to the record.
    """

    commitment: Digest
    supplier: MemberId
    buyer: MemberId
    status: ReceivableStatus
    freezes: tuple[FreezeCause, ...]
    disputed: Units
    undertaken_at: UnixTime | None
    overdue: bool
    strict_keys: frozenset[bytes]
    total: Units
    retired: Units
    holdings: tuple[Holding, ...]
    history: Digest

    @property
    def pledged(self) -> Units:
        """Units under pledge, of all holders together."""
        return Units(sum(holding.pledged for holding in self.holdings))


class ChainView(Protocol):
    """A node that the caller of a verification trusts to describe the chain."""

    def chain_id(self) -> ChainId:
        """The chain that the node is on."""
        ...

    def head(self) -> BlockRef:
        """The newest block."""
        ...

    def canonical_hash(self, number: int) -> bytes | None:
        """Hash of the canonical block at a height; None above the head."""
        ...

    def anchor_exists(self, member: MemberId, root: Digest, *, at: BlockRef) -> bool:
        """Whether the notary's state holds the member's anchor of the root."""
        ...

    def standing(self, member: MemberId, leaf_hash: Digest, *, at: BlockRef) -> Standing:
        """Whether the member revoked or superseded a leaf of its anchors."""
        ...

    def receivable(self, record: RecordId, *, at: BlockRef) -> Receivable | None:
        """A record of the invoice book; None if the book has none of this name."""
        ...

    def strict_key_holder(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        """The record that holds a strict key; None if the key is free."""
        ...

    def alert_key_first(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        """The first record that noted an alert key; None if none did."""
        ...

    def alert_repeats(self, key: bytes, *, at: BlockRef) -> int:
        """How often an alert key was seen again after the first record that noted it."""
        ...

"""What the record books say of any record: positions, offers, pledges, freezes and histories."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from ledger.errors import NodeError
from ledger.types import Digest, MemberId, Units, UnixTime


class Freeze(IntEnum):
    """Why a record is frozen. The numbers are those of the contract."""

    COUNCIL = 0
    KEEPER = 1
    DISPUTE = 2
    LOSS = 3


class ItemKind(StrEnum):
    """What a record has several of, each with a number. The contracts' events name it so."""

    OFFER = "offer"
    PLEDGE = "pledge"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Item:
    """An offer, pledge or payment of a record, by its number from zero."""

    kind: ItemKind
    number: int


class OfferState(IntEnum):
    """Where an offer stands. The numbers are those of the contract."""

    UNKNOWN = 0
    OPEN = 1
    ACCEPTED = 2
    REJECTED = 3
    WITHDRAWN = 4
    EXPIRED = 5


class PledgeState(IntEnum):
    """Where a pledge stands. The numbers are those of the contract."""

    UNKNOWN = 0
    OPEN = 1
    RELEASED = 2
    ENFORCED = 3
    EXTINGUISHED = 4


@dataclass(frozen=True, slots=True)
class Position:
    """What a member holds of a record."""

    free: Units
    reserved: Units
    pledged: Units

    @property
    def total(self) -> Units:
        """All units of the position."""
        return Units(self.free + self.reserved + self.pledged)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of units from one member to another.

    terms: commitment to its terms; all zero if there are none.
    """

    id: int
    sender: MemberId
    recipient: MemberId
    units: Units
    terms: Digest
    expires_at: UnixTime
    state: OfferState

    def expired(self, now: UnixTime) -> bool:
        """Whether it is over at a block's time and nobody closed it: its units are reserved."""
        return self.state is OfferState.OPEN and now > self.expires_at


@dataclass(frozen=True, slots=True)
class Security:
    """What a member pledges units for.

    enforceable_from: when the pledgee may take the units.
    terms: commitment to the terms of the secured debt; all zero if there is none.
    """

    pledgee: MemberId
    units: Units
    enforceable_from: UnixTime
    terms: Digest


@dataclass(frozen=True, slots=True)
class Pledge:
    """A pledge of units by one member to another.

    security: its units are those that it still secures with.
    lot: the units that it is a pledge of, by number. rank: in that lot, from one; None unless open.
    """

    id: int
    pledgor: MemberId
    security: Security
    lot: int
    rank: int | None
    state: PledgeState


@dataclass(frozen=True, slots=True)
class History:
    """Counter and running hash of everything that happened to a record, or that a member did."""

    count: int
    digest: Digest


def freezes_of(bits: int) -> tuple[Freeze, ...]:
    """The causes in a contract's bit field. Raises NodeError for one that there is not."""
    causes = tuple(cause for cause in Freeze if bits & 1 << cause)
    if sum(1 << cause for cause in causes) != bits:
        raise NodeError(f"the node answered {bits}, which is no set of causes of a freeze")
    return causes

"""Units given as security: lots, and the pledges of each in the order of their ranks."""

from dataclasses import dataclass, field

from tests.contracts.model.refusal import refuse

RANKS = 8


@dataclass(slots=True, eq=False)
class Pledge:
    """A pledge, by name of the member that it secures."""

    pledgee: str
    units: int
    enforceable_from: int
    lot: "Lot"

    @property
    def open(self) -> bool:
        """Whether it still secures anything."""
        return self in self.lot.ranking

    @property
    def rank(self) -> int:
        """Its rank, from one; zero if it is not open."""
        return self.lot.ranking.index(self) + 1 if self.open else 0


@dataclass(slots=True, eq=False)
class Lot:
    """Units of a pledgor that one or more pledges lock together."""

    pledgor: str
    ranking: list[Pledge] = field(default_factory=list)

    @property
    def units(self) -> int:
        """What is locked: as much as the largest pledge needs."""
        return max((pledge.units for pledge in self.ranking), default=0)

    def add(self, pledgee: str, units: int, enforceable_from: int) -> Pledge:
        """Add a pledge in the last rank."""
        pledge = Pledge(pledgee, units, enforceable_from, self)
        self.ranking.append(pledge)
        return pledge

    def reduce(self, pledge: Pledge, units: int) -> None:
        """Let a pledge secure with so much less."""
        pledge.units -= units
        self._drop_empty()

    def take(self, pledge: Pledge, units: int) -> None:
        """Let the first pledge take units out of the lot."""
        left = self.units - units
        pledge.units -= units
        for other in self.ranking:
            other.units = min(other.units, left)
        self._drop_empty()

    def _drop_empty(self) -> None:
        self.ranking = [pledge for pledge in self.ranking if pledge.units]


def require_takeable(pledge: Pledge, member: str, units: int) -> None:
    """Refuse what may be neither released nor enforced by this member."""
    refuse("RecordBookPledgeNotOpen", when=not pledge.open)
    refuse("RecordBookNotParty", when=member != pledge.pledgee)
    refuse("RecordBookNoUnits", when=units == 0)
    refuse("RecordBookPledgeTooSmall", when=units > pledge.units)

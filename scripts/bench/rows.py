"""What is measured, and how it stands to its peer and to its goal."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

_FEWEST_SIZES = 3


class Sense(Enum):
    """Which side of the ratio is the good one."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Goal:
    """What our figure divided by the peer's is to be."""

    sense: Sense
    ratio: float

    def is_met(self, ratio: float) -> bool:
        """Whether a ratio is as good as the goal, or better."""
        return ratio >= self.ratio if self.sense is Sense.AT_LEAST else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{self.sense.value} {self.ratio:g}"


def at_least(ratio: float) -> Goal:
    """The goal of a rate: the more, the better."""
    return Goal(Sense.AT_LEAST, ratio)


def at_most(ratio: float) -> Goal:
    """The goal of a duration, a size or a price: the less, the better."""
    return Goal(Sense.AT_MOST, ratio)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    stage: the name to run it alone by. size: what was done, and how much of it. unit: of both
    figures. peer: whom or what it stands beside. theirs: None if the peer is not there, and then
    the note says why; nor is there a ratio then. goal: None if none is set. runs: of ours; a figure
    is their median.
    """

    stage: str
    size: str
    unit: str
    ours: float
    peer: str
    theirs: float | None
    goal: Goal | None = None
    note: str = ""
    runs: int = 1

    @property
    def ratio(self) -> float | None:
        """Our figure divided by the peer's."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None if there is no goal or no ratio."""
        if self.goal is None or self.ratio is None:
            return None
        return self.goal.is_met(self.ratio)


@dataclass(frozen=True, slots=True)
class Growth:
    """What one document costs as they become more. Costs are in the unit, by number of documents.

    note: what keeps larger ones away, if anything does.
    """

    stage: str
    what: str
    unit: str
    costs: Mapping[int, float]
    note: str = ""

    @property
    def factor(self) -> float | None:
        """What one costs among the most, in terms of what it costs among the second fewest.

        The fewest pay for what has to be done once, however many they are. None of fewer than
        three sizes, which show nothing else.
        """
        sizes = sorted(self.costs)
        if len(sizes) < _FEWEST_SIZES:
            return None
        return self.costs[sizes[-1]] / self.costs[sizes[1]]


@dataclass(frozen=True, slots=True)
class Missing:
    """A stage that could not be measured, and why."""

    stage: str
    reason: str


Result = Row | Growth | Missing

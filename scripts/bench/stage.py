"""What a stage is told: how much it is to do, and where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from scripts.bench.rows import Goal, Result

_Value = TypeVar("_Value")


class Scale(Enum):
    """How much is done. TRIAL measures nothing worth reading; it shows that all parts work."""

    TRIAL = 0
    QUICK = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Bench:
    """A run. folder: for what the stages write; it is removed in the end."""

    scale: Scale
    folder: Path

    def of(self, trial: _Value, quick: _Value, full: _Value) -> _Value:
        """What belongs to the scale of this run."""
        return (trial, quick, full)[self.scale.value]

    @property
    def rounds(self) -> int:
        """How often each takes its turn."""
        return self.of(1, 3, 5)

    def growing(self, most: int = 10**6) -> list[int]:
        """The numbers of documents at which growth is measured, up to the most."""
        sizes = (10**power for power in range(3, self.of(3, 5, 6) + 1))
        return [size for size in sizes if size <= most]

    def goal(self, goal: Goal) -> Goal | None:
        """A goal, which is set for the sizes of a full run; none at others."""
        return goal if self.scale is Scale.FULL else None


Stage = Callable[[Bench], Iterator[Result]]

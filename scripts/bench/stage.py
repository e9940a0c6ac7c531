"""What a stage is told: how much it is to do, and where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from scripts.bench.rows import Result

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


Stage = Callable[[Bench], Iterator[Result]]

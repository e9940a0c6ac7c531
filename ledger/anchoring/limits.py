"""When a block counts as final, and how patient the submitter is."""

from dataclasses import dataclass
from enum import StrEnum


class Finality(StrEnum):
    """When a block counts as final."""

    DEPTH = "depth"
    """When enough blocks stand on top of it."""

    ENGINE = "engine"
    """When the engine says so, by the block tag `finalized`."""


@dataclass(frozen=True, slots=True)
class SubmitLimits:
    """How patient the submitter is.

    confirmations: blocks that must stand on top of a block before it counts as final by depth; 0
    for an engine that never takes a block back.
    resend_seconds: after which a transaction that no block holds is sent again.
    """

    confirmations: int
    resend_seconds: int
    finality: Finality = Finality.DEPTH

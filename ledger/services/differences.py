"""What deriving the anchors anew can find."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Difference(StrEnum):
    """What does not fit together."""

    LEAF = "leaf"
    """What opens a document's commitment does not lead to its leaf."""

    PLACES = "places"
    """The places of a batch are not each taken by one document."""

    ROOT = "root"
    """The leaves of a batch do not lead to its root, or are not as many as it says."""

    MISSING = "missing"
    """The chain holds no anchor of a batch that counts as mined or final."""

    DOUBLE = "double"
    """The chain holds an anchor twice, or two batches have one root."""

    SIZE = "size"
    """The chain says another number of leaves."""

    PLACE = "place"
    """The anchor stands in another transaction or block than is kept."""

    PROOF = "proof"
    """What is kept as the proof of an anchor is missing, or does not prove it."""

    NOT_CANONICAL = "not-canonical"
    """A batch counts as final by a block that is not on the node's chain."""

    UNKNOWN = "unknown"
    """The chain holds an anchor of a member of ours that no batch asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference. batch: None for an anchor that belongs to none."""

    what: Difference
    batch: UUID | None
    detail: str


@dataclass(frozen=True, slots=True)
class Derived:
    """What was derived. events: anchors on the chain of members that have batches here."""

    batches: int
    documents: int
    events: int
    differences: tuple[Found, ...]


class Progress:
    """Hears how far it is. Both parts are counted together."""

    def begin(self, steps: int) -> None:
        """So many steps will be taken."""

    def step(self, steps: int) -> None:
        """So many more were taken."""

    def end(self) -> None:
        """No more will be taken."""

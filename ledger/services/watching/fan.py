"""Several observers as one, which never raises."""

import logging
from collections.abc import Callable, Sequence
from uuid import UUID

from ledger.anchoring.observer import ClosedBatch, Kind, Move, Observer, Stage
from ledger.store.outbox import Outgoing
from ledger.types import MemberId

_LOG = logging.getLogger(__name__)


class Observers:
    """Tells each observer what it hears.

    What an observer raises is logged and goes no further: what is told of has happened already, and
    whoever tells it must go on with its work.
    """

    def __init__(self, *observers: Observer) -> None:
        self._observers: Sequence[Observer] = observers

    def accepted(
        self, kind: Kind, identifier: UUID, member: MemberId, *, documents: int = 1
    ) -> None:
        """A request was kept."""
        self._tell(lambda each: each.accepted(kind, identifier, member, documents=documents))

    def batched(self, batch: ClosedBatch) -> None:
        """Documents got their places in a tree."""
        self._tell(lambda each: each.batched(batch))

    def moved(self, move: Move) -> None:
        """A transaction reached a stage."""
        self._tell(lambda each: each.moved(move))

    def failed(self, stage: Stage, item: Outgoing, error: Exception) -> None:
        """The next step of a transaction failed."""
        self._tell(lambda each: each.failed(stage, item, error))

    def troubled(self, part: str, error: Exception) -> None:
        """A part of the worker's round did not go through."""
        self._tell(lambda each: each.troubled(part, error))

    def _tell(self, what: Callable[[Observer], None]) -> None:
        for observer in self._observers:
            try:
                what(observer)
            except Exception:  # noqa: BLE001 - the work told of must go on, whatever it is
                _LOG.exception("an observer met a defect")

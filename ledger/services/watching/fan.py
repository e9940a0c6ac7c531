"""Several observers as one."""

from collections.abc import Sequence
from uuid import UUID

from ledger.anchoring.observer import ClosedBatch, Kind, Observer, Stage
from ledger.store.outbox import Outgoing
from ledger.types import Address, BlockRef, MemberId


class Observers:
    """Tells each observer what it hears."""

    def __init__(self, *observers: Observer) -> None:
        self._observers: Sequence[Observer] = observers

    def accepted(
        self, kind: Kind, identifier: UUID, member: MemberId, *, documents: int = 1
    ) -> None:
        """A request was kept."""
        for observer in self._observers:
            observer.accepted(kind, identifier, member, documents=documents)

    def batched(self, batch: ClosedBatch) -> None:
        """Documents got their places in a tree."""
        for observer in self._observers:
            observer.batched(batch)

    def moved(
        self,
        stage: Stage,
        item: Outgoing,
        *,
        transaction_hash: bytes | None = None,
        block: BlockRef | None = None,
        signer: Address | None = None,
        nonce: int | None = None,
        reason: str | None = None,
    ) -> None:
        """A transaction reached a stage."""
        for observer in self._observers:
            observer.moved(
                stage,
                item,
                transaction_hash=transaction_hash,
                block=block,
                signer=signer,
                nonce=nonce,
                reason=reason,
            )

    def failed(self, stage: Stage, item: Outgoing, error: Exception) -> None:
        """The next step of a transaction failed."""
        for observer in self._observers:
            observer.failed(stage, item, error)

    def troubled(self, part: str, error: Exception) -> None:
        """A part of the worker's round did not go through."""
        for observer in self._observers:
            observer.troubled(part, error)

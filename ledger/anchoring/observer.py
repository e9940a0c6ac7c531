"""What anchoring tells about itself while it works, for those who count and who write logs.

Telling is for people who watch. Nothing rests on it: what is told may be lost with the process, and
an observer neither raises nor waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self
from uuid import UUID

from ledger.chain.port import SendRefused
from ledger.errors import Refusal, SealbookError
from ledger.store.attempts import Attempt
from ledger.store.outbox import Outgoing
from ledger.types import Address, BlockRef, MemberId

DEFECT = "defect"
"""The kind of a failure that nobody raised on purpose."""


class Stage(StrEnum):
    """How far something is on its way to the chain, in the words that people are shown."""

    ACCEPTED = "accepted"
    """It is kept, and waits for its batch."""

    BATCHED = "batched"
    """It has its place in a tree, or needs none, and waits for a signature."""

    SIGNED = "signed"
    BROADCAST = "broadcast"
    MINED = "mined"
    FINAL = "final"
    REFUSED = "refused"
    SET_ASIDE = "set-aside"


class Kind(StrEnum):
    """What is accepted by one request."""

    DOCUMENT = "document"
    BUNDLE = "bundle"
    OPERATION = "operation"


@dataclass(frozen=True, slots=True)
class ClosedBatch:
    """A batch that was put together.

    transaction: what is to anchor it. size: leaves, those of bundles included.
    documents, bundles: what is in it, in order.
    """

    id: UUID
    member: MemberId
    transaction: UUID
    size: int
    documents: Sequence[UUID]
    bundles: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Move:
    """A transaction that reached a stage, or was taken back to it, and what is known of it there.

    reason: the kind (`kind_of`) of why it was taken back, refused or set aside.
    """

    stage: Stage
    item: Outgoing
    transaction_hash: bytes | None = None
    block: BlockRef | None = None
    signer: Address | None = None
    nonce: int | None = None
    reason: str | None = None

    @classmethod
    def of_attempt(
        cls, stage: Stage, item: Outgoing, attempt: Attempt, reason: str | None = None
    ) -> Self:
        """A transaction that reached a stage by one of its signed forms."""
        return cls(
            stage,
            item,
            transaction_hash=attempt.hash,
            signer=attempt.signer,
            nonce=attempt.nonce,
            reason=reason,
        )


class Observer(Protocol):
    """Hears of every step after it was committed, on the thread that took it."""

    def accepted(
        self, kind: Kind, identifier: UUID, member: MemberId, *, documents: int = 1
    ) -> None:
        """A request was kept. documents: how many it handed in."""
        ...

    def batched(self, batch: ClosedBatch) -> None:
        """Documents got their places in a tree."""
        ...

    def moved(self, move: Move) -> None:
        """A transaction reached a stage, or was taken back to it."""
        ...

    def failed(self, stage: Stage, item: Outgoing, error: Exception) -> None:
        """The next step of a transaction failed. stage: where it stays."""
        ...

    def troubled(self, part: str, error: Exception) -> None:
        """A part of a round did not go through: batching, checking, submitting or following."""
        ...


class _Silent:
    def accepted(
        self, kind: Kind, identifier: UUID, member: MemberId, *, documents: int = 1
    ) -> None:
        pass

    def batched(self, batch: ClosedBatch) -> None:
        pass

    def moved(self, move: Move) -> None:
        pass

    def failed(self, stage: Stage, item: Outgoing, error: Exception) -> None:
        pass

    def troubled(self, part: str, error: Exception) -> None:
        pass


SILENT: Observer = _Silent()
"""For those whom nobody watches."""


def stage_of(item: Outgoing) -> Stage:
    """Where a transaction is: queued is called batched towards people."""
    return _STAGES[item.state.value]


_STAGES = {"queued": Stage.BATCHED} | {
    stage.value: stage
    for stage in (Stage.SIGNED, Stage.BROADCAST, Stage.MINED, Stage.FINAL, Stage.REFUSED)
}


def kind_of(error: Exception) -> str:
    """The kind of a failure: a word of a closed vocabulary, never a sentence."""
    if isinstance(error, SendRefused):
        return error.failure.value
    if isinstance(error, Refusal):
        return error.rule
    if isinstance(error, SealbookError) and type(error) is not SealbookError:
        return error.code
    return DEFECT

"""Writes the way of every document to the log, so that a search for its id shows all of it."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from uuid import UUID

from ledger.anchoring.observer import DEFECT, ClosedBatch, Kind, Move, Stage, kind_of, stage_of
from ledger.errors import SealbookError
from ledger.services.watching.event_log import EventLog, Level
from ledger.store import contents
from ledger.store.contents import Contents
from ledger.store.engine import Store
from ledger.store.outbox import Outgoing, Purpose
from ledger.types import MemberId, to_hex

IDS_OF_A_LINE = 100
"""Documents that one line names at most: a line stays short enough to be read and searched."""

MAX_REMEMBERED = 200_000
"""Names of documents that are kept at hand from one stage to the next."""

_CARRIED = {Purpose.ANCHOR: contents.of_anchor, Purpose.OPERATION: contents.of_operation}
_Names = tuple[Sequence[UUID] | None, Sequence[UUID] | None]


class Journal:
    """The observer that writes events. Its store is read only for what it did not see before."""

    def __init__(self, log: EventLog, store: Store) -> None:
        self._log = log
        self._store = store
        self._known: OrderedDict[UUID, Contents] = OrderedDict()
        self._remembered = 0
        self._lock = threading.Lock()

    def accepted(
        self, kind: Kind, identifier: UUID, member: MemberId, *, documents: int = 1
    ) -> None:
        """`document.accepted`, `bundle.accepted` or `operation.accepted`."""
        size = documents if kind is Kind.BUNDLE else None
        self._log.tell(
            f"{kind.value}.{Stage.ACCEPTED.value}",
            **{kind.value: identifier},
            member=member,
            size=size,
        )

    def batched(self, batch: ClosedBatch) -> None:
        """`batch.batched`, once for each hundred of its documents."""
        found = Contents(batch.id, tuple(batch.documents), tuple(batch.bundles))
        self._remember(batch.transaction, found)
        for documents, bundles in _lines(found):
            self._log.tell(
                "batch.batched",
                batch=batch.id,
                transaction=batch.transaction,
                member=batch.member,
                size=batch.size,
                documents=documents,
                bundles=bundles,
            )

    def moved(self, move: Move) -> None:
        """`transaction.` and the stage, once for each hundred of its documents."""
        self._tell(
            f"transaction.{move.stage.value}",
            Level.INFO if move.reason is None else Level.WARNING,
            move.item,
            hash=None if move.transaction_hash is None else to_hex(move.transaction_hash),
            block=None if move.block is None else move.block.number,
            block_hash=None if move.block is None else to_hex(move.block.hash),
            signer=move.signer,
            nonce=move.nonce,
            reason=move.reason,
        )
        if move.stage in (Stage.FINAL, Stage.REFUSED):
            self._forget(move.item.id)

    def failed(self, stage: Stage, item: Outgoing, error: Exception) -> None:
        """`transaction.failed`, with where it stays and why."""
        self._tell(
            "transaction.failed",
            Level.WARNING,
            item,
            stage=stage.value,
            reason=kind_of(error),
            message=_sentence(error),
        )

    def troubled(self, part: str, error: Exception) -> None:
        """`worker.troubled`, with the part of the round that did not go through and why."""
        kind = kind_of(error)
        level = Level.ERROR if kind == DEFECT else Level.WARNING
        self._log.tell("worker.troubled", level, part=part, reason=kind, message=_sentence(error))

    def _tell(self, event: str, level: Level, item: Outgoing, **fields: object) -> None:
        found = self._contents(item)
        for documents, bundles in _lines(found):
            self._log.tell(
                event,
                level,
                transaction=item.id,
                member=item.member,
                purpose=item.purpose.value,
                batch=found.batch,
                operation=found.operation,
                **fields,
                documents=documents,
                bundles=bundles,
            )

    def _contents(self, item: Outgoing) -> Contents:
        known = self._known.get(item.id)
        if known is not None:
            return known
        read = _CARRIED.get(item.purpose)
        if read is None:  # a filler carries nothing
            return Contents()
        try:
            with self._store.reading() as connection:
                found = read(connection, item.id)
        except SealbookError:
            return Contents()  # the line is written all the same
        # What is final or refused is told once more at most.
        if stage_of(item) not in (Stage.FINAL, Stage.REFUSED):
            self._remember(item.id, found)
        return found

    def _remember(self, transaction: UUID, found: Contents) -> None:
        self._forget(transaction)
        with self._lock:
            self._known[transaction] = found
            self._remembered += _weight(found)
            while self._remembered > MAX_REMEMBERED:
                _, oldest = self._known.popitem(last=False)
                self._remembered -= _weight(oldest)

    def _forget(self, transaction: UUID) -> None:
        with self._lock:
            known = self._known.pop(transaction, None)
            if known is not None:
                self._remembered -= _weight(known)


def _weight(found: Contents) -> int:
    return 1 + len(found.documents) + len(found.bundles)


def _lines(found: Contents) -> Iterator[_Names]:
    """The names that each line bears; one line without any if there are none."""
    most = max(len(found.documents), len(found.bundles), 1)
    for start in range(0, most, IDS_OF_A_LINE):
        end = start + IDS_OF_A_LINE
        yield found.documents[start:end] or None, found.bundles[start:end] or None


def _sentence(error: Exception) -> str | None:
    # What an exception says that nobody raised on purpose may hold anything; its trace is logged.
    return str(error) if isinstance(error, SealbookError) else None

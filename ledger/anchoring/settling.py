"""From mined to final: when a block is final, what the transaction did there counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from ledger.anchoring.audit import Audit
from ledger.anchoring.delays import SET_ASIDE_SECONDS, delay_seconds
from ledger.anchoring.observer import Move, Observer, Stage
from ledger.anchoring.problems import read_problem, write_problem
from ledger.anchoring.proofs import prove_anchor
from ledger.anchoring.round import Round
from ledger.chain.notary import Notary
from ledger.chain.port import Chain, Receipt
from ledger.chain.sending import reason_of_failure
from ledger.errors import NodeError, Refusal
from ledger.store import attempts, batches, outbox
from ledger.store.attempts import Attempt, AttemptKind, Outcome
from ledger.store.engine import Store
from ledger.store.outbox import Mined, Outgoing, Purpose
from ledger.types import UnixTime


@dataclass(frozen=True, slots=True)
class _Ending:
    """What becomes of one transaction, once all that is asked of the chain was answered.

    keep: writes it down. reason: the kind of what ends or takes back, None if all went well.
    """

    item: Outgoing
    receipt: Receipt
    stage: Stage
    keep: Callable[[Connection], None]
    reason: str | None = None


class Settling:
    """Ends transactions that the chain holds, or sends them again if it does not any more."""

    def __init__(
        self, store: Store, chain: Chain, notary: Notary, audit: Audit, observer: Observer
    ) -> None:
        self._store = store
        self._chain = chain
        self._notary = notary
        self._audit = audit
        self._observer = observer

    def settle(self, items: Sequence[Outgoing], current: Round) -> int:
        """Make mined transactions final once their blocks are. Returns how many were moved."""
        current.read_blocks([_mined(item).block.number for item in items])
        gone, final = [], []
        for item in items:
            block = _mined(item).block
            if not current.is_canonical(block):
                gone.append(item)
            elif current.is_final(block):
                final.append(item)
        for item in gone:
            self._send_again(item, current.now)
        return len(gone) + self._finish(final, current)

    def _send_again(self, item: Outgoing, now: UnixTime) -> None:
        with self._store.writing() as connection:
            is_signed = bool(attempts.open_of(connection, [item.id])[item.id])
            if is_signed:
                outbox.mark_signed(connection, item, now=now, problem=item.problem)
            else:
                outbox.requeue(connection, item, problem=None, due_at=now)
        back_to = Stage.SIGNED if is_signed else Stage.BATCHED
        self._observer.moved(Move(back_to, item, reason="reorganised"))

    def _finish(self, items: Sequence[Outgoing], current: Round) -> int:
        if not items:
            return 0
        receipts = self._chain.receipts_of([_mined(item).transaction_hash for item in items])
        with self._store.reading() as connection:
            found = attempts.open_of(connection, [item.id for item in items])
        endings = [
            self._end(item, found[item.id], receipt, current)
            for item, receipt in zip(items, receipts, strict=True)
        ]
        self._audit.confirm()
        with self._store.writing() as connection:
            for ending in endings:
                ending.keep(connection)
        for ending in endings:
            self._observer.moved(
                Move(
                    ending.stage,
                    ending.item,
                    transaction_hash=ending.receipt.transaction_hash,
                    block=ending.receipt.block,
                    reason=ending.reason,
                )
            )
        return len(endings)

    def _end(
        self,
        item: Outgoing,
        found: Sequence[Attempt],
        receipt: Receipt | None,
        current: Round,
    ) -> _Ending:
        if receipt is None or receipt.block != _mined(item).block:
            raise NodeError("the node has the transaction's block and not its receipt")
        attempt = next((one for one in found if one.hash == receipt.transaction_hash), None)
        if attempt is not None and attempt.kind is AttemptKind.CANCEL:
            return _cancelled(item, receipt, current.now)
        if not receipt.succeeded:
            return self._failed(item, attempt, receipt, current.now)
        if item.purpose is not Purpose.ANCHOR:
            keep = partial(outbox.mark_final, item=item)
            return _Ending(item, receipt, Stage.FINAL, keep)
        with self._store.reading() as connection:
            batch = batches.of_transaction(connection, item.id)
        anchor = prove_anchor(current, self._notary, batch, receipt)

        def keep_anchor(connection: Connection) -> None:
            # First what tells that another worker did so already.
            outbox.mark_final(connection, item)
            batches.add_anchor(connection, batch.id, anchor)

        return _Ending(item, receipt, Stage.FINAL, keep_anchor)

    def _failed(
        self, item: Outgoing, attempt: Attempt | None, receipt: Receipt, now: UnixTime
    ) -> _Ending:
        """It ran and reverted, though the estimate went well: the state had changed."""
        sender = None if attempt is None else attempt.signer
        refusal = reason_of_failure(
            self._chain, sender, item.recipient, item.data, at=receipt.block
        )
        until = UnixTime(now + delay_seconds(item.tries))
        return _ended_in_vain(item, receipt, Outcome.FAILED, refusal, until)


def _cancelled(item: Outgoing, receipt: Receipt, now: UnixTime) -> _Ending:
    """The node never took the call, and its nonce is used up."""
    refusal = Refusal("the node did not take the transaction", code="transaction-refused")
    if item.problem is not None:
        refusal = read_problem(item.problem)
    until = UnixTime(now + SET_ASIDE_SECONDS)
    return _ended_in_vain(item, receipt, Outcome.CANCELLED, refusal, until)


def _ended_in_vain(
    item: Outgoing, receipt: Receipt, outcome: Outcome, refusal: Refusal, until: UnixTime
) -> _Ending:
    """An operation is told no. An anchor is owed, and so is signed anew."""
    is_over = item.purpose is not Purpose.ANCHOR
    is_aside = outcome is Outcome.CANCELLED

    def keep(connection: Connection) -> None:
        attempts.close(connection, item.id, outcome)
        if is_over:
            outbox.mark_refused(connection, item, write_problem(refusal))
        else:
            problem = write_problem(refusal, is_set_aside=is_aside)
            outbox.requeue(connection, item, problem=problem, due_at=until, aside=is_aside)

    again = Stage.SET_ASIDE if is_aside else Stage.BATCHED
    return _Ending(item, receipt, Stage.REFUSED if is_over else again, keep, refusal.rule)


def _mined(item: Outgoing) -> Mined:
    if item.mined is None:
        raise NodeError("no block is known for a mined transaction")
    return item.mined

"""From mined to final: when a block is deep enough, what the transaction did there counts."""

from ledger.anchoring.delays import delay_seconds
from ledger.anchoring.observer import SILENT, Observer, Stage
from ledger.anchoring.problems import write_problem
from ledger.anchoring.proofs import prove_anchor
from ledger.anchoring.round import Round
from ledger.chain.notary import Notary
from ledger.chain.port import Chain, Receipt
from ledger.chain.sending import reason_of_failure
from ledger.errors import NodeError, Refusal
from ledger.store import attempts, batches, outbox
from ledger.store.attempts import Outcome
from ledger.store.engine import Store
from ledger.store.outbox import Outgoing, Purpose
from ledger.types import UnixTime


class Settling:
    """Ends transactions that the chain holds, or sends them again if it does not any more."""

    def __init__(
        self, store: Store, chain: Chain, notary: Notary, observer: Observer = SILENT
    ) -> None:
        self._store = store
        self._chain = chain
        self._notary = notary
        self._observer = observer

    def settle(self, item: Outgoing, current: Round) -> bool:
        """Make a mined transaction final once its block is. True if anything was done."""
        mined = item.mined
        if mined is None:
            raise NodeError("no block is known for a mined transaction")
        if not current.is_canonical(mined.block):
            self._send_again(item, current)
            return True
        if not current.is_final(mined.block):
            return False
        receipt = self._chain.receipt(mined.transaction_hash)
        if receipt is None or receipt.block != mined.block:
            raise NodeError("the node has the transaction's block and not its receipt")
        if receipt.succeeded:
            self._finish(item, receipt)
        else:
            self._meet_failed_run(item, receipt, current.now)
        return True

    def _send_again(self, item: Outgoing, current: Round) -> None:
        with self._store.writing() as connection:
            is_signed = bool(attempts.open_of(connection, item.id))
            if is_signed:
                outbox.mark_signed(connection, item, now=current.now)
            else:
                outbox.requeue(connection, item, problem=None, due_at=current.now)
        back_to = Stage.SIGNED if is_signed else Stage.BATCHED
        self._observer.moved(back_to, item, reason="reorganised")

    def _finish(self, item: Outgoing, receipt: Receipt) -> None:
        if item.purpose is Purpose.OPERATION:
            with self._store.writing() as connection:
                outbox.mark_final(connection, item)
        else:
            with self._store.reading() as connection:
                batch = batches.of_transaction(connection, item.id)
            anchor = prove_anchor(self._chain, self._notary, batch, receipt)
            with self._store.writing() as connection:
                batches.add_anchor(connection, batch.id, anchor)
                outbox.mark_final(connection, item)
        self._observer.moved(
            Stage.FINAL, item, transaction_hash=receipt.transaction_hash, block=receipt.block
        )

    def _meet_failed_run(self, item: Outgoing, receipt: Receipt, now: UnixTime) -> None:
        """It ran and reverted, though the estimate went well: the state had changed."""
        refusal = self._reason(item, receipt)
        with self._store.writing() as connection:
            attempts.close(connection, item.id, Outcome.FAILED)
            if item.purpose is Purpose.OPERATION:
                outbox.mark_refused(connection, item, write_problem(refusal))
            else:
                until = UnixTime(now + delay_seconds(item.tries))
                outbox.requeue(connection, item, problem=write_problem(refusal), due_at=until)
        ends = item.purpose is Purpose.OPERATION
        self._observer.moved(
            Stage.REFUSED if ends else Stage.BATCHED,
            item,
            transaction_hash=receipt.transaction_hash,
            block=receipt.block,
            reason=refusal.rule,
        )

    def _reason(self, item: Outgoing, receipt: Receipt) -> Refusal:
        with self._store.reading() as connection:
            found = attempts.open_of(connection, item.id)
        sender = next(
            (attempt.signer for attempt in found if attempt.hash == receipt.transaction_hash), None
        )
        return reason_of_failure(self._chain, sender, item.recipient, item.data, at=receipt.block)

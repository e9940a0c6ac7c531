"""Moves every transaction one step nearer to final, and writes each step before taking it.

A contract's refusal means two things. To an operation it is the answer, and ends it. An anchor is
owed to documents that were accepted, so it waits, visibly, until the reason is gone: a new operator
key, a member reinstated. An anchor that the chain holds already is adopted, whoever sent it.

One transaction's trouble is its own: it is postponed, and the others go on. Only a node or a
database that does not answer at all ends a round.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ledger.anchoring.delays import delay_seconds
from ledger.anchoring.observer import SILENT, Observer, Stage, stage_of
from ledger.anchoring.problems import write_problem
from ledger.anchoring.round import Round
from ledger.anchoring.settling import Settling
from ledger.anchoring.signing import Signing
from ledger.chain.keyring import Keyring
from ledger.chain.membership import Membership
from ledger.chain.notary import Notary
from ledger.chain.port import Chain, SendFailure, SendRefused
from ledger.errors import (
    ConfigurationError,
    NodeError,
    Refusal,
    SealbookError,
    TransportError,
)
from ledger.store import attempts, batches, outbox
from ledger.store.attempts import Attempt, Outcome
from ledger.store.engine import Store
from ledger.store.outbox import Mined, Outgoing, Overtaken, Purpose, State
from ledger.types import BlockRef, UnixTime

_LOG = logging.getLogger(__name__)
_TRIES_BEFORE_LOST = 3

_Act = Callable[[Outgoing, Round], bool]


@dataclass(frozen=True, slots=True)
class SubmitLimits:
    """How patient the submitter is.

    confirmations: blocks that must stand on top of a block before it counts as final.
    resend_seconds: after which a transaction that no block holds is sent again.
    """

    confirmations: int
    resend_seconds: int


class Submitter:
    """One worker's hands. Several may work on one store: who is overtaken lets the item be."""

    def __init__(
        self,
        store: Store,
        chain: Chain,
        membership: Membership,
        notary: Notary,
        keyring: Keyring,
        limits: SubmitLimits,
        *,
        first_block: int,
        observer: Observer = SILENT,
    ) -> None:
        self._store = store
        self._chain = chain
        self._notary = notary
        self._limits = limits
        self._first_block = first_block
        self._observer = observer
        self._signing = Signing(store, chain, membership, keyring, observer)
        self._settling = Settling(store, chain, notary, observer)

    def step(self, now: UnixTime, should_stop: Callable[[], bool] = lambda: False) -> int:
        """Take every step that is due, unless told to stop. Returns how many were taken.

        Raises TransportError if the chain or the database does not answer; what was done until
        then is kept.
        """
        current = Round(self._chain, now, self._limits.confirmations)
        return sum(
            self._attempt(act, item, current) for act, item in self._due(now) if not should_stop()
        )

    def _due(self, now: UnixTime) -> Iterator[tuple[_Act, Outgoing]]:
        # Each state is read when those before it are done, so that one round can take several.
        for item in outbox.in_state(self._store, State.QUEUED, due_by=now):
            yield self._sign, item
        for item in outbox.in_state(self._store, State.SIGNED, due_by=now):
            yield self._send, item
        for item in outbox.in_state(self._store, State.BROADCAST):
            yield self._watch, item
        for item in outbox.in_state(self._store, State.MINED, due_by=now):
            yield self._settling.settle, item

    def _attempt(self, act: _Act, item: Outgoing, current: Round) -> bool:
        try:
            return self._tried(act, item, current)
        except Overtaken:
            _LOG.info("transaction %s was moved by another worker", item.id)
        return False

    def _tried(self, act: _Act, item: Outgoing, current: Round) -> bool:
        try:
            return act(item, current)
        except Overtaken:
            raise
        except (NodeError, Refusal, ConfigurationError, SendRefused) as error:
            self._postpone(item, error, current.now)
        except TransportError:
            raise
        except Exception:  # noqa: BLE001 - a defect met by one must not hold up the others
            _LOG.exception("transaction %s met a defect", item.id)
            defect = SealbookError("a defect of this service, which its log describes")
            self._postpone(item, defect, current.now)
        return False

    def _sign(self, item: Outgoing, current: Round) -> bool:
        try:
            self._signing.first(item, current.now)
        except Refusal as refusal:
            return self._meet_refusal(item, refusal)
        return True

    def _meet_refusal(self, item: Outgoing, refusal: Refusal) -> bool:
        if item.purpose is Purpose.OPERATION:
            with self._store.writing() as connection:
                outbox.mark_refused(connection, item, write_problem(refusal))
            self._observer.moved(Stage.REFUSED, item, reason=refusal.rule)
            return True
        if refusal.rule == "already-anchored" and self._adopt(item):
            return True
        raise refusal

    def _adopt(self, item: Outgoing) -> bool:
        with self._store.reading() as connection:
            batch = batches.of_transaction(connection, item.id)
        log = self._notary.find_anchor(batch.member, batch.root, first=self._first_block)
        if log is None:
            return False
        with self._store.writing() as connection:
            outbox.mark_mined(connection, item, Mined(log.transaction_hash, log.block))
        self._mined(item, log.transaction_hash, log.block, reason="adopted")
        return True

    def _watch(self, item: Outgoing, current: Round) -> bool:
        """Look whether a block holds it; send it again, or a dearer form, if none does for long."""
        if self._find(item):
            return True
        if item.due_at > current.now:
            return False
        newest = self._newest(item)
        if newest is not None and _is_cheaper(newest, self._chain.fees().max_fee_per_gas):
            self._signing.dearer(item, newest, current.now)
            return True
        return self._send(item, current)

    def _send(self, item: Outgoing, current: Round) -> bool:
        newest = self._newest(item)
        if newest is None or (item.tries and self._is_settled(item, newest, current)):
            return True
        try:
            self._chain.send(newest.raw)
        except SendRefused as error:
            if error.failure is SendFailure.UNDERPRICED:
                self._signing.dearer(item, newest, current.now)
                return True
            if error.failure is SendFailure.NONCE_USED and self._find(item):
                return True
            if error.failure is not SendFailure.KNOWN:
                raise
        resend_at = UnixTime(current.now + self._limits.resend_seconds)
        with self._store.writing() as connection:
            outbox.mark_broadcast(connection, item, resend_at=resend_at)
        self._observer.moved(
            Stage.BROADCAST,
            item,
            transaction_hash=newest.hash,
            signer=newest.signer,
            nonce=newest.nonce,
        )
        return True

    def _newest(self, item: Outgoing) -> Attempt | None:
        """The attempt to send. None if none is open, and then the transaction is queued again."""
        with self._store.writing() as connection:
            found = attempts.open_of(connection, item.id)
            if not found:
                outbox.requeue(connection, item, problem=None, due_at=item.due_at)
        return found[0] if found else None

    def _is_settled(self, item: Outgoing, newest: Attempt, current: Round) -> bool:
        """Whether the chain has decided already: for one of ours, or for something foreign.

        Only a final block decides for something foreign, and only after several looks: a node that
        lags behind another may know the count and not yet the receipt.
        """
        if self._find(item):
            return True
        final = current.final_block
        if final is None or item.tries < _TRIES_BEFORE_LOST:
            return False
        if self._chain.sealed_transaction_count(newest.signer, at=final) <= newest.nonce:
            return False
        with self._store.writing() as connection:
            attempts.close(connection, item.id, Outcome.LOST)
            outbox.requeue(connection, item, problem=None, due_at=current.now)
        self._observer.moved(Stage.BATCHED, item, reason="nonce-lost")
        return True

    def _find(self, item: Outgoing) -> bool:
        with self._store.reading() as connection:
            found = attempts.open_of(connection, item.id)
        for attempt in found:
            receipt = self._chain.receipt(attempt.hash)
            if receipt is not None:
                with self._store.writing() as connection:
                    outbox.mark_mined(connection, item, Mined(attempt.hash, receipt.block))
                self._mined(item, attempt.hash, receipt.block)
                return True
        return False

    def _mined(
        self,
        item: Outgoing,
        transaction_hash: bytes,
        block: BlockRef,
        reason: str | None = None,
    ) -> None:
        self._observer.moved(
            Stage.MINED, item, transaction_hash=transaction_hash, block=block, reason=reason
        )

    def _postpone(self, item: Outgoing, error: SealbookError, now: UnixTime) -> None:
        until = UnixTime(now + delay_seconds(item.tries))
        with self._store.writing() as connection:
            outbox.postpone(connection, item, problem=write_problem(error), until=until)
        self._observer.failed(stage_of(item), item, error)


def _is_cheaper(attempt: Attempt, max_fee_per_gas: int) -> bool:
    return attempt.fees.max_fee_per_gas < max_fee_per_gas

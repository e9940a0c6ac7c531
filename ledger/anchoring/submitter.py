"""Moves every transaction one step nearer to final, and writes each step before taking it.

A contract's refusal means two things. To an operation it is the answer, and ends it. An anchor is
owed to documents that were accepted, so it waits, visibly, until the reason is gone: a new operator
key, a member reinstated. An anchor that the chain holds already is adopted, whoever sent it.
"""

import logging
from dataclasses import dataclass

from ledger.anchoring.problems import write_problem
from ledger.anchoring.proofs import prove_anchor
from ledger.chain.keyring import Keyring
from ledger.chain.notary import Notary
from ledger.chain.port import Chain, Receipt, Reverted, SendFailure, SendRefused
from ledger.chain.reverts import refusal_of
from ledger.chain.signer import Signer, UnsignedTransaction
from ledger.errors import ConfigurationError, Refusal, SealbookError
from ledger.store import batches, outbox
from ledger.store.engine import Store
from ledger.store.outbox import Outgoing, Purpose, State
from ledger.types import BlockRef, UnixTime, to_hex

_LOG = logging.getLogger(__name__)
_STEP_LIMIT = 200
_FIRST_DELAY_SECONDS = 1
_LONGEST_DELAY_SECONDS = 60
_GAS_MARGIN = 1.25  # state may change between the estimate and the block


@dataclass(frozen=True, slots=True)
class SubmitLimits:
    """How patient the submitter is.

    confirmations: blocks that must stand on top of a block before it counts as final.
    resend_seconds: after which a transaction that no block holds is sent again.
    """

    confirmations: int
    resend_seconds: int


class Submitter:
    """One worker's hands. Only one may work for one operator key at a time."""

    def __init__(
        self,
        store: Store,
        chain: Chain,
        notary: Notary,
        keyring: Keyring,
        limits: SubmitLimits,
        *,
        first_block: int,
    ) -> None:
        self._store = store
        self._chain = chain
        self._notary = notary
        self._keyring = keyring
        self._limits = limits
        self._first_block = first_block

    def step(self, now: UnixTime) -> int:
        """Take every step that is due. Returns how many were taken.

        Raises TransportError if the chain or the database does not answer; what was done until
        then is kept.
        """
        with self._store.reading() as connection:
            flying = outbox.in_states(connection, State.BROADCAST, State.MINED, limit=_STEP_LIMIT)
        done = sum(self._follow(item, now) for item in flying)
        with self._store.reading() as connection:
            due = outbox.in_states(
                connection,
                State.QUEUED,
                State.SIGNED,
                State.BROADCAST,
                due_by=now,
                limit=_STEP_LIMIT,
            )
        return done + sum(self._advance(item, now) for item in due)

    def _follow(self, item: Outgoing, now: UnixTime) -> bool:
        if item.state is State.BROADCAST:
            return self._look_for_receipt(item)
        return self._settle(item, now)

    def _advance(self, item: Outgoing, now: UnixTime) -> bool:
        try:
            if item.state is State.QUEUED and not self._sign(item, now):
                return True
            return self._send(item, now)
        except (Refusal, ConfigurationError, SendRefused) as error:
            self._postpone(item, error, now)
            return False

    def _sign(self, item: Outgoing, now: UnixTime) -> bool:
        """Allocate a nonce and keep the signed bytes. False if the transaction has ended."""
        signer = self._signer(item)
        try:
            gas = self._chain.estimate_gas(signer.address, item.recipient, item.data)
        except Reverted as error:
            self._meet_refusal(item, refusal_of(error.data))
            return False
        # All that the chain must say is asked first: a slow node must not hold the database.
        chain_id, fees = self._chain.chain_id(), self._chain.fees()
        unused = self._chain.transaction_count(signer.address)
        with self._store.writing() as connection:
            used = outbox.highest_nonce(connection, signer.address)
            nonce = unused if used is None else max(unused, used + 1)
            signed = signer.sign(
                UnsignedTransaction(
                    chain=chain_id,
                    nonce=nonce,
                    to=item.recipient,
                    data=item.data,
                    gas_limit=int(gas * _GAS_MARGIN),
                    fees=fees,
                )
            )
            outbox.sign(
                connection,
                item.id,
                signer=signer.address,
                nonce=nonce,
                transaction_hash=signed.hash,
                raw=signed.raw,
                now=now,
            )
        _LOG.info("transaction %s signed with nonce %d of %s", item.id, nonce, signer.address)
        return True

    def _signer(self, item: Outgoing) -> Signer:
        signer = self._keyring.signer(item.member)
        if signer is None:
            raise ConfigurationError(
                f"this service holds no operator key of {item.member}; put one into its keys folder"
            )
        return signer

    def _meet_refusal(self, item: Outgoing, refusal: Refusal) -> None:
        if item.purpose is Purpose.OPERATION:
            with self._store.writing() as connection:
                outbox.mark_refused(connection, item.id, write_problem(refusal))
            _LOG.info("transaction %s refused: %s", item.id, refusal)
        elif refusal.rule != "already-anchored" or not self._adopt(item):
            raise refusal

    def _adopt(self, item: Outgoing) -> bool:
        with self._store.reading() as connection:
            batch = batches.of_transaction(connection, item.id)
        log = self._notary.find_anchor(batch.member, batch.root, first=self._first_block)
        if log is None:
            return False
        with self._store.writing() as connection:
            outbox.mark_mined(
                connection, item.id, transaction_hash=log.transaction_hash, block=log.block
            )
        _LOG.info("transaction %s adopted %s", item.id, to_hex(log.transaction_hash))
        return True

    def _send(self, item: Outgoing, now: UnixTime) -> bool:
        if item.state is not State.QUEUED and self._look_for_receipt(item):
            return True
        with self._store.reading() as connection:
            raw = outbox.newest_raw(connection, item.id)
        try:
            self._chain.send(raw)
        except SendRefused as error:
            if error.failure is SendFailure.NONCE_USED:
                return self._meet_used_nonce(item, now)
            if error.failure is not SendFailure.KNOWN:
                raise
        resend_at = UnixTime(now + self._limits.resend_seconds)
        with self._store.writing() as connection:
            outbox.mark_broadcast(connection, item.id, resend_at=resend_at)
        return True

    def _meet_used_nonce(self, item: Outgoing, now: UnixTime) -> bool:
        """Somebody's transaction has this nonce: ours, sent before, or a foreign one."""
        if not self._look_for_receipt(item):
            with self._store.writing() as connection:
                outbox.requeue(connection, item.id, now)
            _LOG.warning("transaction %s lost its nonce to another use of the key", item.id)
        return True

    def _look_for_receipt(self, item: Outgoing) -> bool:
        with self._store.reading() as connection:
            hashes = outbox.attempt_hashes(connection, item.id)
        for transaction_hash in hashes:
            receipt = self._chain.receipt(transaction_hash)
            if receipt is not None:
                with self._store.writing() as connection:
                    outbox.mark_mined(
                        connection,
                        item.id,
                        transaction_hash=transaction_hash,
                        block=receipt.block,
                    )
                return True
        return False

    def _settle(self, item: Outgoing, now: UnixTime) -> bool:
        """Make a mined transaction final, or send it again if its block is gone."""
        block, transaction_hash = item.block, item.hash
        assert block is not None  # noqa: S101 - the state is MINED
        assert transaction_hash is not None  # noqa: S101 - the state is MINED
        canonical = self._chain.block(block.number)
        if canonical is None or canonical.ref != block:
            with self._store.writing() as connection:
                outbox.unmine(connection, item.id, now)
            _LOG.warning("transaction %s: block %d was reorganised", item.id, block.number)
            return True
        if self._chain.head().ref.number - block.number < self._limits.confirmations:
            return False
        receipt = self._chain.receipt(transaction_hash)
        if receipt is None or receipt.block != block:
            return False
        self._finish(item, receipt, block, now)
        return True

    def _finish(self, item: Outgoing, receipt: Receipt, block: BlockRef, now: UnixTime) -> None:
        if not receipt.succeeded:
            self._meet_failed_run(item, block, now)
            return
        with self._store.reading() as connection:
            batch = (
                batches.of_transaction(connection, item.id)
                if item.purpose is Purpose.ANCHOR
                else None
            )
        anchor = None if batch is None else prove_anchor(self._chain, self._notary, batch, receipt)
        with self._store.writing() as connection:
            if batch is not None and anchor is not None:
                batches.add_anchor(connection, batch.id, anchor)
            outbox.mark_final(connection, item.id)
        _LOG.info("transaction %s final in block %d", item.id, block.number)

    def _meet_failed_run(self, item: Outgoing, block: BlockRef, now: UnixTime) -> None:
        """It ran and reverted, though the estimate went well: the state had changed."""
        refusal = self._reason(item, block)
        with self._store.writing() as connection:
            if item.purpose is Purpose.OPERATION:
                outbox.mark_refused(connection, item.id, write_problem(refusal))
            else:
                outbox.requeue(connection, item.id, now)

    def _reason(self, item: Outgoing, block: BlockRef) -> Refusal:
        try:
            self._chain.call(item.recipient, item.data, at=block, sender=item.signer)
        except Reverted as error:
            return refusal_of(error.data)
        return Refusal(
            "the contract refused, and would not do so now; try again", code="contract-refused"
        )

    def _postpone(self, item: Outgoing, error: SealbookError, now: UnixTime) -> None:
        delay = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2**item.tries)
        with self._store.writing() as connection:
            outbox.postpone(
                connection, item.id, problem=write_problem(error), until=UnixTime(now + delay)
            )
        _LOG.warning("transaction %s waits: %s", item.id, error)

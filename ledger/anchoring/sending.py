"""From signed to mined: bytes are handed to a node, and again, until a block holds them."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from ledger.anchoring.gaps import Gaps
from ledger.anchoring.limits import SubmitLimits
from ledger.anchoring.observer import Move, Observer, Stage
from ledger.anchoring.problems import write_problem
from ledger.anchoring.round import Round
from ledger.anchoring.setbacks import Setbacks
from ledger.anchoring.signing import Signing
from ledger.chain.port import Chain, Receipt, SendFailure, SendRefused
from ledger.errors import Refusal
from ledger.store import attempts, outbox
from ledger.store.attempts import Attempt, AttemptKind, Outcome
from ledger.store.engine import Store
from ledger.store.outbox import LONGEST_WAIT_SECONDS, Mined, Outgoing, Purpose
from ledger.types import UnixTime

_TRIES_BEFORE_LOST = 3
_TRIES_BEFORE_CANCEL = 6

_Open = Mapping[UUID, Sequence[Attempt]]
"""The open attempts of each transaction, newest first."""


class Sending:
    """Sends what is signed, looks for it in blocks, and replaces what pays too little.

    awaits_block: whether anything was sent that no block was seen to hold; set, and never cleared
    here.
    """

    def __init__(
        self,
        store: Store,
        chain: Chain,
        signing: Signing,
        setbacks: Setbacks,
        gaps: Gaps,
        limits: SubmitLimits,
        observer: Observer,
    ) -> None:
        self._store = store
        self._chain = chain
        self._signing = signing
        self._setbacks = setbacks
        self._gaps = gaps
        self._limits = limits
        self._observer = observer
        self.awaits_block = False
        self._looked_at = b""
        self._looked: set[UUID] = set()

    def send(self, items: Sequence[Outgoing], current: Round) -> int:
        """Hand signed transactions of one member to the node. Returns how many were moved."""
        found = self._open_of(items)
        moved = self._requeue_unsigned(items, found)
        tried = [item for item in items if item.tries and item.id not in moved]
        moved |= self._find(tried, found)
        for item in tried:
            if item.id not in moved and self._is_lost(item, found[item.id][0], current):
                self._lose(item, current)
                moved.add(item.id)
        self._look_for_gaps([item for item in tried if item.id not in moved], found, current)
        left = [item for item in items if item.id not in moved]
        return len(moved) + self._hand_over(left, found, current)

    def watch(self, items: Sequence[Outgoing], current: Round) -> int:
        """Look for what was sent in blocks; send it again, or a dearer form, after a while.

        What was looked for since the newest block is not looked for again.
        """
        if self._looked_at != current.head.hash:
            self._looked_at = current.head.hash
            self._looked.clear()
        self.awaits_block = True
        now = current.now
        items = [item for item in items if self._is_due(item, now) or item.id not in self._looked]
        found = self._open_of(items)
        moved = self._find(items, found)
        left = [item for item in items if item.id not in moved]
        self._looked.update(item.id for item in left)
        stuck = [item for item in left if self._is_due(item, now)]
        self._look_for_gaps(stuck, found, current)
        return len(moved) + self._push(stuck, found, current)

    def _is_due(self, item: Outgoing, now: UnixTime) -> bool:
        """Whether its time has come, or is so far ahead that a clock that was wrong has set it."""
        longest = max(self._limits.resend_seconds, LONGEST_WAIT_SECONDS)
        return not now < item.due_at <= now + longest

    def _push(self, stuck: Sequence[Outgoing], found: _Open, current: Round) -> int:
        done, same = 0, []
        for item in stuck:
            newest = next(iter(found[item.id]), None)
            if newest is not None and _is_cheaper(newest, current):
                act = partial(self._replace, item, newest, current)
                done += self._setbacks.guard(item, current.now, act)
            else:
                same.append(item)
        return done + (self.send(same, current) if same else 0)

    def _hand_over(self, items: Sequence[Outgoing], found: _Open, current: Round) -> int:
        if not items:
            return 0
        ordered = sorted(items, key=lambda item: found[item.id][0].nonce)
        current.confirm_chain()
        answers = self._chain.send_many([found[item.id][0].raw for item in ordered])
        taken, done = [], 0
        for item, refused in zip(ordered, answers, strict=True):
            if refused is None or refused.failure is SendFailure.KNOWN:
                taken.append(item)
        self._keep_taken(taken, found, current)
        for item, refused in zip(ordered, answers, strict=True):
            if refused is not None and refused.failure is not SendFailure.KNOWN:
                act = partial(self._meet, item, found, refused, current)
                done += self._setbacks.guard(item, current.now, act)
        return len(taken) + done

    def _keep_taken(self, items: Sequence[Outgoing], found: _Open, current: Round) -> None:
        if not items:
            return
        resend_at = UnixTime(current.now + self._limits.resend_seconds)
        with self._store.writing() as connection:
            for item in items:
                problem = _kept_problem(item, found[item.id][0])
                outbox.mark_broadcast(connection, item, resend_at=resend_at, problem=problem)
        for item in items:
            self._observer.moved(Move.of_attempt(Stage.BROADCAST, item, found[item.id][0]))

    def _meet(self, item: Outgoing, found: _Open, refused: SendRefused, current: Round) -> int:
        newest = found[item.id][0]
        if refused.failure is SendFailure.UNDERPRICED:
            return self._replace(item, newest, current)
        if refused.failure is SendFailure.NONCE_USED and self._find([item], found):
            return 1
        if refused.failure is SendFailure.REFUSED and _is_hopeless(item, newest):
            self._signing.cancel(item, newest, current, refused)
            return 1
        raise refused

    def _replace(self, item: Outgoing, newest: Attempt, current: Round) -> int:
        self._signing.dearer(item, newest, current)
        return 1

    def _open_of(self, items: Sequence[Outgoing]) -> _Open:
        with self._store.reading() as connection:
            return attempts.open_of(connection, [item.id for item in items])

    def _requeue_unsigned(self, items: Sequence[Outgoing], found: _Open) -> set[UUID]:
        unsigned = [item for item in items if not found[item.id]]
        if unsigned:
            with self._store.writing() as connection:
                for item in unsigned:
                    outbox.requeue(connection, item, problem=None, due_at=item.due_at)
        return {item.id for item in unsigned}

    def _find(self, items: Sequence[Outgoing], found: _Open) -> set[UUID]:
        """Keep the blocks of those that the chain holds."""
        sent = [(item, attempt) for item in items for attempt in found[item.id]]
        if not sent:
            return set()
        receipts = self._chain.receipts_of([attempt.hash for _, attempt in sent])
        held: dict[UUID, tuple[Outgoing, Attempt, Receipt]] = {
            item.id: (item, attempt, receipt)
            for (item, attempt), receipt in zip(sent, receipts, strict=True)
            if receipt is not None
        }
        if held:
            with self._store.writing() as connection:
                for item, attempt, receipt in held.values():
                    mined = Mined(attempt.hash, receipt.block)
                    problem = _kept_problem(item, attempt)
                    outbox.mark_mined(connection, item, mined, problem=problem)
        for item, attempt, receipt in held.values():
            self._observer.moved(
                Move(Stage.MINED, item, transaction_hash=attempt.hash, block=receipt.block)
            )
        return set(held)

    def _is_lost(self, item: Outgoing, newest: Attempt, current: Round) -> bool:
        """Whether the chain has decided for something foreign.

        Only a final block decides, and only after several looks: a node that lags behind another
        may know the count and not yet the receipt.
        """
        final = current.final_block
        if final is None or item.tries < _TRIES_BEFORE_LOST:
            return False
        if self._chain.sealed_transaction_count(newest.signer, at=final) <= newest.nonce:
            return False
        current.confirm_chain()
        return True

    def _lose(self, item: Outgoing, current: Round) -> None:
        is_filler = item.purpose is Purpose.FILLER
        with self._store.writing() as connection:
            attempts.close(connection, item.id, Outcome.LOST)
            if is_filler:
                outbox.mark_refused(connection, item, write_problem(_FILLED))
            else:
                outbox.requeue(connection, item, problem=None, due_at=current.now)
        stage = Stage.REFUSED if is_filler else Stage.BATCHED
        self._observer.moved(Move(stage, item, reason="nonce-lost"))

    def _look_for_gaps(self, items: Sequence[Outgoing], found: _Open, current: Round) -> None:
        keys = {(item.member, found[item.id][0].signer) for item in items if found[item.id]}
        for member, signer in keys:
            self._gaps.look(member, signer, current)


_FILLED = Refusal("its nonce was used by something else meanwhile", code="nonce-lost")


def _is_cheaper(attempt: Attempt, current: Round) -> bool:
    return attempt.fees.max_fee_per_gas < current.fees(attempt.signer).max_fee_per_gas


def _is_hopeless(item: Outgoing, newest: Attempt) -> bool:
    """Whether the node had its chance to take it, and its nonce is to be used up instead."""
    is_call = newest.kind is AttemptKind.CALL and item.purpose is not Purpose.FILLER
    return is_call and item.tries >= _TRIES_BEFORE_CANCEL


def _kept_problem(item: Outgoing, attempt: Attempt) -> str | None:
    """Why it was cancelled stays with a cancel attempt until that is final."""
    return item.problem if attempt.kind is AttemptKind.CANCEL else None

"""Moves every transaction one step nearer to final, and writes each step before taking it.

A contract's refusal means two things. To an operation it is the answer, and ends it. An anchor is
owed to documents that were accepted, so it waits, visibly, until the reason is gone: a new operator
key, a member reinstated. An anchor that the chain holds already is adopted, whoever sent it.

Transactions are moved in groups, of one member and one state, with few questions to the node and
one commit each. One transaction's trouble is its own: what spoils a group is found by moving its
members one by one, and is postponed. Only a node or a database that does not answer at all ends a
round.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from ledger.anchoring.audit import Audit, Elapsed
from ledger.anchoring.gaps import Gaps
from ledger.anchoring.limits import SubmitLimits
from ledger.anchoring.observer import SILENT, Move, Observer, Stage
from ledger.anchoring.operators import Operators
from ledger.anchoring.problems import write_problem
from ledger.anchoring.round import Round
from ledger.anchoring.sending import Sending
from ledger.anchoring.setbacks import Setbacks
from ledger.anchoring.settling import Settling
from ledger.anchoring.signing import Signing
from ledger.chain.deployment import Deployment
from ledger.chain.keyring import Keyring
from ledger.chain.membership import Membership
from ledger.chain.notary import Notary
from ledger.chain.port import Chain
from ledger.errors import NodeError, Refusal, TransportError
from ledger.store import batches, outbox
from ledger.store.engine import Store
from ledger.store.outbox import Mined, Outgoing, Purpose, State
from ledger.types import MemberId, UnixTime

_LOG = logging.getLogger(__name__)

_Act = Callable[[Sequence[Outgoing], Round], int]


class Submitter:
    """One worker's hands. Several may work on one store: who is overtaken lets the item be."""

    def __init__(  # noqa: PLR0913 - its parts are joined in one place, most of them by name
        self,
        store: Store,
        chain: Chain,
        membership: Membership,
        notary: Notary,
        keyring: Keyring,
        limits: SubmitLimits,
        *,
        deployment: Deployment,
        observer: Observer = SILENT,
        elapsed: Elapsed = time.monotonic,
    ) -> None:
        self._store = store
        self._chain = chain
        self._deployment = deployment
        self._notary = notary
        self._limits = limits
        self._observer = observer
        self._operators = Operators(membership, keyring)
        self._setbacks = Setbacks(store, observer)
        self._signing = Signing(store, chain, self._operators, observer, chain_id=deployment.chain)
        gaps = Gaps(store, chain, self._signing)
        self._sending = Sending(store, chain, self._signing, self._setbacks, gaps, limits, observer)
        self._audit = Audit(
            store, chain, observer, patience_seconds=limits.resend_seconds, elapsed=elapsed
        )
        self._settling = Settling(store, chain, notary, self._audit, observer)

    def step(self, now: UnixTime, should_stop: Callable[[], bool] = lambda: False) -> int:
        """Take every step that is due, unless told to stop. Returns how many were taken.

        A member whose turn another worker has is left to that one. Raises TransportError if the
        chain or the database does not answer, ChainMismatch, which is one, if it is another chain
        that answers; what was done until then is kept.
        """
        current = Round(self._chain, self._deployment, self._operators, now, self._limits)
        self._sending.awaits_block = False
        done = self._audit.look(current)
        with self._store.reading() as connection:
            members = outbox.members_at_work(connection)
        for member in members:
            with self._store.turn(f"submit:{member}") as is_ours:
                if is_ours:
                    done += self._serve(member, current, should_stop)
        return done

    @property
    def awaits_block(self) -> bool:
        """Whether the last step left something that the next block may hold."""
        return self._sending.awaits_block

    def _serve(self, member: MemberId, current: Round, should_stop: Callable[[], bool]) -> int:
        # Each state is read when those before it are done, so that one round can take several.
        steps: tuple[tuple[State, UnixTime | None, _Act], ...] = (
            (State.QUEUED, current.now, self._sign),
            (State.SIGNED, current.now, self._sending.send),
            (State.BROADCAST, None, self._sending.watch),
            (State.MINED, current.now, self._settling.settle),
        )
        done = 0
        for state, due_by, act in steps:
            for group in outbox.in_state(self._store, state, member=member, due_by=due_by):
                if should_stop():
                    return done
                done += self._move(act, group, current)
        return done

    def _move(self, act: _Act, group: Sequence[Outgoing], current: Round) -> int:
        if len(group) == 1:
            return self._setbacks.guard(group[0], current.now, partial(act, group, current))
        try:
            return act(group, current)
        except TransportError as error:
            if not isinstance(error, NodeError):
                raise
            _LOG.info("%d transactions are moved one by one: %s", len(group), error)
        except Exception as error:  # noqa: BLE001 - whose defect it is shows when each is moved
            _LOG.info("%d transactions are moved one by one: %s", len(group), error)
        return sum(self._move(act, [item], current) for item in group)

    def _sign(self, items: Sequence[Outgoing], current: Round) -> int:
        refused = self._signing.first(items, current)
        if refused:
            current.confirm_chain()
        met = [
            self._setbacks.guard(item, current.now, partial(self._meet_refusal, item, refusal))
            for item, refusal in refused
        ]
        return len(items) - len(refused) + sum(met)

    def _meet_refusal(self, item: Outgoing, refusal: Refusal) -> int:
        if item.purpose is not Purpose.ANCHOR:
            with self._store.writing() as connection:
                outbox.mark_refused(connection, item, write_problem(refusal))
            self._observer.moved(Move(Stage.REFUSED, item, reason=refusal.rule))
            return 1
        if refusal.rule == "already-anchored" and self._adopt(item):
            return 1
        raise refusal

    def _adopt(self, item: Outgoing) -> bool:
        with self._store.reading() as connection:
            batch = batches.of_transaction(connection, item.id)
        log = self._notary.find_anchor(batch.member, batch.root)
        if log is None:
            return False
        with self._store.writing() as connection:
            outbox.mark_mined(connection, item, Mined(log.transaction_hash, log.block))
        self._observer.moved(
            Move(
                Stage.MINED,
                item,
                transaction_hash=log.transaction_hash,
                block=log.block,
                reason="adopted",
            )
        )
        return True

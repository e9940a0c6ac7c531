"""Looks whether what ended a transaction still stands, and takes it back to work if it does not.

A reorganisation may go deeper than the confirmations, or a node may be put back to an older state.
If the newest block that ended anything is canonical, then so are all below it; if it is not, the
search goes down until one is. Everything above goes back in one database transaction, so that an
interrupted audit leaves all of it to be found again.
"""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from ledger.anchoring.observer import Move, Observer, Stage
from ledger.anchoring.round import Round
from ledger.chain.port import Chain
from ledger.errors import NodeError
from ledger.store import attempts, batches, ended, outbox
from ledger.store.engine import Store
from ledger.store.outbox import Outgoing, Overtaken, Purpose
from ledger.types import BlockRef, UnixTime

_LOG = logging.getLogger(__name__)
REASON = "reorganised-after-final"

Elapsed = Callable[[], float]
"""Seconds since some moment, which only grow, whatever becomes of the clock: time.monotonic."""


class Audit:
    """Watches over what is final, and over operations that were refused by what stood in a block.

    patience_seconds: how long a node's head may stand still below what was final before that
    counts as taken back: until then it may be a node that lags behind. elapsed: measures it.
    """

    def __init__(
        self,
        store: Store,
        chain: Chain,
        observer: Observer,
        *,
        patience_seconds: int,
        elapsed: Elapsed,
    ) -> None:
        self._store = store
        self._chain = chain
        self._observer = observer
        self._patience_seconds = patience_seconds
        self._elapsed = elapsed
        self._behind: tuple[BlockRef, float] | None = None

    def look(self, current: Round) -> int:
        """Take back to work what no longer stands. Returns how many transactions.

        Raises TransportError if the chain or the database does not answer.
        """
        gone = self._gone(current)
        if gone and gone[-1].number > current.head.number and self._may_lag(current):
            return 0
        if not gone:
            self._behind = None
            return 0
        current.confirm_chain()
        try:
            return self._take_back(gone, current)
        except Overtaken as error:  # nothing is taken back: what is still gone is found once more
            _LOG.info("%s", error)
            return 0

    def _take_back(self, gone: Sequence[BlockRef], current: Round) -> int:
        with self._store.writing() as connection:
            reopened = [item for block in gone for item in ended.in_block(connection, block)]
            is_signed = [_reopen(connection, item, current.now) for item in reopened]
        _LOG.error(
            "%d transactions were final in %d blocks that the chain does not hold any more, the"
            " lowest at height %d: they go back to work, and their evidence is withheld",
            len(reopened),
            len(gone),
            gone[-1].number,
        )
        for item, signed in zip(reopened, is_signed, strict=True):
            back_to = Stage.SIGNED if signed else Stage.BATCHED
            self._observer.moved(Move(back_to, item, reason=REASON))
        return len(reopened)

    def confirm(self) -> None:
        """Raise NodeError if the newest that was ended does not stand now.

        To be asked after the proofs of what ends next were read, and before that is kept: what is
        gone must never lie below what is newly final, where nobody looks for it.
        """
        with self._store.reading() as connection:
            newest = ended.blocks_below(connection, None)
        for ref in newest:
            block = self._chain.block(ref.number)
            if block is not None and block.ref != ref:
                raise NodeError("the chain was reorganised while transactions were made final")

    def _gone(self, current: Round) -> list[BlockRef]:
        """Blocks that ended something and are not canonical, the highest first."""
        gone: list[BlockRef] = []
        below: int | None = None
        while True:
            with self._store.reading() as connection:
                blocks = ended.blocks_below(connection, below)
            stale = [block for block in blocks if not current.is_canonical(block)]
            if not stale:
                return gone
            gone += stale
            below = stale[0].number

    def _may_lag(self, current: Round) -> bool:
        if self._behind is None or self._behind[0] != current.head:
            self._behind = current.head, self._elapsed()
        return self._elapsed() - self._behind[1] < self._patience_seconds


def _reopen(connection: Connection, item: Outgoing, now: UnixTime) -> bool:
    """Back to signed, or to queued if somebody else had sent it. Returns whether it is signed."""
    if item.purpose is Purpose.ANCHOR:
        batches.drop_anchor(connection, item.id)
    nonce = (
        None if item.mined is None else attempts.nonce_of(connection, item.mined.transaction_hash)
    )
    if nonce is None:
        outbox.requeue(connection, item, problem=None, due_at=now)
        return False
    attempts.reopen(connection, item.id, nonce)
    outbox.mark_signed(connection, item, now=now)
    return True

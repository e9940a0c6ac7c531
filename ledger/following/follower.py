"""Keeps the events of all canonical blocks, by block hash, through reorganisations."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chain.port import Block, Chain, Log
from ledger.errors import TransportError
from ledger.following.projection import Projection
from ledger.store import events
from ledger.store.engine import Store
from ledger.types import BlockRef

_LOG = logging.getLogger(__name__)
_REWIND_BLOCKS = 100  # compared with the chain before more are read


@dataclass(frozen=True, slots=True)
class FollowLimits:
    """How far the follower goes at once.

    max_blocks: how many blocks one step reads at most.
    horizon_blocks: below the newest block, within which every block that was the newest once is
    kept. A reorganisation that goes deeper is followed all the same, back to the last event before.
    """

    max_blocks: int
    horizon_blocks: int = 1000


class Follower:
    """Reads the chain forward, and back when it was reorganised."""

    def __init__(
        self,
        store: Store,
        chain: Chain,
        projection: Projection,
        limits: FollowLimits,
        *,
        first_block: int,
    ) -> None:
        self._store = store
        self._chain = chain
        self._projection = projection
        self._limits = limits
        self._first_block = first_block

    def step(self) -> int:
        """Read the next blocks, or rewind. Returns the number of blocks read.

        None is read while another worker has the turn. Raises TransportError if the chain or the
        database does not answer.
        """
        with self._store.turn("follow") as is_ours:
            return self._advance() if is_ours else 0

    def _advance(self) -> int:
        with self._store.reading() as connection:
            newest = events.newest_block(connection)
        if newest is not None and not self._is_canonical(newest):
            self._rewind(newest)
            return 0
        first = self._first_block if newest is None else newest.number + 1
        last = min(self._chain.head().ref.number, first + self._limits.max_blocks - 1)
        if last < first:
            return 0
        self._read(first, last, after=newest)
        return last - first + 1

    def lag(self) -> int:
        """Blocks between the chain's head and what was read."""
        with self._store.reading() as connection:
            newest = events.newest_block(connection)
        read = self._first_block - 1 if newest is None else newest.number
        return max(0, self._chain.head().ref.number - read)

    def _read(self, first: int, last: int, *, after: BlockRef | None) -> None:
        """Keep what is in blocks first..last, which follow the newest one kept."""
        newest = self._block(last)
        logs = self._chain.logs(self._projection.addresses, first, last)
        # Only blocks with events, and the last one, are kept: they are what a reorganisation
        # could take away, and where reading goes on.
        numbers = sorted({log.block.number for log in logs} - {last})
        blocks = self._blocks(numbers) | {last: newest}
        self._check(logs, blocks, [ref for ref in (after, newest.ref) if ref is not None])
        found = [
            event
            for log in logs
            if (event := self._projection.read(log, blocks[log.block.number].timestamp))
        ]
        with self._store.writing() as connection:
            events.keep_newest_block(connection)
            # Read once it is kept: whoever was waited for may have added blocks.
            if events.newest_block(connection) != after:
                raise TransportError("another worker has followed the chain meanwhile")
            events.add(
                connection, [(block.ref, block.timestamp) for block in blocks.values()], found
            )
            # What is lower was pruned before.
            horizon = self._limits.horizon_blocks
            events.prune_blocks(connection, first - 1 - horizon, last - 1 - horizon)

    def _check(
        self, logs: tuple[Log, ...], blocks: dict[int, Block], ends: Sequence[BlockRef]
    ) -> None:
        """Raise TransportError unless all was read of one chain, the one that was followed before.

        ends: the newest block kept, to which what was read is joined, and the last one read.
        """
        moved = any(blocks[log.block.number].ref != log.block for log in logs)
        if moved or not all(map(self._is_canonical, ends)):
            raise TransportError("the chain was reorganised while its events were read")

    def _block(self, number: int) -> Block:
        return self._blocks([number])[number]

    def _blocks(self, numbers: Sequence[int]) -> dict[int, Block]:
        found = dict(zip(numbers, self._chain.blocks(numbers) if numbers else (), strict=True))
        blocks = {number: block for number, block in found.items() if block is not None}
        for number in found.keys() - blocks.keys():
            raise TransportError(f"the node has no block {number} below its head")
        return blocks

    def _is_canonical(self, ref: BlockRef) -> bool:
        block = self._chain.block(ref.number)
        return block is not None and block.ref == ref

    def _rewind(self, newest: BlockRef) -> None:
        number = self._newest_canonical_below(newest.number)
        with self._store.writing() as connection:
            events.forget_above(connection, number)
        _LOG.warning(
            "the chain was reorganised: rewound from block %d to %d", newest.number, number
        )

    def _newest_canonical_below(self, number: int) -> int:
        """The newest kept block that the chain still has; before the first block if none."""
        while kept := self._kept_below(number):
            for ref in kept:
                if self._is_canonical(ref):
                    return ref.number
            number = kept[-1].number
        return self._first_block - 1

    def _kept_below(self, number: int) -> list[BlockRef]:
        # Read whole before the node is asked: a slow node must not hold the database.
        with self._store.reading() as connection:
            return events.blocks_below(connection, number, _REWIND_BLOCKS)

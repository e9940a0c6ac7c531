"""What one round of the submitter knows about the chain: asked once, and the same for all."""

from ledger.chain.port import Block, Chain
from ledger.errors import NodeError
from ledger.types import BlockRef, UnixTime


class Round:
    """The chain as one round sees it.

    now: the time of the round.
    confirmations: blocks that must stand on top of a block before it counts as final.
    """

    def __init__(self, chain: Chain, now: UnixTime, confirmations: int) -> None:
        self._chain = chain
        self._blocks: dict[int, Block | None] = {}
        self.now = now
        self._final = chain.head().ref.number - confirmations

    def is_canonical(self, block: BlockRef) -> bool:
        """Whether the block is on the node's chain."""
        found = self._block(block.number)
        return found is not None and found.ref == block

    def is_final(self, block: BlockRef) -> bool:
        """Whether a canonical block has its confirmations."""
        return block.number <= self._final

    @property
    def final_block(self) -> BlockRef | None:
        """The newest block that is final; None while there is none. Raises NodeError."""
        if self._final < 0:
            return None
        block = self._block(self._final)
        if block is None:
            raise NodeError(f"the node has no block {self._final} below its head")
        return block.ref

    def _block(self, number: int) -> Block | None:
        if number not in self._blocks:
            self._blocks[number] = self._chain.block(number)
        return self._blocks[number]

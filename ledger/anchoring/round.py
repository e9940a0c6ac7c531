"""What one round of the submitter knows about the chain: asked once, and the same for all."""

from collections.abc import Collection

from ledger.anchoring.limits import Finality, SubmitLimits
from ledger.anchoring.operators import Operators
from ledger.chain.deployment import Deployment
from ledger.chain.port import Block, Chain, Fees, Receipt
from ledger.chain.signer import Signer
from ledger.chain.wiring import check_chain
from ledger.errors import NodeError, SealbookError
from ledger.types import Address, BlockRef, MemberId, UnixTime


class Round:
    """The chain as one round sees it.

    now: the time of the round. head: the newest block when the round began.
    Raises ChainMismatch if the node answers for another chain than the deployment's.
    """

    def __init__(
        self,
        chain: Chain,
        deployment: Deployment,
        operators: Operators,
        now: UnixTime,
        limits: SubmitLimits,
    ) -> None:
        self._chain = chain
        self._deployment = deployment
        self._operators = operators
        self._limits = limits
        self._blocks: dict[int, Block | None] = {}
        self._receipts: dict[BlockRef, tuple[Receipt, ...]] = {}
        self._signers: dict[MemberId, Signer | SealbookError] = {}
        self._asked_fees: Fees | None = None
        self._is_poor: dict[Address, bool] = {}
        self._final: int | None = None
        self.now = now
        self.head = check_chain(chain, deployment)

    def confirm_chain(self) -> None:
        """Raise ChainMismatch if the node answers for another chain by now.

        A node may be exchanged between two questions. To be asked before what cannot be undone:
        what was sent to another chain, or is taken for lost or gone because of it.
        """
        check_chain(self._chain, self._deployment)

    @property
    def final_number(self) -> int:
        """Height of the newest final block; below zero while there is none. Raises NodeError."""
        if self._final is None:
            if self._limits.finality is Finality.DEPTH:
                self._final = self.head.number - self._limits.confirmations
            else:
                found = self._chain.finalized_block()
                self.confirm_chain()
                self._final = -1 if found is None else found.number
        return self._final

    @property
    def final_block(self) -> BlockRef | None:
        """The newest block that is final; None while there is none. Raises NodeError."""
        if self.final_number < 0:
            return None
        block = self.block(self.final_number)
        if block is None:
            raise NodeError(f"the node has no block {self.final_number} below its head")
        return block.ref

    def is_canonical(self, block: BlockRef) -> bool:
        """Whether the block is on the node's chain."""
        found = self.block(block.number)
        return found is not None and found.ref == block

    def is_final(self, block: BlockRef) -> bool:
        """Whether a canonical block counts as final. Raises NodeError."""
        return block.number <= self.final_number

    def block(self, number: int) -> Block | None:
        """The canonical block at a height; None above the head."""
        if number not in self._blocks:
            self._blocks[number] = self._chain.block(number)
        return self._blocks[number]

    def read_blocks(self, numbers: Collection[int]) -> None:
        """Ask for blocks at several heights at once, so that each needs no question of its own."""
        unknown = sorted(set(numbers) - self._blocks.keys())
        if unknown:
            self._blocks.update(zip(unknown, self._chain.blocks(unknown), strict=True))

    def receipts(self, block: BlockRef) -> tuple[Receipt, ...]:
        """All receipts of one block, in order."""
        if block not in self._receipts:
            # One block's at a time: transactions are settled in the order of their blocks.
            self._receipts = {block: self._chain.receipts(block)}
        return self._receipts[block]

    @property
    def asked_fees(self) -> Fees:
        """What the chain asks of a transaction that is to be sealed soon."""
        if self._asked_fees is None:
            self._asked_fees = self._chain.fees()
        return self._asked_fees

    def fees(self, signer: Address) -> Fees:
        """What a key should offer: nothing if it owns nothing, and else what the chain asks.

        Nodes of networks that take transactions for nothing may suggest a fee all the same.
        """
        asked = self.asked_fees
        if not asked.max_fee_per_gas:
            return asked
        if signer not in self._is_poor:
            self._is_poor[signer] = not self._chain.balance(signer)
        if not self._is_poor[signer]:
            return asked
        return Fees(0, None if asked.priority_fee_per_gas is None else 0)

    def signer(self, member: MemberId) -> Signer:
        """The key that acts for a member now. Raises as `Operators.signer` does."""
        if member not in self._signers:
            try:
                self._signers[member] = self._operators.signer(member, at=self.head)
            except SealbookError as error:
                self._signers[member] = error
        found = self._signers[member]
        if isinstance(found, SealbookError):
            raise found
        return found

"""What the ledger needs of a chain node, in our own types.

Every method may raise `TransportError` when the node does not answer, and `NodeError`, which is
one, when it answers this one question with an error or out of protocol. Reads of contracts are
pinned to a block, and blocks, receipts and logs name the one they are of. Only what prepares a
transaction (`estimate_gas`, `transaction_count`, `fees`, `balance`) answers for a moment that has
no name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ledger.errors import SealbookError
from ledger.types import Address, BlockRef, ChainId, UnixTime


class SendFailure(Enum):
    """What to do about a transaction that a node did not take."""

    KNOWN = "known"
    """The node has these very bytes already: as good as sent."""

    NONCE_USED = "nonce-used"
    """Something with this nonce is on the chain: look whether it is ours."""

    NONCE_GAP = "nonce-gap"
    """An earlier nonce is missing: send that one first."""

    UNDERPRICED = "underpriced"
    """The fee is too low to enter, or to replace what has this nonce."""

    UNFUNDED = "unfunded"
    """The account cannot pay: nothing of its key is taken until it can."""

    BUSY = "busy"
    """The node could not look at it now."""

    REFUSED = "refused"
    """The node will not take it, now or later, unless something is changed."""


class SendRefused(SealbookError):
    """The node answered, and did not take a transaction."""

    code = "transaction-refused"

    def __init__(self, failure: SendFailure, message: str) -> None:
        super().__init__(f"the node did not take the transaction ({failure.value}): {message}")
        self.failure = failure


class Reverted(SealbookError):
    """A contract refused a call.

    data: the ABI-encoded error, empty if the contract gave none.
    """

    code = "reverted"

    def __init__(self, data: bytes) -> None:
        super().__init__(f"a contract refused the call: 0x{data.hex()}")
        self.data = data


@dataclass(frozen=True, slots=True)
class Block:
    """A block's header.

    header: the RLP encoding, whose keccak-256 is `ref.hash`.
    base_fee_per_gas: in wei; None before London.
    """

    ref: BlockRef
    timestamp: UnixTime
    base_fee_per_gas: int | None
    header: bytes


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest block, and of which chain it is: all of one answer.

    genesis: hash of block 0, which tells chains with one id apart; None if the node has none.
    """

    chain: ChainId
    genesis: bytes | None
    head: Block


@dataclass(frozen=True, slots=True)
class Log:
    """One event of a contract, where it stands on the chain.

    transaction_index: position of its transaction in the block.
    log_index: position of the event in the block, counted through all its transactions.
    """

    address: Address
    topics: tuple[bytes, ...]
    data: bytes
    block: BlockRef
    transaction_hash: bytes
    transaction_index: int
    log_index: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transaction.

    encoded: the receipt as it stands in the block's receipts trie (EIP-2718).
    """

    transaction_hash: bytes
    transaction_index: int
    block: BlockRef
    succeeded: bool
    logs: tuple[Log, ...]
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Fees:
    """What a transaction pays per gas, in wei.

    priority_fee_per_gas is None on chains without a fee market, where max_fee_per_gas is the
    plain gas price (often zero on permissioned networks).
    """

    max_fee_per_gas: int
    priority_fee_per_gas: int | None


class Chain(Protocol):
    """A node of the chain."""

    def chain_id(self) -> ChainId:
        """The chain that the node answers for."""
        ...

    def client_version(self) -> str:
        """What the node's program calls itself."""
        ...

    def head(self) -> Block:
        """The newest block."""
        ...

    def tip(self) -> Tip:
        """The newest block and the chain that it is of, in one request."""
        ...

    def finalized_block(self) -> BlockRef | None:
        """The newest block that the engine will never take back; None before there is one.

        Raises NodeError if the engine does not tell.
        """
        ...

    def block(self, number: int) -> Block | None:
        """The canonical block at a height; None above the head."""
        ...

    def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        """What `block` answers for each height, in one request."""
        ...

    def receipt(self, transaction_hash: bytes) -> Receipt | None:
        """The receipt of a transaction in a canonical block; None if there is none."""
        ...

    def receipts_of(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """What `receipt` answers for each, in one request."""
        ...

    def receipts(self, block: BlockRef) -> tuple[Receipt, ...]:
        """All receipts of one block, in order."""
        ...

    def logs(self, contracts: tuple[Address, ...], first: int, last: int) -> tuple[Log, ...]:
        """Events of the contracts in the canonical blocks first..last, in order."""
        ...

    def logs_with(
        self,
        contract: Address,
        topics: tuple[bytes | None, ...],
        first: int,
        last: int | None = None,
    ) -> tuple[Log, ...]:
        """Events of a contract in the canonical blocks first..last, in order, by their topics.

        topics: those that the event's first ones must equal; None for any.
        last: None for the newest block.
        """
        ...

    def call(
        self, to: Address, data: bytes, *, at: BlockRef, sender: Address | None = None
    ) -> bytes:
        """Run a call on the state after a block. Raises `Reverted`."""
        ...

    def estimate_gas(self, sender: Address, to: Address | None, data: bytes) -> int:
        """Gas that a transaction would need on the newest state. Raises `Reverted`."""
        ...

    def estimates(
        self, sender: Address, calls: Sequence[tuple[Address, bytes]]
    ) -> list[int | Reverted]:
        """What `estimate_gas` answers for each call, or raises as `Reverted`, in one request."""
        ...

    def code(self, address: Address, *, at: BlockRef) -> bytes:
        """The runtime code at an address; empty if there is none."""
        ...

    def transaction_count(self, sender: Address) -> int:
        """The next nonce of an account, counting what waits in the node."""
        ...

    def sealed_transaction_count(self, sender: Address, *, at: BlockRef) -> int:
        """The next nonce of an account after a block."""
        ...

    def fees(self) -> Fees:
        """What a transaction should pay to be sealed soon."""
        ...

    def balance(self, account: Address) -> int:
        """What an account owns now, in wei."""
        ...

    def send(self, raw: bytes) -> None:
        """Hand signed bytes to the node. Raises `SendRefused` if it does not take them."""
        ...

    def send_many(self, raws: Sequence[bytes]) -> list[SendRefused | None]:
        """Hand signed bytes to the node in one request; None for each that it took.

        Those of one key come in the order of their nonces.
        """
        ...

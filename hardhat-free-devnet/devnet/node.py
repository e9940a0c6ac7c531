"""The chain as a node keeps it: sealed blocks, the pool, the clock, and reads at any block."""

import logging
from enum import StrEnum
from typing import Final

import rlp
from eth.abc import BlockHeaderAPI, StateAPI
from eth.vm.forks.paris.blocks import ParisBlockHeader
from eth_typing import Address

from devnet import admission
from devnet.accounts import Account
from devnet.clock import Clock
from devnet.errors import ServerError
from devnet.evm import Backend, SealedBlock
from devnet.filters import Filters
from devnet.index import Index
from devnet.nodes import NodeStore
from devnet.opening import OpenChain
from devnet.pool import Pool

_CLOCK_OFFSET: Final = "clock_offset_seconds"

logger = logging.getLogger("devnet")


class BlockTag(StrEnum):
    """Blocks that are named and not numbered; the safe and the finalized one are the latest."""

    EARLIEST = "earliest"
    LATEST = "latest"
    PENDING = "pending"
    SAFE = "safe"
    FINALIZED = "finalized"


BlockId = int | bytes | BlockTag
"""A height, a 32-byte block hash, or a tag."""


class Node:
    """One chain. Not for concurrent use: the caller holds a lock.

    pool: transactions that wait for a block. clock: gives blocks their timestamps.
    head: header of the last sealed block. head_state: the state after it, for reading only.
    filters: what clients wait for.
    """

    pool: Pool
    filters: Filters
    clock: Clock
    head: BlockHeaderAPI
    head_state: StateAPI

    def __init__(self, chain: OpenChain, *, auto_seal: bool) -> None:
        self._chain = chain
        self._auto_seal = auto_seal
        self._snapshots: list[bytes] = []

    @classmethod
    def load(cls, chain: OpenChain, *, auto_seal: bool) -> "Node":
        """Continue an open chain at its last block.

        auto_seal: seal each transaction at once; otherwise they wait for `seal`.
        """
        node = cls(chain, auto_seal=auto_seal)
        node._read_position()
        return node

    def _read_position(self) -> None:
        self.pool = Pool()
        self.filters = Filters()
        self.clock = Clock(int(self._chain.database.setting(_CLOCK_OFFSET) or 0))
        self._set_head(self.backend.head())

    def _set_head(self, header: BlockHeaderAPI) -> None:
        self.head = header
        self.head_state = self.backend.state_at(header)

    @property
    def chain_id(self) -> int:
        """The chain's id (EIP-155)."""
        return self._chain.chain_id

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The development accounts."""
        return self._chain.accounts

    @property
    def backend(self) -> Backend:
        """The EVM with the chain's store."""
        return self._chain.backend

    @property
    def store(self) -> NodeStore:
        """The EVM's key/value store."""
        return self._chain.store

    @property
    def index(self) -> Index:
        """Look-ups of sealed blocks, transactions and logs."""
        return self._chain.index

    def submit(self, encoded: bytes) -> bytes:
        """Take a signed transaction and return its hash; ServerError when it is refused.

        It is sealed at once, or waits in the pool for the next block.
        """
        pending = admission.decode(self.backend, encoded)
        if self.pool.gas + pending.transaction.gas > self.head.gas_limit:
            self.seal()  # a full block does not wait for its time
        admission.admit(
            pending,
            self.pool,
            chain_id=self.chain_id,
            state=self.head_state,
            next_header=self.next_header(),
        )
        if self._auto_seal:
            try:
                self.seal_block()
            except BaseException:  # the caller learns of it and sends again
                self.pool.clear()
                raise
        return pending.hash

    def seal(self) -> None:
        """Seal the pending transactions as a block; no block when there are none."""
        if self.pool:
            self.seal_block()

    def seal_block(self) -> None:
        """Seal the pending transactions, if any, as a block. It is on disk when this returns."""
        sealed = self._write(self.next_header())
        self.pool.clear()
        self._set_head(sealed.block.header)
        block = sealed.block
        logger.info(
            "block %d sealed: %d transactions, %d gas, 0x%s",
            block.number,
            len(block.transactions),
            block.header.gas_used,
            block.hash.hex(),
        )

    def _write(self, header: BlockHeaderAPI) -> SealedBlock:
        database, store = self._chain.database, self._chain.store
        try:
            sealed = self.backend.seal(header, [pending.transaction for pending in self.pool])
            self.clock.sealed()
            with database.transaction():
                store.flush()
                self.index.add(sealed)
                database.set_setting(_CLOCK_OFFSET, str(self.clock.offset_seconds))
        except BaseException:
            store.discard()
            self.backend.reset()
            raise
        return sealed

    def next_header(self) -> BlockHeaderAPI:
        """Header of the block that would be sealed now."""
        return self.child_of(self.head)

    def child_of(self, parent: BlockHeaderAPI) -> BlockHeaderAPI:
        """Header of a block that would be sealed now on a parent."""
        return self.backend.child_header(parent, self.clock.timestamp_after(parent.timestamp))

    def find_header(self, block: BlockId) -> BlockHeaderAPI | None:
        """Header of a block; for the pending one of the block that would be sealed now."""
        match block:
            case BlockTag.PENDING:
                return self.next_header()
            case BlockTag.LATEST | BlockTag.SAFE | BlockTag.FINALIZED:
                return self.head
            case BlockTag.EARLIEST:
                record = self.index.block_by_number(0)
            case bytes():
                record = self.index.block_by_hash(block)
            case _:
                record = self.index.block_by_number(block)
        return None if record is None else rlp.decode(record.header, ParisBlockHeader)

    def pending_nonce(self, address: Address) -> int:
        """The nonce that the next transaction of an account needs, after the pending ones."""
        nonce = self.head_state.get_nonce(address)
        return nonce + len(self.pool.from_sender(address, nonce))

    def snapshot(self) -> int:
        """Remember the chain as it is; return the number to revert to. Only in memory."""
        if not self._chain.in_memory:
            raise ServerError("snapshots need a chain in memory: this one keeps its history")
        self._snapshots.append(self._chain.database.dump())
        return len(self._snapshots)

    def revert(self, number: int) -> bool:
        """Go back to a snapshot and drop it and later ones; False when there is none."""
        if not 1 <= number <= len(self._snapshots):
            return False
        self._chain.database.restore(self._snapshots[number - 1])
        del self._snapshots[number - 1 :]
        self.backend.reset()
        self._read_position()
        return True

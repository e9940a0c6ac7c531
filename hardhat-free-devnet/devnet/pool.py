"""Transactions that were accepted and are not in a block yet.

Only what the next block can take enters: each sender's nonces follow without a gap, each
transaction pays the base fee, and their gas limits fit together. So the next block takes all of
them. The pool is in memory; a crash loses it, as a node's would.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from eth.abc import SignedTransactionAPI


@dataclass(frozen=True, slots=True)
class PendingTransaction:
    """A signed transaction, with its recovered sender (20 bytes), encoding and hash."""

    transaction: SignedTransactionAPI
    sender: bytes
    encoded: bytes
    hash: bytes

    @property
    def greatest_cost_wei(self) -> int:
        """What the sender pays at most: the value, and all gas at the highest price."""
        transaction = self.transaction
        return transaction.value + transaction.gas * transaction.max_fee_per_gas


class Pool:
    """The pending transactions, in the order in which they came."""

    def __init__(self) -> None:
        self._by_slot: dict[tuple[bytes, int], PendingTransaction] = {}
        self._slots: dict[bytes, tuple[bytes, int]] = {}
        self._gas = 0

    def __len__(self) -> int:
        return len(self._by_slot)

    def __iter__(self) -> Iterator[PendingTransaction]:
        return iter(self._by_slot.values())

    @property
    def gas(self) -> int:
        """Sum of the gas limits."""
        return self._gas

    def put(self, pending: PendingTransaction) -> None:
        """Add a transaction, or replace the one of the same sender and nonce in its place."""
        slot = (pending.sender, pending.transaction.nonce)
        replaced = self._by_slot.get(slot)
        if replaced is not None:
            del self._slots[replaced.hash]
            self._gas -= replaced.transaction.gas
        self._by_slot[slot] = pending
        self._slots[pending.hash] = slot
        self._gas += pending.transaction.gas

    def clear(self) -> None:
        """Take all out."""
        self._by_slot.clear()
        self._slots.clear()
        self._gas = 0

    def find(self, transaction_hash: bytes) -> PendingTransaction | None:
        """Look a transaction up by hash."""
        slot = self._slots.get(transaction_hash)
        return None if slot is None else self._by_slot[slot]

    def from_sender(self, sender: bytes, first_nonce: int) -> list[PendingTransaction]:
        """The sender's transactions without a gap from a nonce on."""
        found: list[PendingTransaction] = []
        while (pending := self._by_slot.get((sender, first_nonce + len(found)))) is not None:
            found.append(pending)
        return found

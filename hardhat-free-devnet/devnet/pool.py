"""Transactions that were accepted and are not in a block yet.

Only transactions that can be executed next enter: each sender's nonces follow without a gap. The
pool is in memory; a crash loses it, as a node's would.
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

    def remove(self, pending: PendingTransaction) -> None:
        """Take a transaction out."""
        del self._by_slot[self._slots.pop(pending.hash)]
        self._gas -= pending.transaction.gas

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

    def next_block(self, base_fee_wei: int, gas_limit: int) -> list[PendingTransaction]:
        """Those that a block takes: each pays the base fee, and their gas limits fit together.

        What comes after a transaction that stays, from the same sender, stays too.
        """
        waiting_senders: set[bytes] = set()
        taken = []
        for pending in self:
            transaction = pending.transaction
            fits = transaction.gas <= gas_limit and transaction.max_fee_per_gas >= base_fee_wei
            if not fits or pending.sender in waiting_senders:
                waiting_senders.add(pending.sender)
                continue
            taken.append(pending)
            gas_limit -= transaction.gas
        return taken

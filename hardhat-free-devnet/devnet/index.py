"""What was sealed, found by number, by hash and by log: rows beside py-evm's own store.

Every look-up is one of an SQL index; none walks along the chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import rlp
from eth.abc import ReceiptAPI

from devnet.database import Database
from devnet.evm import SealedBlock

TOPIC_POSITIONS: Final = 4


@dataclass(frozen=True, slots=True)
class BlockRecord:
    """A sealed block: height, 32-byte hash, header in RLP."""

    number: int
    hash: bytes
    header: bytes


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A transaction in a sealed block.

    position: index in the block, from zero.
    encoded, receipt: as in the block's tries (EIP-2718).
    gas_used: by this transaction alone.
    first_log_index: index in the block of its first log.
    base_fee_wei: the block's, for one gas.
    """

    hash: bytes
    block_number: int
    block_hash: bytes
    position: int
    sender: bytes
    encoded: bytes
    receipt: bytes
    gas_used: int
    first_log_index: int
    base_fee_wei: int


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A log of a sealed block; `log_index` counts from zero in the block."""

    block_number: int
    block_hash: bytes
    log_index: int
    transaction_hash: bytes
    transaction_position: int
    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which logs are wanted.

    first_block, last_block: heights, both included.
    addresses: any of these; all when empty.
    topics: for each position any of these; an empty alternative takes any topic, but there must
    be one.
    """

    first_block: int
    last_block: int
    addresses: tuple[bytes, ...] = ()
    topics: tuple[tuple[bytes, ...], ...] = ()


_TRANSACTION_COLUMNS: Final = (
    "SELECT t.hash, t.block_number, b.hash, t.position, t.sender, t.encoded, t.receipt,"
    " t.gas_used, t.first_log_index, b.base_fee_wei"
    " FROM transactions t JOIN blocks b ON b.number = t.block_number"
)


_LOG_COLUMNS: Final = (
    "SELECT l.block_number, b.hash, l.log_index, t.hash, l.transaction_position,"
    " l.address, l.topic0, l.topic1, l.topic2, l.topic3, l.data"
    " FROM logs l JOIN blocks b ON b.number = l.block_number"
    " JOIN transactions t ON t.block_number = l.block_number"
    " AND t.position = l.transaction_position"
)
_BLOCK_COLUMNS: Final = "SELECT number, hash, header FROM blocks"


class Index:
    """Rows of sealed blocks, their transactions and their logs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, sealed: SealedBlock) -> None:
        """Write a block's rows; the caller is inside a database transaction."""
        block = sealed.block
        self._database.execute(
            "INSERT INTO blocks VALUES (?, ?, ?, ?)",
            (
                block.number,
                block.hash,
                rlp.encode(block.header),
                block.header.base_fee_per_gas,
            ),
        )
        gas_used_before = 0
        log_rows: list[tuple[object, ...]] = []
        for position, transaction in enumerate(block.transactions):
            receipt = sealed.receipts[position]
            self._database.execute(
                "INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    transaction.hash,
                    block.number,
                    position,
                    transaction.sender,
                    transaction.encode(),
                    receipt.encode(),
                    receipt.gas_used - gas_used_before,
                    len(log_rows),
                ),
            )
            gas_used_before = receipt.gas_used
            log_rows += _log_rows(block.number, len(log_rows), position, receipt)
        self._database.execute_many("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", log_rows)

    def block_by_number(self, number: int) -> BlockRecord | None:
        """The block at a height."""
        return self._block("number = ?", number)

    def block_by_hash(self, block_hash: bytes) -> BlockRecord | None:
        """The block with a hash."""
        return self._block("hash = ?", block_hash)

    def transaction(self, transaction_hash: bytes) -> TransactionRecord | None:
        """The transaction with a hash."""
        row = self._database.execute(
            f"{_TRANSACTION_COLUMNS} WHERE t.hash = ?", (transaction_hash,)
        ).fetchone()
        return None if row is None else TransactionRecord(*row)

    def transaction_at(self, block_number: int, position: int) -> TransactionRecord | None:
        """The transaction at an index of a block."""
        row = self._database.execute(
            f"{_TRANSACTION_COLUMNS} WHERE t.block_number = ? AND t.position = ?",
            (block_number, position),
        ).fetchone()
        return None if row is None else TransactionRecord(*row)

    def transactions(self, block_number: int) -> list[TransactionRecord]:
        """A block's transactions, in order."""
        rows = self._database.execute(
            f"{_TRANSACTION_COLUMNS} WHERE t.block_number = ? ORDER BY t.position",
            (block_number,),
        )
        return [TransactionRecord(*row) for row in rows]

    def transaction_hashes(self, block_number: int) -> list[bytes]:
        """The hashes of a block's transactions, in order."""
        rows = self._database.execute(
            "SELECT hash FROM transactions WHERE block_number = ? ORDER BY position",
            (block_number,),
        )
        return [row[0] for row in rows]

    def logs(self, query: LogQuery) -> list[LogRecord]:
        """The logs that match, in the order in which they were emitted."""
        condition, arguments = _log_condition(query)
        rows = self._database.execute(
            f"{_LOG_COLUMNS} WHERE {condition} ORDER BY l.block_number, l.log_index", arguments
        )
        return [_log_record(row) for row in rows]

    def _block(self, condition: str, argument: object) -> BlockRecord | None:
        row = self._database.execute(f"{_BLOCK_COLUMNS} WHERE {condition}", (argument,)).fetchone()
        return None if row is None else BlockRecord(*row)


def _log_rows(
    block_number: int, first_log_index: int, position: int, receipt: ReceiptAPI
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for offset, log in enumerate(receipt.logs):
        topics = [topic.to_bytes(32) for topic in log.topics]
        padding = [None] * (TOPIC_POSITIONS - len(topics))
        log_index = first_log_index + offset
        rows.append((block_number, log_index, position, log.address, *topics, *padding, log.data))
    return rows


def _log_record(row: tuple[Any, ...]) -> LogRecord:
    number, block_hash, log_index, transaction_hash, position, address, *slots, data = row
    topics = tuple(topic for topic in slots if topic is not None)
    return LogRecord(
        number, block_hash, log_index, transaction_hash, position, address, topics, data
    )


def _log_condition(query: LogQuery) -> tuple[str, tuple[object, ...]]:
    conditions = ["l.block_number BETWEEN ? AND ?"]
    arguments: list[object] = [query.first_block, query.last_block]
    if query.addresses:
        conditions.append(_any_of("l.address", query.addresses))
        arguments += query.addresses
    for position, alternatives in enumerate(query.topics):
        if alternatives:
            conditions.append(_any_of(f"l.topic{position}", alternatives))
            arguments += alternatives
        else:
            conditions.append(f"l.topic{position} IS NOT NULL")
    return " AND ".join(conditions), tuple(arguments)


def _any_of(column: str, values: Sequence[bytes]) -> str:
    return f"{column} IN ({', '.join('?' * len(values))})"

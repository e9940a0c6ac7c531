"""Contract events as the follower read them, for search and provenance."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from ledger.store.schema import events, followed_blocks
from ledger.types import BlockRef, RecordId, UnixTime


@dataclass(frozen=True, slots=True)
class ChainEvent:
    """An event of one of our contracts in a canonical block.

    timestamp: of the block. record: the transferable record that it is about, if any.
    arguments: by name; members as their names, None where the council acted; other words in hex.
    """

    block_number: int
    log_index: int
    transaction_hash: bytes
    timestamp: UnixTime
    contract: str
    name: str
    record: RecordId | None
    arguments: Mapping[str, Any]


def newest_block(connection: Connection) -> BlockRef | None:
    """The newest block that was followed; None before the first."""
    query = select(followed_blocks).order_by(followed_blocks.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else BlockRef(row.number, row.hash)


def blocks_below(connection: Connection, number: int, limit: int) -> list[BlockRef]:
    """Blocks kept below a height, newest first."""
    query = (
        select(followed_blocks)
        .where(followed_blocks.c.number < number)
        .order_by(followed_blocks.c.number.desc())
        .limit(limit)
    )
    return [BlockRef(row.number, row.hash) for row in connection.execute(query)]


def prune_blocks(connection: Connection, first: int, last: int) -> None:
    """Forget the blocks first..last in which no event was found."""
    with_events = select(events.c.block_number).where(
        events.c.block_number == followed_blocks.c.number
    )
    connection.execute(
        delete(followed_blocks).where(
            followed_blocks.c.number.between(first, last), ~with_events.exists()
        )
    )


def forget_above(connection: Connection, number: int) -> None:
    """Forget all blocks above a height, and their events."""
    connection.execute(delete(events).where(events.c.block_number > number))
    connection.execute(delete(followed_blocks).where(followed_blocks.c.number > number))


def add(
    connection: Connection,
    blocks: Sequence[tuple[BlockRef, UnixTime]],
    found: Sequence[ChainEvent],
) -> None:
    """Keep blocks with their timestamps, and the events found in them."""
    if blocks:
        connection.execute(
            insert(followed_blocks),
            [
                {"number": block.number, "hash": block.hash, "timestamp": timestamp}
                for block, timestamp in blocks
            ],
        )
    if found:
        connection.execute(insert(events), [_write(event) for event in found])


def named(connection: Connection, name: str) -> list[ChainEvent]:
    """All events of one name, oldest first."""
    query = (
        select(events)
        .where(events.c.name == name)
        .order_by(events.c.block_number, events.c.log_index)
    )
    return [_read(row) for row in connection.execute(query)]


def of_transaction(
    connection: Connection, record: RecordId, transaction_hash: bytes
) -> list[ChainEvent]:
    """The events of a record that one transaction brought about, in order."""
    query = (
        select(events)
        .where(events.c.record == record, events.c.transaction_hash == transaction_hash)
        .order_by(events.c.block_number, events.c.log_index)
    )
    return [_read(row) for row in connection.execute(query)]


def _write(event: ChainEvent) -> dict[str, object]:
    return {
        "block_number": event.block_number,
        "log_index": event.log_index,
        "transaction_hash": event.transaction_hash,
        "timestamp": event.timestamp,
        "contract": event.contract,
        "name": event.name,
        "record": event.record,
        "arguments": json.dumps(event.arguments),
    }


def _read(row: Row[Any]) -> ChainEvent:
    return ChainEvent(
        block_number=row.block_number,
        log_index=row.log_index,
        transaction_hash=row.transaction_hash,
        timestamp=UnixTime(row.timestamp),
        contract=row.contract,
        name=row.name,
        record=None if row.record is None else RecordId(row.record),
        arguments=json.loads(row.arguments),
    )

"""Contract events as the follower read them, for search and provenance."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    insert,
    or_,
    select,
)

from ledger.store.portable import json_text
from ledger.store.schema import events, followed_blocks
from ledger.types import BlockRef, MemberId, RecordId, UnixTime, parse_hex32

_CARRYING = ("StrictKeyHeld", "AlertKeyNoted", "AlertKeySeen")
# A database takes no more than some thousands, and plans a query anew for each number of them.
_VALUES_OF_A_QUERY = 200
_KEY_EVENTS = frozenset({*_CARRYING, "StrictKeyFreed"})


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


_NEWEST = select(followed_blocks).order_by(followed_blocks.c.number.desc()).limit(1)


def newest_block(connection: Connection) -> BlockRef | None:
    """The newest block that was followed; None before the first."""
    row = connection.execute(_NEWEST).one_or_none()
    return None if row is None else BlockRef(row.number, row.hash)


def keep_newest_block(connection: Connection) -> None:
    """Let no other worker forget what is the newest block now before the transaction ends."""
    connection.execute(_NEWEST.with_for_update())


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


def carrying(connection: Connection, contract: str, keys: Iterable[bytes]) -> list[ChainEvent]:
    """The events by which records of a contract came to carry one of these identity keys.

    Oldest first.
    """
    of_book = and_(events.c.name.in_(_CARRYING), events.c.contract == contract)
    return _having(connection, events.c.identity_key, dict.fromkeys(keys), of_book)


def of_records(
    connection: Connection, names: Iterable[str], records: Iterable[RecordId]
) -> list[ChainEvent]:
    """The events of these names about these records, oldest first."""
    return _having(
        connection, events.c.record, dict.fromkeys(records), events.c.name.in_(list(names))
    )


def registrations(
    connection: Connection, *, visible_to: MemberId | None, limit: int
) -> list[ChainEvent]:
    """The newest registrations of invoices that were neither taken back nor refused, newest first.

    visible_to: only those of which this member is a party, or of which it was offered or pledged
    units; None for all.
    """
    query = (
        select(events)
        .where(events.c.name == "InvoiceRegistered", events.c.record.not_in(_ended))
        .order_by(events.c.block_number.desc(), events.c.log_index.desc())
        .limit(limit)
    )
    if visible_to is not None:
        query = query.where(events.c.record.in_(_naming(visible_to)))
    return [_read(row) for row in connection.execute(query)]


_ended = select(events.c.record).where(
    events.c.name.in_(("InvoiceRejected", "InvoiceCancelled", "RecordVoided"))
)


def _naming(member: MemberId) -> Select[Any]:
    """Records of which a member is a party, or of which it was offered or pledged units."""
    parties = (
        ("InvoiceRegistered", "supplier"),
        ("InvoiceRegistered", "buyer"),
        ("Offered", "to"),
        ("Pledged", "pledgee"),
    )
    return select(events.c.record).where(
        or_(
            *(
                and_(events.c.name == name, json_text(events.c.arguments, argument) == member)
                for name, argument in parties
            )
        )
    )


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


def _having(
    connection: Connection,
    column: Column[Any],
    values: Iterable[bytes],
    condition: ColumnElement[bool],
) -> list[ChainEvent]:
    """Events of which a column has one of these values, each given once; oldest first."""
    wanted, found = list(values), list[ChainEvent]()
    for start in range(0, len(wanted), _VALUES_OF_A_QUERY):
        some = wanted[start : start + _VALUES_OF_A_QUERY]
        query = select(events).where(column.in_(some), condition)
        found += [_read(row) for row in connection.execute(query)]
    return sorted(found, key=lambda event: (event.block_number, event.log_index))


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
        "identity_key": _identity_key(event),
    }


def _identity_key(event: ChainEvent) -> bytes | None:
    # Events of members have an argument of this name too, which is an operator key's address.
    return parse_hex32(event.arguments["key"]) if event.name in _KEY_EVENTS else None


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

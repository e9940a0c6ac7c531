"""Transactions on their way to the chain.

::

    queued ──→ signed ──→ broadcast ──→ mined ──→ final
     │ ↑ │        ↑            │          │ │
     │ │ │        └────────────┴──────────┘ └──→ refused: it ran, and an operation was told no
     │ │ └──→ mined: the chain holds the anchor already, whoever sent it
     │ └─── from signed, broadcast and mined: the nonce went elsewhere, or the run failed
     └──→ refused: an operation was told no beforehand

Back to signed goes what was dropped or reorganised: the same bytes are sent again. Every step is
committed before it is taken: the signed bytes before they are sent (`attempts`), the block before
anything is built on it.

Every change names the revision of the transaction that it was decided on, and does not happen if
another worker has changed the transaction since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from ledger.errors import SealbookError
from ledger.store.engine import Store
from ledger.store.ids import new_id
from ledger.store.schema import transactions
from ledger.types import Address, BlockRef, MemberId, UnixTime

_PAGE = 200


class Overtaken(SealbookError):
    """Another worker changed a transaction since it was read: what was decided on it is void."""

    code = "overtaken"


class State(StrEnum):
    """How far a transaction is."""

    QUEUED = "queued"
    SIGNED = "signed"
    BROADCAST = "broadcast"
    MINED = "mined"
    FINAL = "final"
    REFUSED = "refused"


class Purpose(StrEnum):
    """What a transaction is for, which decides what a contract's refusal means."""

    ANCHOR = "anchor"
    OPERATION = "operation"


@dataclass(frozen=True, slots=True)
class Mined:
    """Where the chain holds a transaction."""

    transaction_hash: bytes
    block: BlockRef


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A transaction on its way.

    mined: where the chain holds it; None until it does.
    due_at: when its next step is due. tries: how often that step was tried in vain.
    revision: how often it was changed.
    """

    id: UUID
    member: MemberId
    purpose: Purpose
    recipient: Address
    data: bytes
    state: State
    mined: Mined | None
    due_at: UnixTime
    tries: int
    revision: int


def enqueue(
    connection: Connection,
    *,
    member: MemberId,
    purpose: Purpose,
    recipient: Address,
    data: bytes,
    now: UnixTime,
) -> UUID:
    """Promise a call to the chain for a member."""
    identifier = new_id()
    connection.execute(
        insert(transactions).values(
            id=identifier,
            member=member,
            purpose=purpose,
            recipient=recipient,
            data=data,
            state=State.QUEUED,
            due_at=now,
            tries=0,
        )
    )
    return identifier


def in_state(store: Store, state: State, *, due_by: UnixTime | None = None) -> Iterator[Outgoing]:
    """Transactions in a state, oldest first; only those that are due, if a time is given.

    Read in pages, each in a transaction of its own, so that every one may be changed meanwhile.
    """
    query = select(transactions).where(transactions.c.state == state).order_by(transactions.c.id)
    if due_by is not None:
        query = query.where(transactions.c.due_at <= due_by)
    after: UUID | None = None
    while True:
        page = query if after is None else query.where(transactions.c.id > after)
        with store.reading() as connection:
            items = [_read(row) for row in connection.execute(page.limit(_PAGE))]
        yield from items
        if len(items) < _PAGE:
            return
        after = items[-1].id


def mark_signed(connection: Connection, item: Outgoing, *, now: UnixTime) -> None:
    """An attempt is kept and is to be sent: the first, a dearer one, or the same once more."""
    _set(
        connection,
        item,
        state=State.SIGNED,
        hash=None,
        block_number=None,
        block_hash=None,
        problem=None,
        due_at=now,
        tries=0,
    )


def mark_broadcast(connection: Connection, item: Outgoing, *, resend_at: UnixTime) -> None:
    """The node took the bytes; they are sent again if it forgets them."""
    _set(connection, item, state=State.BROADCAST, problem=None, due_at=resend_at, tries=0)


def mark_mined(connection: Connection, item: Outgoing, mined: Mined) -> None:
    """The chain holds the transaction in a block that may still be reorganised."""
    _set(
        connection,
        item,
        state=State.MINED,
        due_at=0,
        tries=0,
        hash=mined.transaction_hash,
        block_number=mined.block.number,
        block_hash=mined.block.hash,
        problem=None,
    )


def mark_final(connection: Connection, item: Outgoing) -> None:
    """The block is final under the caller's policy."""
    _set(connection, item, state=State.FINAL, problem=None)


def mark_refused(connection: Connection, item: Outgoing, problem: str) -> None:
    """The contract said no. Nothing more is tried."""
    _set(connection, item, state=State.REFUSED, problem=problem)


def requeue(
    connection: Connection, item: Outgoing, *, problem: str | None, due_at: UnixTime
) -> None:
    """Nothing is to be expected of the attempts so far: sign another one."""
    _set(
        connection,
        item,
        state=State.QUEUED,
        hash=None,
        block_number=None,
        block_hash=None,
        problem=problem,
        due_at=due_at,
        tries=item.tries + 1,
    )


def postpone(connection: Connection, item: Outgoing, *, problem: str, until: UnixTime) -> None:
    """The present step failed; try it again later, and let people see why."""
    _set(connection, item, problem=problem, due_at=until, tries=item.tries + 1)


def _set(connection: Connection, item: Outgoing, **values: object) -> None:
    """Change a transaction that nobody has changed since it was read. Raises Overtaken."""
    unchanged = (transactions.c.id == item.id) & (transactions.c.revision == item.revision)
    changed = connection.execute(
        update(transactions).where(unchanged).values(revision=item.revision + 1, **values)
    )
    if not changed.rowcount:
        raise Overtaken(f"transaction {item.id} was changed by another worker")


def _read(row: Row[Any]) -> Outgoing:
    mined = None
    if row.block_hash is not None:
        mined = Mined(row.hash, BlockRef(row.block_number, row.block_hash))
    return Outgoing(
        id=row.id,
        member=MemberId(row.member),
        purpose=Purpose(row.purpose),
        recipient=Address(row.recipient),
        data=row.data,
        state=State(row.state),
        mined=mined,
        due_at=UnixTime(row.due_at),
        tries=row.tries,
        revision=row.revision,
    )

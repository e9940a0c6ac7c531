"""Transactions on their way to the chain.

::

    queued ─→ signed ─→ broadcast ─→ mined ─→ final
      │          ↑          │          │
      ↓          └──────────┴──────────┘  (reorganised, or dropped: the same bytes again)
    refused                            └─→ refused (it ran, and the contract said no)

Every step is committed before it is taken: the nonce and the signed bytes before sending, the
block before anything is built on it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from ledger.store.ids import new_id
from ledger.store.schema import attempts, transactions
from ledger.types import Address, BlockRef, MemberId, UnixTime


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
class Outgoing:
    """A transaction on its way.

    signer and nonce are None until it is signed; hash is that of the newest attempt, or of the
    one that the chain holds.
    problem: why it waits or was refused, as JSON; None while all is well.
    tries: how often the present step was tried in vain.
    """

    id: UUID
    member: MemberId
    purpose: Purpose
    recipient: Address
    data: bytes
    state: State
    signer: Address | None
    nonce: int | None
    hash: bytes | None
    block: BlockRef | None
    problem: str | None
    tries: int


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


def in_states(
    connection: Connection, *states: State, due_by: UnixTime | None = None, limit: int
) -> list[Outgoing]:
    """Transactions in these states, oldest first; only those that are due, if a time is given."""
    query = select(transactions).where(transactions.c.state.in_(states))
    if due_by is not None:
        query = query.where(transactions.c.due_at <= due_by)
    return [
        _read(row) for row in connection.execute(query.order_by(transactions.c.id).limit(limit))
    ]


def get(connection: Connection, identifier: UUID) -> Outgoing:
    """One transaction."""
    return _read(connection.execute(_by_id(identifier)).one())


def highest_nonce(connection: Connection, signer: Address) -> int | None:
    """The highest nonce that was ever allocated to an operator address; None if none was."""
    query = select(func.max(transactions.c.nonce)).where(transactions.c.signer == signer)
    nonce: int | None = connection.execute(query).scalar_one()
    return nonce


def sign(
    connection: Connection,
    identifier: UUID,
    *,
    signer: Address,
    nonce: int,
    transaction_hash: bytes,
    raw: bytes,
    now: UnixTime,
) -> None:
    """Allocate the nonce and keep the signed bytes, before anything is sent."""
    connection.execute(
        insert(attempts).values(
            hash=transaction_hash, transaction_id=identifier, raw=raw, created_at=now
        )
    )
    _set(
        connection,
        identifier,
        state=State.SIGNED,
        signer=signer,
        nonce=nonce,
        hash=transaction_hash,
        problem=None,
        due_at=now,
        tries=0,
    )


def newest_raw(connection: Connection, identifier: UUID) -> bytes:
    """The signed bytes of the newest attempt."""
    query = (
        select(attempts.c.raw)
        .where(attempts.c.transaction_id == identifier)
        .order_by(attempts.c.created_at.desc())
        .limit(1)
    )
    raw: bytes = connection.execute(query).scalar_one()
    return raw


def attempt_hashes(connection: Connection, identifier: UUID) -> list[bytes]:
    """Hashes of all attempts, any of which the chain may hold."""
    query = select(attempts.c.hash).where(attempts.c.transaction_id == identifier)
    return list(connection.execute(query).scalars())


def mark_broadcast(connection: Connection, identifier: UUID, *, resend_at: UnixTime) -> None:
    """The node took the bytes; they are sent again if it forgets them."""
    _set(connection, identifier, state=State.BROADCAST, problem=None, due_at=resend_at, tries=0)


def mark_mined(
    connection: Connection, identifier: UUID, *, transaction_hash: bytes, block: BlockRef
) -> None:
    """The chain holds the transaction in a block that may still be reorganised."""
    _set(
        connection,
        identifier,
        state=State.MINED,
        hash=transaction_hash,
        block_number=block.number,
        block_hash=block.hash,
        problem=None,
    )


def mark_final(connection: Connection, identifier: UUID) -> None:
    """The block is final under the caller's policy."""
    _set(connection, identifier, state=State.FINAL)


def mark_refused(connection: Connection, identifier: UUID, problem: str) -> None:
    """The contract said no. Nothing more is tried."""
    _set(connection, identifier, state=State.REFUSED, problem=problem)


def unmine(connection: Connection, identifier: UUID, now: UnixTime) -> None:
    """The block is no longer canonical: the same bytes are sent again."""
    _set(
        connection,
        identifier,
        state=State.SIGNED,
        block_number=None,
        block_hash=None,
        due_at=now,
        tries=0,
    )


def requeue(connection: Connection, identifier: UUID, now: UnixTime) -> None:
    """The nonce went to something else: allocate another one. Old attempts stay known."""
    _set(connection, identifier, state=State.QUEUED, signer=None, nonce=None, due_at=now, tries=0)


def postpone(connection: Connection, identifier: UUID, *, problem: str, until: UnixTime) -> None:
    """The present step failed; try it again later, and let people see why."""
    connection.execute(
        update(transactions)
        .where(transactions.c.id == identifier)
        .values(problem=problem, due_at=until, tries=transactions.c.tries + 1)
    )


def count_by_state(connection: Connection) -> dict[State, int]:
    """How many transactions are in each state."""
    query = select(transactions.c.state, func.count()).group_by(transactions.c.state)
    return {State(state): number for state, number in connection.execute(query)}


def _by_id(identifier: UUID) -> Any:
    return select(transactions).where(transactions.c.id == identifier)


def _set(connection: Connection, identifier: UUID, **values: object) -> None:
    connection.execute(update(transactions).where(transactions.c.id == identifier).values(**values))


def _read(row: Row[Any]) -> Outgoing:
    mined = row.block_hash is not None
    return Outgoing(
        id=row.id,
        member=MemberId(row.member),
        purpose=Purpose(row.purpose),
        recipient=Address(row.recipient),
        data=row.data,
        state=State(row.state),
        signer=None if row.signer is None else Address(row.signer),
        nonce=row.nonce,
        hash=row.hash,
        block=BlockRef(row.block_number, row.block_hash) if mined else None,
        problem=row.problem,
        tries=row.tries,
    )

"""Transactions on their way to the chain.

::

    queued ──→ signed ──→ broadcast ──→ mined ──→ final
     │ ↑ │        ↑            │          │ │       │
     │ │ │        └────────────┴──────────┴─│───────┘
     │ │ └──→ mined: the chain holds the anchor already, whoever sent it
     │ └─── from signed, broadcast and mined: the nonce went elsewhere, was used up by a cancel
     │      attempt, or the run failed         └──→ refused: an operation was told no, where it
     │                                              ran or by a cancel attempt in its place
     └──→ refused: an operation was told no beforehand

Back to signed goes what was dropped or reorganised, also after it was final: the same bytes are
sent again. Every step is committed before it is taken: the signed bytes before they are sent
(`attempts`), the block before anything is built on it.

A transaction that failed SET_ASIDE_TRIES times in vain is set aside: it keeps its state, its
`problem` says why, and its step is tried again at long intervals, or when somebody asks for it.

Every change names the revision of the transaction that it was decided on, and does not happen if
another worker has changed the transaction since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, or_, select, update

from ledger.errors import SealbookError
from ledger.store.engine import Store
from ledger.store.ids import new_id
from ledger.store.schema import transactions
from ledger.types import Address, BlockRef, MemberId, UnixTime

GROUP = 100
"""How many transactions are moved at once: what one request to a node may well hold."""

SET_ASIDE_TRIES = 10
"""From so many tries in vain on, a transaction counts as set aside."""

LONGEST_WAIT_SECONDS = 600
"""How long a failed step is put off at most: a time further ahead is that of a wrong clock."""


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


_IN_NO_BLOCK = {"hash": None, "block_number": None, "block_hash": None}

UNDER_WAY = (State.QUEUED, State.SIGNED, State.BROADCAST, State.MINED)
"""States from which a transaction goes on."""

IS_SET_ASIDE = transactions.c.tries >= SET_ASIDE_TRIES
"""Whether a row is of a transaction that failed so often that it is tried at long intervals only"""


class Purpose(StrEnum):
    """What a transaction is for, which decides what a contract's refusal means."""

    ANCHOR = "anchor"
    OPERATION = "operation"

    FILLER = "filler"
    """It does nothing but use up a nonce that is missing before others."""


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
    problem: why it waits or was refused (`ledger.anchoring.problems`); None while all is well.
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
    problem: str | None
    revision: int

    @property
    def is_set_aside(self) -> bool:
        """Whether it failed so often that it is tried at long intervals only."""
        return self.tries >= SET_ASIDE_TRIES


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


def get(connection: Connection, identifier: UUID) -> Outgoing:
    """A transaction."""
    query = select(transactions).where(transactions.c.id == identifier)
    return read_row(connection.execute(query).one())


def members_at_work(connection: Connection) -> list[MemberId]:
    """Members with transactions that are neither final nor refused."""
    query = select(transactions.c.member).where(transactions.c.state.in_(UNDER_WAY)).distinct()
    return [MemberId(member) for member in connection.execute(query).scalars()]


def in_state(
    store: Store,
    state: State,
    *,
    member: MemberId | None = None,
    due_by: UnixTime | None = None,
) -> Iterator[list[Outgoing]]:
    """Transactions in a state, oldest first, in groups of at most GROUP.

    member: only this one's. due_by: only those that are due then. Each group is read in a database
    transaction of its own, so that its members may be changed before the next is asked for.
    """
    query = select(transactions).where(transactions.c.state == state).order_by(transactions.c.id)
    if member is not None:
        query = query.where(transactions.c.member == member)
    if due_by is not None:
        due_at = transactions.c.due_at
        query = query.where(or_(due_at <= due_by, due_at > due_by + LONGEST_WAIT_SECONDS))
    after: UUID | None = None
    while True:
        page = query if after is None else query.where(transactions.c.id > after)
        with store.reading() as connection:
            items = [read_row(row) for row in connection.execute(page.limit(GROUP))]
        if items:
            yield items
        if len(items) < GROUP:
            return
        after = items[-1].id


def mark_signed(
    connection: Connection, item: Outgoing, *, now: UnixTime, problem: str | None = None
) -> None:
    """An attempt is kept and is to be sent: the first, another at its nonce, or the same once more.

    problem: why it is a cancel attempt, if it is one; so it is in the next two steps.
    """
    values = {"state": State.SIGNED, "problem": problem, "due_at": now, "tries": 0}
    _set(connection, item, **values, **_IN_NO_BLOCK)


def mark_broadcast(
    connection: Connection, item: Outgoing, *, resend_at: UnixTime, problem: str | None = None
) -> None:
    """The node took the bytes; they are sent again if it forgets them."""
    _set(connection, item, state=State.BROADCAST, problem=problem, due_at=resend_at, tries=0)


def mark_mined(
    connection: Connection, item: Outgoing, mined: Mined, *, problem: str | None = None
) -> None:
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
        problem=problem,
    )


def mark_final(connection: Connection, item: Outgoing) -> None:
    """The block is final under the caller's policy."""
    _set(connection, item, state=State.FINAL, problem=None)


def mark_refused(connection: Connection, item: Outgoing, problem: str) -> None:
    """The contract said no. Nothing more is tried."""
    _set(connection, item, state=State.REFUSED, problem=problem)


def requeue(
    connection: Connection,
    item: Outgoing,
    *,
    problem: str | None,
    due_at: UnixTime,
    aside: bool = False,
) -> None:
    """Nothing is to be expected of the attempts so far: sign another one.

    aside: whether it is set aside until then, since the node would not take it.
    """
    _set(
        connection,
        item,
        state=State.QUEUED,
        **_IN_NO_BLOCK,
        problem=problem,
        due_at=due_at,
        tries=SET_ASIDE_TRIES if aside else _one_more(item),
    )


def postpone(connection: Connection, item: Outgoing, *, problem: str, until: UnixTime) -> None:
    """The present step failed; try it again later, and let people see why."""
    _set(connection, item, problem=problem, due_at=until, tries=_one_more(item))


def set_aside(connection: Connection, item: Outgoing, *, problem: str, until: UnixTime) -> None:
    """The present step failed too often for another try soon."""
    _set(connection, item, problem=problem, due_at=until, tries=SET_ASIDE_TRIES)


def _one_more(item: Outgoing) -> int:
    return min(item.tries + 1, SET_ASIDE_TRIES - 1)


def _set(connection: Connection, item: Outgoing, **values: object) -> None:
    """Change a transaction that nobody has changed since it was read. Raises Overtaken."""
    unchanged = (transactions.c.id == item.id) & (transactions.c.revision == item.revision)
    changed = connection.execute(
        update(transactions).where(unchanged).values(revision=item.revision + 1, **values)
    )
    if not changed.rowcount:
        raise Overtaken(f"transaction {item.id} was changed by another worker")


def read_row(row: Row[Any]) -> Outgoing:
    """A row of `transactions`."""
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
        problem=row.problem,
        revision=row.revision,
    )

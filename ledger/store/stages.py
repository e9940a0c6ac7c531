"""How much waits at each stage of the way to the chain, and since when.

Only what waits is looked at, by indexes that hold nothing else, so that asking stays cheap however
much is final.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    select,
    update,
)

from ledger.store.ids import made_at
from ledger.store.outbox import IS_SET_ASIDE, UNDER_WAY, State
from ledger.store.schema import attempts, bundles, documents, transactions
from ledger.types import Address, UnixTime

MAX_COUNTED = 1_000_000
"""Rows of a stage that are counted; a longer queue is reported as of this length."""


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits at one stage.

    items: documents and bundles while no batch holds them, transactions after that.
    since: Unix seconds at which the oldest of them was accepted or queued; None if nothing waits.
    """

    items: int
    since: float | None


NOTHING = Depth(0, None)


@dataclass(frozen=True, slots=True)
class Nonces:
    """Nonces of one key: how many, and the lowest of them."""

    count: int
    lowest: int


@dataclass(frozen=True, slots=True)
class Troubled:
    """A transaction whose next step failed. problem: why, as `anchoring.problems` writes it."""

    id: UUID
    state: State
    is_set_aside: bool
    problem: str


MAX_LISTED = 1000
"""Troubled transactions that are listed."""


def unbatched(connection: Connection) -> Depth:
    """Documents and bundles that no batch holds."""
    return _sum(_depth(connection, _waiting(table)) for table in (documents, bundles))


def under_way(connection: Connection) -> Mapping[State, Depth]:
    """Transactions in each state from which they go on, without those that are set aside."""
    return {
        state: _depth(connection, _transactions(transactions.c.state == state, ~IS_SET_ASIDE))
        for state in UNDER_WAY
    }


def set_aside(connection: Connection) -> Depth:
    """Transactions that failed so often that they are tried at long intervals only."""
    return _depth(connection, _transactions(transactions.c.state.in_(UNDER_WAY), IS_SET_ASIDE))


def troubled(connection: Connection) -> list[Troubled]:
    """Transactions whose next step failed, oldest first, up to MAX_LISTED of them."""
    query = (
        select(transactions, IS_SET_ASIDE.label("is_set_aside"))
        .where(transactions.c.state.in_(UNDER_WAY), transactions.c.problem.is_not(None))
        .order_by(transactions.c.id)
        .limit(MAX_LISTED)
    )
    return [
        Troubled(row.id, State(row.state), row.is_set_aside, row.problem)
        for row in connection.execute(query)
    ]


def retry(connection: Connection, now: UnixTime) -> int:
    """Make everything whose step failed due at once. Returns how many there were."""
    return connection.execute(
        update(transactions)
        .where(transactions.c.state.in_(UNDER_WAY), transactions.c.problem.is_not(None))
        .values(
            due_at=now,
            tries=case((IS_SET_ASIDE, 0), else_=transactions.c.tries),
            revision=transactions.c.revision + 1,
        )
    ).rowcount


def unsealed_nonces(connection: Connection) -> Mapping[Address, Nonces]:
    """The nonces of each key that are given to transactions which no block is known to hold."""
    query = (
        select(
            attempts.c.signer,
            func.count(attempts.c.nonce.distinct()),
            func.min(attempts.c.nonce),
        )
        .join_from(transactions, attempts, attempts.c.transaction_id == transactions.c.id)
        .where(
            transactions.c.state.in_((State.SIGNED, State.BROADCAST)), attempts.c.outcome.is_(None)
        )
        .group_by(attempts.c.signer)
    )
    return {
        Address(signer): Nonces(count, lowest)
        for signer, count, lowest in connection.execute(query)
    }


def _transactions(*conditions: ColumnElement[bool]) -> Select[tuple[UUID]]:
    return select(transactions.c.id).where(*conditions).limit(MAX_COUNTED)


def _waiting(table: Table) -> Select[tuple[UUID]]:
    return select(table.c.id).where(table.c.batch_id.is_(None)).limit(MAX_COUNTED)


def _depth(connection: Connection, rows: Select[tuple[UUID]]) -> Depth:
    found = rows.subquery()
    # As text, since PostgreSQL finds no least UUID; their text is ordered as they are.
    query = select(func.count(), func.min(cast(found.c.id, String)))
    row = connection.execute(query.select_from(found)).one()
    oldest: str | None = row[1]
    return Depth(row[0], None if oldest is None else made_at(UUID(oldest)))


def _sum(depths: Iterable[Depth]) -> Depth:
    known = list(depths)
    times = [depth.since for depth in known if depth.since is not None]
    return Depth(sum(depth.items for depth in known), min(times, default=None))

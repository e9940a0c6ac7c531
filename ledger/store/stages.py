"""How much waits at each stage of the way to the chain, and since when.

Only what waits is looked at, by indexes that hold nothing else, so that asking stays cheap however
much is final.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Select, String, Table, cast, func, select

from ledger.store.ids import made_at
from ledger.store.outbox import State
from ledger.store.schema import attempts, bundles, documents, transactions
from ledger.types import Address

MAX_COUNTED = 1_000_000
"""Rows of a stage that are counted; a longer queue is reported as of this length."""

UNDER_WAY = (State.QUEUED, State.SIGNED, State.BROADCAST, State.MINED)
"""States from which a transaction goes on."""


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits at one stage.

    items: documents and bundles while no batch holds them, transactions after that.
    since: Unix seconds at which the oldest of them was accepted or queued; None if nothing waits.
    """

    items: int
    since: float | None


NOTHING = Depth(0, None)


def unbatched(connection: Connection) -> Depth:
    """Documents and bundles that no batch holds."""
    return _sum(_depth(connection, _waiting(table)) for table in (documents, bundles))


def under_way(connection: Connection) -> Mapping[State, Depth]:
    """Transactions in each state from which they go on."""
    return {
        state: _depth(
            connection,
            select(transactions.c.id).where(transactions.c.state == state).limit(MAX_COUNTED),
        )
        for state in UNDER_WAY
    }


def unsealed_nonces(connection: Connection) -> Mapping[Address, int]:
    """How many nonces of each key are given to transactions that no block is known to hold."""
    query = (
        select(attempts.c.signer, func.count(attempts.c.nonce.distinct()))
        .join_from(transactions, attempts, attempts.c.transaction_id == transactions.c.id)
        .where(
            transactions.c.state.in_((State.SIGNED, State.BROADCAST)), attempts.c.outcome.is_(None)
        )
        .group_by(attempts.c.signer)
    )
    return {Address(signer): count for signer, count in connection.execute(query)}


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

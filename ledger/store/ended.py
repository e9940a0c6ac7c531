"""What ended by a block: transactions that are final, and operations that were refused there."""

from sqlalchemy import Connection, func, select

from ledger.store.outbox import Outgoing, State, read_row
from ledger.store.schema import transactions
from ledger.types import BlockRef

_ENDED = (State.FINAL, State.REFUSED)


def blocks_below(connection: Connection, height: int | None) -> list[BlockRef]:
    """The highest block below a height that ended a transaction; None for the highest of all.

    Several at one height if the transactions were ended before and after a reorganisation.
    """
    # One look into an index for each state.
    numbers = []
    for state in _ENDED:
        newest = select(func.max(transactions.c.block_number)).where(transactions.c.state == state)
        if height is not None:
            newest = newest.where(transactions.c.block_number < height)
        numbers.append(newest.scalar_subquery())
    found = [number for number in connection.execute(select(*numbers)).one() if number is not None]
    if not found:
        return []
    query = (
        select(transactions.c.block_number, transactions.c.block_hash)
        .where(transactions.c.state.in_(_ENDED), transactions.c.block_number == max(found))
        .distinct()
    )
    return [BlockRef(row.block_number, row.block_hash) for row in connection.execute(query)]


def in_block(connection: Connection, block: BlockRef) -> list[Outgoing]:
    """Transactions that are final or refused by what stands in a block."""
    query = select(transactions).where(
        transactions.c.state.in_(_ENDED),
        transactions.c.block_number == block.number,
        transactions.c.block_hash == block.hash,
    )
    return [read_row(row) for row in connection.execute(query)]

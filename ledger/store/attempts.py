"""The signed forms of transactions, each kept before it is sent.

A transaction gets another attempt when the first one pays too little (same nonce, higher fee), or
when the first one can no longer be taken (another nonce). All attempts that are open may still be
found on the chain.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from ledger.chain.port import Fees
from ledger.store.schema import attempts
from ledger.types import Address


class Outcome(StrEnum):
    """Why an attempt is closed."""

    FAILED = "failed"
    """It ran in a final block, and the contract said no."""

    LOST = "lost"
    """Something else has its nonce in a final block."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One signed form of a transaction.

    raw: the bytes that a node takes.
    """

    hash: bytes
    signer: Address
    nonce: int
    fees: Fees
    raw: bytes


def add(connection: Connection, transaction: UUID, attempt: Attempt) -> None:
    """Keep an attempt as the newest. The same bytes, signed again, are the same attempt."""
    newest = select(func.max(attempts.c.sequence)).where(attempts.c.transaction_id == transaction)
    sequence = (connection.execute(newest).scalar_one() or 0) + 1
    again = (
        update(attempts)
        .where(attempts.c.hash == attempt.hash, attempts.c.transaction_id == transaction)
        .values(sequence=sequence, outcome=None)
    )
    if connection.execute(again).rowcount:
        return
    priority = attempt.fees.priority_fee_per_gas
    connection.execute(
        insert(attempts).values(
            hash=attempt.hash,
            transaction_id=transaction,
            sequence=sequence,
            signer=attempt.signer,
            nonce=attempt.nonce,
            max_fee=str(attempt.fees.max_fee_per_gas),
            priority_fee=None if priority is None else str(priority),
            raw=attempt.raw,
        )
    )


def open_of(connection: Connection, transaction: UUID) -> list[Attempt]:
    """The attempts that the chain may hold or still take, newest first."""
    query = (
        select(attempts)
        .where(attempts.c.transaction_id == transaction, attempts.c.outcome.is_(None))
        .order_by(attempts.c.sequence.desc())
    )
    return [_read(row) for row in connection.execute(query)]


def close(connection: Connection, transaction: UUID, outcome: Outcome) -> None:
    """Nothing is to be expected of the open attempts any more."""
    connection.execute(
        update(attempts)
        .where(attempts.c.transaction_id == transaction, attempts.c.outcome.is_(None))
        .values(outcome=outcome)
    )


def _read(row: Row[Any]) -> Attempt:
    priority = None if row.priority_fee is None else int(row.priority_fee)
    return Attempt(
        hash=row.hash,
        signer=Address(row.signer),
        nonce=row.nonce,
        fees=Fees(int(row.max_fee), priority),
        raw=row.raw,
    )

"""The signed forms of transactions, each kept before it is sent.

A transaction gets another attempt when the first one pays too little (same nonce, higher fee), when
the node will never take the first one (same nonce, doing nothing: a cancel attempt), or when the
first one can no longer be taken (another nonce, once the first one's is decided in a final block).
All attempts that are open may still be found on the chain, and all have one nonce.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.chain.port import Fees
from ledger.store.outbox import Overtaken, State
from ledger.store.schema import attempts, transactions
from ledger.types import Address


class AttemptKind(StrEnum):
    """What an attempt does if it is taken."""

    CALL = "call"
    CANCEL = "cancel"
    """Nothing, but its nonce is used up: a transfer of 0 to itself."""


class Outcome(StrEnum):
    """Why an attempt is closed."""

    FAILED = "failed"
    """It ran in a final block, and the contract said no."""

    LOST = "lost"
    """Something else has its nonce in a final block."""

    CANCELLED = "cancelled"
    """A cancel attempt has its nonce in a final block."""


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
    kind: AttemptKind = AttemptKind.CALL


def add(connection: Connection, transaction: UUID, attempt: Attempt) -> None:
    """Keep an attempt as the newest. The same bytes, signed again, are the same attempt.

    Bytes that call nothing recur for one nonce whatever they are signed for: they leave another
    transaction that expects nothing of them any more. Raises Overtaken if it still does; the
    database transaction must then be left.
    """
    is_free = (attempts.c.transaction_id == transaction) | attempts.c.outcome.is_not(None)
    again = (
        update(attempts)
        .where(attempts.c.hash == attempt.hash, is_free)
        .values(
            transaction_id=transaction,
            sequence=_newest(connection, [transaction]).get(transaction, 0) + 1,
            kind=attempt.kind,
            outcome=None,
        )
    )
    if not connection.execute(again).rowcount:
        add_new(connection, {transaction: attempt})


def add_new(connection: Connection, signed: Mapping[UUID, Attempt]) -> None:
    """Keep attempts, with bytes that were never signed before, as their transactions' newest.

    Raises Overtaken if some of the bytes were; the database transaction must then be left.
    """
    newest = _newest(connection, signed)
    rows = [
        {
            "hash": attempt.hash,
            "transaction_id": transaction,
            "sequence": newest.get(transaction, 0) + 1,
            "signer": attempt.signer,
            "nonce": attempt.nonce,
            "max_fee": str(attempt.fees.max_fee_per_gas),
            "priority_fee": _text(attempt.fees.priority_fee_per_gas),
            "raw": attempt.raw,
            "kind": attempt.kind,
        }
        for transaction, attempt in signed.items()
    ]
    try:
        connection.execute(insert(attempts), rows)
    except IntegrityError as error:
        raise Overtaken("another worker signed the same bytes meanwhile") from error


def _newest(connection: Connection, transactions_of: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(attempts.c.transaction_id, func.max(attempts.c.sequence))
        .where(attempts.c.transaction_id.in_(transactions_of))
        .group_by(attempts.c.transaction_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _text(fee_wei: int | None) -> str | None:
    return None if fee_wei is None else str(fee_wei)


def open_of(connection: Connection, identifiers: Collection[UUID]) -> dict[UUID, list[Attempt]]:
    """The attempts of each transaction that the chain may hold or still take, newest first."""
    query = (
        select(attempts)
        .where(attempts.c.transaction_id.in_(identifiers), attempts.c.outcome.is_(None))
        .order_by(attempts.c.sequence.desc())
    )
    found: dict[UUID, list[Attempt]] = {identifier: [] for identifier in identifiers}
    for row in connection.execute(query):
        found[row.transaction_id].append(_read(row))
    return found


def lowest_open_nonce(connection: Connection, signer: Address) -> int | None:
    """The lowest nonce of a key that its transactions wait for on the chain; None if none do."""
    query = (
        select(func.min(attempts.c.nonce))
        .join_from(attempts, transactions)
        .where(
            attempts.c.signer == signer,
            attempts.c.outcome.is_(None),
            transactions.c.state.in_((State.SIGNED, State.BROADCAST)),
        )
    )
    nonce: int | None = connection.execute(query).scalar_one()
    return nonce


def held_nonces(connection: Connection, signer: Address, first: int, end: int) -> set[int]:
    """Nonces first..end-1 of a key whose attempts are open, or are opened again.

    That happens to those of an operation that a block refused, if the block goes.
    """
    is_held = attempts.c.outcome.is_(None) | (
        (transactions.c.state == State.REFUSED)
        & transactions.c.block_hash.is_not(None)
        & (attempts.c.outcome != Outcome.LOST)
    )
    query = (
        select(attempts.c.nonce)
        .join_from(attempts, transactions)
        .where(
            attempts.c.signer == signer,
            is_held,
            attempts.c.nonce >= first,
            attempts.c.nonce < end,
        )
    )
    return set(connection.execute(query).scalars())


def close(connection: Connection, transaction: UUID, outcome: Outcome) -> None:
    """Nothing is to be expected of the open attempts any more."""
    connection.execute(
        update(attempts)
        .where(attempts.c.transaction_id == transaction, attempts.c.outcome.is_(None))
        .values(outcome=outcome)
    )


def reopen(connection: Connection, transaction: UUID, nonce: int) -> None:
    """What ended the attempts at a nonce was reorganised away: the chain may take them again."""
    connection.execute(
        update(attempts)
        .where(attempts.c.transaction_id == transaction, attempts.c.nonce == nonce)
        .values(outcome=None)
    )


def nonce_of(connection: Connection, attempt_hash: bytes) -> int | None:
    """The nonce of an attempt of ours; None if the hash is of none."""
    query = select(attempts.c.nonce).where(attempts.c.hash == attempt_hash)
    return connection.execute(query).scalar_one_or_none()


def _read(row: Row[Any]) -> Attempt:
    priority = None if row.priority_fee is None else int(row.priority_fee)
    return Attempt(
        hash=row.hash,
        signer=Address(row.signer),
        nonce=row.nonce,
        fees=Fees(int(row.max_fee), priority),
        raw=row.raw,
        kind=AttemptKind(row.kind),
    )

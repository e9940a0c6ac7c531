"""Which transaction each nonce of an operator key was given to.

The table's key keeps two workers from giving one nonce to two transactions, whoever of them
believes to have the turn.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.store.outbox import Overtaken
from ledger.store.schema import nonces
from ledger.types import Address


def highest(connection: Connection, signer: Address) -> int | None:
    """The highest nonce of a key that was ever given; None if none was."""
    query = select(func.max(nonces.c.nonce)).where(nonces.c.signer == signer)
    nonce: int | None = connection.execute(query).scalar_one()
    return nonce


def give(connection: Connection, signer: Address, given: Mapping[int, UUID]) -> None:
    """Give nonces to transactions, in the database transaction that keeps their attempts.

    Raises Overtaken if one was given already; the database transaction must then be left.
    """
    rows = [
        {"signer": signer, "nonce": nonce, "transaction_id": transaction}
        for nonce, transaction in given.items()
    ]
    try:
        connection.execute(insert(nonces), rows)
    except IntegrityError as error:
        raise Overtaken(f"another worker gave nonces of {signer} meanwhile") from error


def take_over(connection: Connection, signer: Address, nonce: int, transaction: UUID) -> None:
    """Give a nonce to a transaction though it was given before, to one that has no use for it.

    Raises Overtaken if it is given to yet another one meanwhile; see `give`.
    """
    query = select(nonces.c.transaction_id).where(
        nonces.c.signer == signer, nonces.c.nonce == nonce
    )
    holder: UUID | None = connection.execute(query).scalar_one_or_none()
    if holder is None:
        give(connection, signer, {nonce: transaction})
        return
    passed = connection.execute(
        update(nonces)
        .where(
            nonces.c.signer == signer,
            nonces.c.nonce == nonce,
            nonces.c.transaction_id == holder,
        )
        .values(transaction_id=transaction)
    )
    if not passed.rowcount:
        raise Overtaken(f"nonce {nonce} of {signer} was given by another worker")

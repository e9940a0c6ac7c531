"""What members asked to be done to records, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from ledger.store.outbox import State
from ledger.store.schema import operations, transactions
from ledger.types import MemberId, RecordId, UnixTime


class OperationKind(StrEnum):
    """The acts of members on records."""

    REGISTER = "register"
    ACCEPT = "accept"
    ACCEPT_PART = "accept-part"
    REJECT = "reject"
    CANCEL = "cancel"
    OFFER = "offer"
    ACCEPT_OFFER = "accept-offer"
    REJECT_OFFER = "reject-offer"
    WITHDRAW_OFFER = "withdraw-offer"
    EXPIRE_OFFER = "expire-offer"
    PLEDGE = "pledge"
    RELEASE_PLEDGE = "release-pledge"
    ENFORCE_PLEDGE = "enforce-pledge"
    UNDERTAKE = "undertake"
    DECLARE_PAYMENT = "declare-payment"
    CONFIRM_PAYMENT = "confirm-payment"
    DENY_PAYMENT = "deny-payment"
    WITHDRAW_PAYMENT = "withdraw-payment"
    DISPUTE = "dispute"
    WITHDRAW_DISPUTE = "withdraw-dispute"
    CONCEDE_DISPUTE = "concede-dispute"


@dataclass(frozen=True, slots=True)
class Operation:
    """An act on a record, and how far its transaction is.

    call: the transaction's call data.
    problem: why it waits or was refused, as JSON; None while all is well.
    """

    id: UUID
    member: MemberId
    kind: OperationKind
    record: RecordId
    document_id: UUID | None
    created_at: UnixTime
    state: State
    call: bytes
    transaction_hash: bytes | None
    problem: str | None


def add(
    connection: Connection,
    *,
    identifier: UUID,
    member: MemberId,
    kind: OperationKind,
    record: RecordId,
    document_id: UUID | None,
    transaction: UUID,
    now: UnixTime,
) -> None:
    """Keep an act with the transaction that is to carry it out."""
    connection.execute(
        insert(operations).values(
            id=identifier,
            member=member,
            kind=kind,
            record=record,
            document_id=document_id,
            transaction_id=transaction,
            created_at=now,
        )
    )


def find(connection: Connection, member: MemberId, identifier: UUID) -> Operation | None:
    """A member's act; None if this member asked for no such thing."""
    query = _SELECT.where(operations.c.id == identifier, operations.c.member == member)
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


_SELECT = select(
    operations,
    transactions.c.state,
    transactions.c.data,
    transactions.c.hash,
    transactions.c.problem,
).join_from(operations, transactions)


def _read(row: Row[Any]) -> Operation:
    return Operation(
        id=row.id,
        member=MemberId(row.member),
        kind=OperationKind(row.kind),
        record=RecordId(row.record),
        document_id=row.document_id,
        created_at=UnixTime(row.created_at),
        state=State(row.state),
        call=row.data,
        transaction_hash=row.hash,
        problem=row.problem,
    )

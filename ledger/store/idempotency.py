"""Requests that were accepted under a client's own key, so that a retry finds the first answer."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, select

from ledger.store.schema import idempotency_keys
from ledger.types import MemberId, UnixTime


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's name for one request (the Idempotency-Key header).

    fingerprint: SHA-256 of what was asked, which a retry must ask again.
    """

    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class AcceptedBefore:
    """What an earlier request with the same key led to."""

    fingerprint: bytes
    resource_id: UUID


def find(connection: Connection, member: MemberId, key: str) -> AcceptedBefore | None:
    """What the member's key led to; None if it is new."""
    query = select(idempotency_keys.c.fingerprint, idempotency_keys.c.resource_id).where(
        idempotency_keys.c.member == member, idempotency_keys.c.key == key
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else AcceptedBefore(row.fingerprint, row.resource_id)


def add(
    connection: Connection,
    member: MemberId,
    key: IdempotencyKey,
    resource_id: UUID,
    now: UnixTime,
) -> None:
    """Remember what a key led to."""
    connection.execute(
        insert(idempotency_keys).values(
            member=member,
            key=key.key,
            fingerprint=key.fingerprint,
            resource_id=resource_id,
            created_at=now,
        )
    )

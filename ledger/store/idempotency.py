"""Requests that were accepted under a client's own key, so that a retry finds the first answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from secrets import token_bytes
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Connection, delete, select, tuple_, update

from ledger.store.inserts import insert_rows
from ledger.store.schema import idempotency_keys
from ledger.types import DIGEST_BYTES, MemberId, UnixTime

_NAME = tuple_(idempotency_keys.c.member, idempotency_keys.c.key)
_COLUMNS = (
    idempotency_keys.c.member,
    idempotency_keys.c.key,
    idempotency_keys.c.fingerprint,
    idempotency_keys.c.resource_id,
    idempotency_keys.c.created_at,
)
_MOST_NAMES = 1000  # in one query: databases bound its parameters


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


KeyName: TypeAlias = tuple[MemberId, str]
"""Whose key it is, and the key itself."""


def find(connection: Connection, names: Sequence[KeyName]) -> dict[KeyName, AcceptedBefore]:
    """What keys led to; new ones are not among the answers."""
    found: dict[KeyName, AcceptedBefore] = {}
    for start in range(0, len(names), _MOST_NAMES):
        some = names[start : start + _MOST_NAMES]
        query = select(idempotency_keys).where(_NAME.in_(some))
        for row in connection.execute(query):
            found[MemberId(row.member), row.key] = AcceptedBefore(row.fingerprint, row.resource_id)
    return found


def add(connection: Connection, keys: Iterable[tuple[KeyName, AcceptedBefore, UnixTime]]) -> None:
    """Remember what keys led to, and since when. IntegrityError if one is taken by now."""
    rows = [
        (member, key, accepted.fingerprint, accepted.resource_id, now)
        for (member, key), accepted, now in keys
    ]
    # In one order, so that two processes wait for each other in one direction only.
    insert_rows(connection, _COLUMNS, sorted(rows, key=itemgetter(0, 1)))


def forget(connection: Connection, resources: Sequence[UUID]) -> None:
    """Forget the keys that led to resources, so that what is asked again is a new request."""
    led = idempotency_keys.c.resource_id.in_(resources)
    connection.execute(delete(idempotency_keys).where(led))


def outdate(connection: Connection, resource: UUID) -> None:
    """Forget what was asked for under the keys that led to a resource, and keep the keys taken."""
    led = idempotency_keys.c.resource_id == resource
    connection.execute(
        update(idempotency_keys).where(led).values(fingerprint=token_bytes(DIGEST_BYTES))
    )

"""API keys, stored as SHA-256 of secrets with 256 random bits."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from ledger.store.schema import api_keys
from ledger.types import MemberId, UnixTime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that lets its holder act for one member in one role."""

    id: UUID
    member: MemberId
    role: str


def add(connection: Connection, key: ApiKey, secret_hash: bytes, now: UnixTime) -> None:
    """Keep a new key."""
    connection.execute(
        insert(api_keys).values(
            id=key.id, member=key.member, role=key.role, secret_hash=secret_hash, created_at=now
        )
    )


def find(connection: Connection, secret_hash: bytes) -> ApiKey | None:
    """The live key with this hash; None if there is none or it was revoked."""
    query = select(api_keys.c.id, api_keys.c.member, api_keys.c.role).where(
        api_keys.c.secret_hash == secret_hash, api_keys.c.revoked_at.is_(None)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else ApiKey(row.id, MemberId(row.member), row.role)


def members(connection: Connection) -> list[MemberId]:
    """Members that have a live key."""
    query = select(api_keys.c.member).where(api_keys.c.revoked_at.is_(None)).distinct()
    return [MemberId(member) for member in connection.execute(query).scalars()]


def revoke(connection: Connection, identifier: UUID, now: UnixTime) -> bool:
    """Revoke a live key. False if there is no such key."""
    statement = (
        update(api_keys)
        .where(api_keys.c.id == identifier, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return connection.execute(statement).rowcount == 1

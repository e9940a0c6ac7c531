"""Who asks: API keys, each for one member in one role."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from uuid import UUID

from ledger.chain.membership import Role, role_name
from ledger.errors import Forbidden, NotFound, Unauthenticated
from ledger.services.remembered import Remembered
from ledger.store import api_keys
from ledger.store.api_keys import ApiKey
from ledger.store.engine import Store
from ledger.store.ids import new_id
from ledger.types import MemberId, UnixTime

ACTING = tuple(role for role in Role if role is not Role.AUDITOR)
"""Roles whose keys may bind the member: auditors only look."""

HOLDING = (Role.SUPPLIER, Role.FINANCIER)
"""Roles whose members hold units: suppliers issue them, and get back what they stand behind."""

KEY_SECONDS = 1.0
"""How long a key may get in after it was revoked."""

_MOST_KEYS = 10_000
_PREFIX = "sbk_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Principal:
    """The holder of an API key: a member acting in one role."""

    member: MemberId
    role: Role

    def require(self, *roles: Role) -> None:
        """Raise Forbidden unless the key is for one of these roles."""
        if self.role not in roles:
            wanted = " or ".join(role_name(role) for role in roles)
            raise Forbidden(
                f"this takes a key for the role {wanted}, and this one is for"
                f" {role_name(self.role)}",
                code="wrong-role",
            )


def issue_key(store: Store, member: MemberId, role: Role, now: UnixTime) -> tuple[UUID, str]:
    """Make a key. Returns its id and the secret, which is shown this once and never kept."""
    secret = _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    key = ApiKey(new_id(), member, role_name(role))
    with store.writing() as connection:
        api_keys.add(connection, key, _hash(secret), now)
    return key.id, secret


def revoke_key(store: Store, identifier: UUID, now: UnixTime) -> None:
    """Revoke a key: it gets in for KEY_SECONDS at most. Raises NotFound if it is not a live key."""
    with store.writing() as connection:
        if not api_keys.revoke(connection, identifier, now):
            raise NotFound(f"{identifier} is not a live API key", code="unknown-api-key")


class Doorkeeper:
    """Knows the holders of keys that came lately, so that not every request asks the database.

    A key that is revoked, by this process or another one, gets in for KEY_SECONDS more. What is
    refused is asked of the database each time.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Remembered[bytes, Principal] = Remembered(seconds=KEY_SECONDS, most=_MOST_KEYS)

    def known(self, secret: str) -> Principal | None:
        """The holder of a key, if it need not be looked up; never waits."""
        return self._known.get(_hash(secret))

    def let_in(self, secret: str) -> Principal:
        """The holder of a key, looked up. Raises Unauthenticated as `authenticate` does."""
        asked_at = time.monotonic()
        hashed = _hash(secret)
        try:
            principal = authenticate(self._store, secret)
        except Unauthenticated:
            self._known.forget(hashed)
            raise
        self._known.put(hashed, principal, asked_at=asked_at)
        return principal


def authenticate(store: Store, secret: str) -> Principal:
    """The holder of a key. Raises Unauthenticated if it was never issued, or revoked."""
    with store.reading() as connection:
        key = api_keys.find(connection, _hash(secret))
    if key is None:
        raise Unauthenticated("this API key is unknown or was revoked; ask your operator for one")
    return Principal(key.member, Role[key.role.upper()])


def _hash(secret: str) -> bytes:
    # A secret with 256 random bits needs no slow hash.
    return hashlib.sha256(secret.encode()).digest()

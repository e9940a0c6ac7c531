"""Who asks: API keys, each for one member in one role."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from ledger.chain.membership import Role, role_name
from ledger.errors import Forbidden, NotFound, Unauthenticated
from ledger.store import api_keys
from ledger.store.api_keys import ApiKey
from ledger.store.engine import Store
from ledger.store.ids import new_id
from ledger.types import MemberId, UnixTime

ACTING = tuple(role for role in Role if role is not Role.AUDITOR)
"""Roles whose keys may bind the member: auditors only look."""

HOLDING = (Role.SUPPLIER, Role.FINANCIER)
"""Roles whose members hold units: suppliers issue them, and get back what they stand behind."""

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
    """Revoke a key, at once. Raises NotFound if it is not a live key."""
    with store.writing() as connection:
        if not api_keys.revoke(connection, identifier, now):
            raise NotFound(f"{identifier} is not a live API key", code="unknown-api-key")


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

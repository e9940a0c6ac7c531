"""Accepting requests: each once, whatever it is sent again, and durable before it is answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from ledger.anchoring.observer import Kind
from ledger.errors import Conflict, Refusal
from ledger.services.context import Ledger
from ledger.store import idempotency
from ledger.store.group_commit import KeepMany
from ledger.store.idempotency import AcceptedBefore, IdempotencyKey, KeyName
from ledger.store.ids import new_id
from ledger.types import MemberId, UnixTime

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Submission(Generic[_Item]):
    """What a member hands in by one request.

    key: the client's name for the request, if it has one.
    now: when it was handed in. weight: how many documents it is.
    kind: what those who watch call it.
    """

    member: MemberId
    key: IdempotencyKey | None
    now: UnixTime
    item: _Item
    weight: int = 1
    kind: Kind = Kind.DOCUMENT


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a request led to. is_new: whether this one did, and not an earlier one like it."""

    id: UUID
    is_new: bool


KeepNew: TypeAlias = Callable[[Connection, Sequence[tuple[UUID, Submission[_Item]]]], None]
"""Writes new submissions under the ids that they get, in the caller's database transaction."""

Accepting: TypeAlias = KeepMany[Submission[_Item], Accepted]
"""What `GroupCommit` calls to accept submissions of one kind."""


def accepting(keep_new: KeepNew[_Item]) -> Accepting[_Item]:
    """Accept submissions of a kind once each; to be made once for each kind.

    The clients' keys are looked up and kept in the transaction that keeps the submissions, so that
    a retry finds both or neither, and the second of two in one group finds the first. A key that
    was used for another request is a Conflict. Ids are given here, in the order of the commits, so
    that no page skips what is kept after it was shown.
    """

    def accept_many(
        connection: Connection, submissions: Sequence[Submission[_Item]]
    ) -> list[Accepted | Refusal]:
        known = idempotency.find(
            connection, [_name(one.member, one.key) for one in submissions if one.key is not None]
        )
        new: list[tuple[UUID, Submission[_Item]]] = []
        results = [_accept(one, known, new) for one in submissions]
        if new:
            keep_new(connection, new)
            idempotency.add(connection, _keys_of(new))
        return results

    return accept_many


def accept_once(
    ledger: Ledger,
    accept_many: Accepting[_Item],
    submission: Submission[_Item],
    *,
    check: Callable[[], None],
) -> Accepted:
    """Check and keep a submission, or find what the same request led to before.

    What was accepted before is not checked again. Raises what `check` raises, Conflict if the key
    was used for another request, and TransportError if the database cannot be used.
    """
    before = accepted_before(ledger, submission)
    if before is not None:
        return before
    check()
    accepted = ledger.intake.submit(accept_many, submission, weight=submission.weight).result()
    tell_accepted(ledger, submission, accepted)
    return accepted


def tell_accepted(ledger: Ledger, submission: Submission[_Item], accepted: Accepted) -> None:
    """Let those who watch hear of a submission that was kept, once."""
    if accepted.is_new:
        ledger.observer.accepted(
            submission.kind, accepted.id, submission.member, documents=submission.weight
        )


def accepted_before(ledger: Ledger, submission: Submission[_Item]) -> Accepted | None:
    """What the same request led to before. Raises Conflict if its key was used for another."""
    if submission.key is None:
        return None
    name = _name(submission.member, submission.key)
    with ledger.store.reading() as connection:
        before = idempotency.find(connection, [name]).get(name)
    if before is None:
        return None
    if before.fingerprint != submission.key.fingerprint:
        raise _reused(before)
    return Accepted(before.resource_id, is_new=False)


def _accept(
    submission: Submission[_Item],
    known: dict[KeyName, AcceptedBefore],
    new: list[tuple[UUID, Submission[_Item]]],
) -> Accepted | Refusal:
    key = submission.key
    if key is not None:
        before = known.get(_name(submission.member, key))
        if before is not None and before.fingerprint != key.fingerprint:
            return _reused(before)
        if before is not None:
            return Accepted(before.resource_id, is_new=False)
    given = new_id()
    new.append((given, submission))
    if key is not None:
        known[_name(submission.member, key)] = AcceptedBefore(key.fingerprint, given)
    return Accepted(given, is_new=True)


def _keys_of(
    new: Sequence[tuple[UUID, Submission[_Item]]],
) -> list[tuple[KeyName, AcceptedBefore, UnixTime]]:
    return [
        (_name(one.member, one.key), AcceptedBefore(one.key.fingerprint, given), one.now)
        for given, one in new
        if one.key is not None
    ]


def _name(member: MemberId, key: IdempotencyKey) -> KeyName:
    return member, key.key


def _reused(before: AcceptedBefore) -> Conflict:
    return Conflict(
        f"this Idempotency-Key led to {before.resource_id}, by another request or one of which"
        " something was erased since; use a new key for a new request",
        code="idempotency-key-reused",
    )

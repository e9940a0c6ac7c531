"""Taking a member's act in: asked of the chain first, then kept, then carried out by the worker.

The first answer spares everybody the transactions that are bound to fail. It decides nothing: the
contract does, when the transaction runs. While the chain does not answer, acts are kept all the
same, and their outcome stands on their status page.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from ledger.anchoring.observer import Kind
from ledger.chain.contract import ContractCall
from ledger.chain.port import Reverted
from ledger.chain.record_forms import Item, ItemKind
from ledger.chain.reverts import refusal_of
from ledger.chain.signer import Signer
from ledger.errors import Forbidden, NotFound, Refusal, SealbookError, TransportError
from ledger.services.acceptance import Submission, accept_once, accepting
from ledger.services.context import Ledger
from ledger.services.principals import Principal
from ledger.store import events, operations, outbox
from ledger.store.idempotency import IdempotencyKey
from ledger.store.operations import Operation, OperationKind
from ledger.types import MemberId, RecordId, UnixTime

_LOG = logging.getLogger(__name__)

# Acts that make something which gets its number from the chain, with the event that tells it.
_MADE: Mapping[OperationKind, tuple[ItemKind, str]] = {
    OperationKind.OFFER: (ItemKind.OFFER, "Offered"),
    OperationKind.PLEDGE: (ItemKind.PLEDGE, "Pledged"),
    OperationKind.DECLARE_PAYMENT: (ItemKind.PAYMENT, "PaymentDeclared"),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks a ledger for something, and under which name for the request, if it has one."""

    ledger: Ledger
    principal: Principal
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What a member wants done to a record."""

    kind: OperationKind
    record: RecordId
    call: ContractCall


def submit(
    caller: Caller,
    act: Act,
    *,
    check_first: Callable[[], None] | None = None,
    outdated: Callable[[Refusal], bool] | None = None,
) -> Operation:
    """Take an act in. What is returned is kept, and will be carried out or refused.

    check_first: what depends on the time, and so must not be asked of a retry.
    outdated: whether a refusal is due to the age of the newest block, so that the next one, which
    has the present time, says something else.
    Raises the refusal if the chain already says no.
    """
    ledger, member = caller.ledger, caller.principal.member

    def check() -> None:
        if check_first is not None:
            check_first()
        try:
            check_act(ledger, member, act.call)
        except Refusal as refusal:
            if outdated is None or not outdated(refusal):
                raise

    submission = Submission(member, caller.key, ledger.clock(), act, kind=Kind.OPERATION)
    accepted = accept_once(ledger, _ACCEPT_ACTS, submission, check=check)
    return get_operation(ledger, caller.principal, accepted.id)


def get_operation(ledger: Ledger, principal: Principal, identifier: UUID) -> Operation:
    """A member's act and what became of it. Raises NotFound."""
    with ledger.store.reading() as connection:
        found = operations.find(connection, principal.member, identifier)
    if found is None:
        raise NotFound(f"you have no operation {identifier}", code="unknown-operation")
    return found


def item_of(ledger: Ledger, operation: Operation) -> Item | None:
    """The offer, pledge or payment that an act makes, answers or ends.

    None for other acts, and for what is made and not final, or not yet read by the follower.
    """
    if operation.kind not in _MADE:
        return ledger.book.item_named(operation.call)
    if operation.state is not outbox.State.FINAL or operation.transaction_hash is None:
        return None
    kind, name = _MADE[operation.kind]
    with ledger.store.reading() as connection:
        found = events.of_transaction(connection, operation.record, operation.transaction_hash)
    numbers = (int(event.arguments[kind.value]) for event in found if event.name == name)
    return next((Item(kind, number) for number in numbers), None)


def keep_act(
    connection: Connection,
    identifier: UUID,
    member: MemberId,
    act: Act,
    *,
    document_id: UUID | None,
    now: UnixTime,
) -> None:
    """Write an act and its transaction down, in the caller's database transaction."""
    transaction = outbox.enqueue(
        connection,
        member=member,
        purpose=outbox.Purpose.OPERATION,
        recipient=act.call.to,
        data=act.call.data,
        now=now,
    )
    operations.add(
        connection,
        identifier=identifier,
        member=member,
        kind=act.kind,
        record=act.record,
        document_id=document_id,
        transaction=transaction,
        now=now,
    )


def check_act(ledger: Ledger, member: MemberId, call: ContractCall) -> None:
    """Ask the chain what it would say to an act of the member now. Raises its refusal."""
    _check(ledger, member, call)


def check_operator(ledger: Ledger, member: MemberId) -> None:
    """Ask the chain whether the member's operator key may act now. Raises its refusal.

    That it may, or that the chain does not answer, is remembered for a moment (`operators` of the
    ledger): documents come many in a second, and the answer changes once in years. What the answer
    does not reach in time is kept unchecked: a node that hangs keeps nobody waiting for long.
    """
    if ledger.operators.get(member) is None:
        ledger.asking.ask(member, lambda: _remember_operator(ledger, member))


async def ask_about_operator(ledger: Ledger, member: MemberId) -> None:
    """`check_operator` on the event loop, where nothing is remembered that may be gone by."""
    await ledger.asking.ask_meanwhile(member, lambda: _remember_operator(ledger, member))


def _remember_operator(ledger: Ledger, member: MemberId) -> None:
    asked_at = time.monotonic()
    try:
        is_answered = _check(ledger, member, None)
    except SealbookError:
        ledger.operators.forget(member)
        raise
    # That there is no answer is known only when the wait for it is over.
    known_since = asked_at if is_answered else time.monotonic()
    ledger.operators.put(member, True, asked_at=known_since)


def _keep_acts(connection: Connection, new: Sequence[tuple[UUID, Submission[Act]]]) -> None:
    for identifier, one in new:
        keep_act(connection, identifier, one.member, one.item, document_id=None, now=one.now)


_ACCEPT_ACTS = accepting(_keep_acts)


def _check(ledger: Ledger, member: MemberId, call: ContractCall | None) -> bool:
    """Ask of one block whether the key acts for the member, and then what the call would do.

    Returns whether the chain answered.

    With a key of another member, the call would be done in that one's name.
    """
    signer = signer_of(ledger, member)
    try:
        head = ledger.chain.head().ref
        actor = ledger.membership.actor_of(signer.address, at=head)
        if actor != member:
            raise Forbidden(
                f"the operator key that this service holds for {member} acts for {actor}",
                code="foreign-operator-key",
            )
        if call is not None:
            ledger.chain.call(call.to, call.data, at=head, sender=signer.address)
    except Reverted as error:
        raise refusal_of(error.data) from error
    except TransportError as error:
        _LOG.warning("a request of %s was kept unchecked: %s", member, error)
        return False
    return True


def signer_of(ledger: Ledger, member: MemberId) -> Signer:
    """The member's operator key. Raises Forbidden if this service holds none."""
    signer = ledger.keyring.signer(member)
    if signer is None:
        raise Forbidden(
            f"this service holds no operator key of {member}, so it cannot act for it",
            code="no-operator-key",
        )
    return signer

"""What members do with units as security: pledge, release, enforce."""

from ledger.chain.membership import Role
from ledger.chain.record_forms import Security
from ledger.errors import Refusal
from ledger.services.context import Ledger
from ledger.services.inputs import require_units
from ledger.services.principals import Principal
from ledger.services.submissions import Act, submit
from ledger.store.idempotency import IdempotencyKey
from ledger.store.operations import Operation, OperationKind
from ledger.types import RecordId, Units, utc_text

_HOLDING = (Role.SUPPLIER, Role.FINANCIER)
_NOT_ENFORCEABLE = "pledge-not-enforceable"


def pledge_units(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    security: Security,
    *,
    senior: int | None,
    key: IdempotencyKey | None,
) -> Operation:
    """Pledge units that the member holds.

    senior: a pledge of units that stand pledged already, behind all of which this one ranks; None
    to pledge free units, in the first rank.
    """
    principal.require(*_HOLDING)
    require_units(security.units)
    book = ledger.book
    if senior is None:
        call = book.pledge(record, security)
    else:
        call = book.pledge_behind(record, senior, security)
    return submit(ledger, principal, Act(OperationKind.PLEDGE, record, call), key)


def release_pledge(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    pledge: int,
    units: Units,
    key: IdempotencyKey | None,
) -> Operation:
    """The secured member gives up its pledge, or a part of it."""
    principal.require(*_HOLDING)
    require_units(units)
    call = ledger.book.release_pledge(record, pledge, units)
    return submit(ledger, principal, Act(OperationKind.RELEASE_PLEDGE, record, call), key)


def enforce_pledge(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    pledge: int,
    units: Units,
    key: IdempotencyKey | None,
) -> Operation:
    """The secured member takes pledged units, or a part of them."""
    principal.require(*_HOLDING)
    require_units(units)

    def due_by_now(refusal: Refusal) -> bool:
        # As with offers: the newest block may be from before the date.
        due = str(refusal.details.get("enforceable_from"))
        return refusal.rule == _NOT_ENFORCEABLE and due <= utc_text(ledger.clock())

    act = Act(
        OperationKind.ENFORCE_PLEDGE, record, ledger.book.enforce_pledge(record, pledge, units)
    )
    return submit(ledger, principal, act, key, outdated=due_by_now)

"""What members do with units as security: pledge, release, enforce."""

from ledger.chain.record_forms import Security
from ledger.errors import Refusal
from ledger.services.inputs import require_units
from ledger.services.principals import HOLDING
from ledger.services.submissions import Act, Caller, submit
from ledger.store.operations import Operation, OperationKind
from ledger.types import RecordId, Units, utc_text

_NOT_ENFORCEABLE = "pledge-not-enforceable"


def pledge_units(
    caller: Caller, record: RecordId, security: Security, *, senior: int | None
) -> Operation:
    """Pledge units that the member holds.

    senior: a pledge of units that stand pledged already, behind all of which this one ranks; None
    to pledge free units, in the first rank.
    """
    caller.principal.require(*HOLDING)
    require_units(security.units)
    book = caller.ledger.book
    if senior is None:
        call = book.pledge(record, security)
    else:
        call = book.pledge_behind(record, senior, security)
    return submit(caller, Act(OperationKind.PLEDGE, record, call))


def release_pledge(caller: Caller, record: RecordId, pledge: int, units: Units) -> Operation:
    """The secured member gives up its pledge, or a part of it."""
    caller.principal.require(*HOLDING)
    require_units(units)
    call = caller.ledger.book.release_pledge(record, pledge, units)
    return submit(caller, Act(OperationKind.RELEASE_PLEDGE, record, call))


def enforce_pledge(caller: Caller, record: RecordId, pledge: int, units: Units) -> Operation:
    """The secured member takes pledged units, or a part of them."""
    caller.principal.require(*HOLDING)
    require_units(units)

    def due_by_now(refusal: Refusal) -> bool:
        # As with offers: the newest block may be from before the date.
        due = str(refusal.details.get("enforceable_from"))
        return refusal.rule == _NOT_ENFORCEABLE and due <= utc_text(caller.ledger.clock())

    call = caller.ledger.book.enforce_pledge(record, pledge, units)
    return submit(caller, Act(OperationKind.ENFORCE_PLEDGE, record, call), outdated=due_by_now)

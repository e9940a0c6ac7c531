"""What buyers and holders say of an invoice's payment, and of disputes about it."""

from ledger.chain.membership import Role
from ledger.services.context import Ledger
from ledger.services.inputs import reason_word, require_units
from ledger.services.principals import Principal
from ledger.services.submissions import Act, submit
from ledger.store.idempotency import IdempotencyKey
from ledger.store.operations import Operation, OperationKind
from ledger.types import DIGEST_BYTES, Digest, MemberId, RecordId, Units

_HOLDING = (Role.SUPPLIER, Role.FINANCIER)
_NO_ADVICE = Digest(bytes(DIGEST_BYTES))


def undertake_payment(
    ledger: Ledger, principal: Principal, record: RecordId, key: IdempotencyKey | None
) -> Operation:
    """The buyer undertakes irrevocably to pay whoever holds the invoice."""
    principal.require(Role.BUYER)
    act = Act(OperationKind.UNDERTAKE, record, ledger.book.undertake(record))
    return submit(ledger, principal, act, key)


def declare_payment(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    *,
    holder: MemberId,
    units: Units,
    key: IdempotencyKey | None,
) -> Operation:
    """The buyer says that it paid a holder for some of its units."""
    principal.require(Role.BUYER)
    require_units(units)
    call = ledger.book.declare_payment(record, holder, units, _NO_ADVICE)
    return submit(ledger, principal, Act(OperationKind.DECLARE_PAYMENT, record, call), key)


def confirm_payment(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    payment: int,
    key: IdempotencyKey | None,
) -> Operation:
    """The holder confirms that it was paid; as many of its free units retire."""
    principal.require(*_HOLDING)
    act = Act(OperationKind.CONFIRM_PAYMENT, record, ledger.book.confirm_payment(record, payment))
    return submit(ledger, principal, act, key)


def deny_payment(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    payment: int,
    reason: str,
    key: IdempotencyKey | None,
) -> Operation:
    """The holder says that a payment did not arrive; reason is at most 32 bytes of text."""
    principal.require(*_HOLDING)
    call = ledger.book.deny_payment(record, payment, reason_word(reason))
    return submit(ledger, principal, Act(OperationKind.DENY_PAYMENT, record, call), key)


def withdraw_payment(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    payment: int,
    key: IdempotencyKey | None,
) -> Operation:
    """The buyer takes back what it declared."""
    principal.require(Role.BUYER)
    act = Act(OperationKind.WITHDRAW_PAYMENT, record, ledger.book.withdraw_payment(record, payment))
    return submit(ledger, principal, act, key)


def raise_dispute(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    units: Units,
    reason: str,
    key: IdempotencyKey | None,
) -> Operation:
    """The buyer does not want to pay for units; reason is at most 32 bytes of text."""
    principal.require(Role.BUYER)
    require_units(units)
    call = ledger.book.dispute(record, units, reason_word(reason))
    return submit(ledger, principal, Act(OperationKind.DISPUTE, record, call), key)


def withdraw_dispute(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    dispute: int,
    key: IdempotencyKey | None,
) -> Operation:
    """The buyer ends its dispute with this number in favour of the holders."""
    principal.require(Role.BUYER)
    act = Act(OperationKind.WITHDRAW_DISPUTE, record, ledger.book.withdraw_dispute(record, dispute))
    return submit(ledger, principal, act, key)


def concede_dispute(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    dispute: int,
    key: IdempotencyKey | None,
) -> Operation:
    """The supplier ends the dispute with this number in favour of the buyer.

    As many of the supplier's own units retire as are disputed.
    """
    principal.require(Role.SUPPLIER)
    act = Act(OperationKind.CONCEDE_DISPUTE, record, ledger.book.concede_dispute(record, dispute))
    return submit(ledger, principal, act, key)

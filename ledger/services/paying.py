"""What buyers and holders say of an invoice's payment, and of disputes about it."""

from ledger.chain.membership import Role
from ledger.services.inputs import reason_word, require_units
from ledger.services.principals import HOLDING
from ledger.services.submissions import Act, Caller, submit
from ledger.store.operations import Operation, OperationKind
from ledger.types import DIGEST_BYTES, Digest, MemberId, RecordId, Units

_NO_ADVICE = Digest(bytes(DIGEST_BYTES))


def undertake_payment(caller: Caller, record: RecordId) -> Operation:
    """The buyer undertakes irrevocably to pay whoever holds the invoice."""
    caller.principal.require(Role.BUYER)
    call = caller.ledger.book.undertake(record)
    return submit(caller, Act(OperationKind.UNDERTAKE, record, call))


def declare_payment(
    caller: Caller, record: RecordId, *, holder: MemberId, units: Units
) -> Operation:
    """The buyer says that it paid a holder for some of its units."""
    caller.principal.require(Role.BUYER)
    require_units(units)
    call = caller.ledger.book.declare_payment(record, holder, units, _NO_ADVICE)
    return submit(caller, Act(OperationKind.DECLARE_PAYMENT, record, call))


def confirm_payment(caller: Caller, record: RecordId, payment: int) -> Operation:
    """The holder confirms that it was paid; as many of its free units retire."""
    caller.principal.require(*HOLDING)
    call = caller.ledger.book.confirm_payment(record, payment)
    return submit(caller, Act(OperationKind.CONFIRM_PAYMENT, record, call))


def deny_payment(caller: Caller, record: RecordId, payment: int, reason: str) -> Operation:
    """The holder says that a payment did not arrive; reason is at most 32 bytes of text."""
    caller.principal.require(*HOLDING)
    call = caller.ledger.book.deny_payment(record, payment, reason_word(reason))
    return submit(caller, Act(OperationKind.DENY_PAYMENT, record, call))


def withdraw_payment(caller: Caller, record: RecordId, payment: int) -> Operation:
    """The buyer takes back what it declared."""
    caller.principal.require(Role.BUYER)
    call = caller.ledger.book.withdraw_payment(record, payment)
    return submit(caller, Act(OperationKind.WITHDRAW_PAYMENT, record, call))


def raise_dispute(caller: Caller, record: RecordId, units: Units, reason: str) -> Operation:
    """The buyer does not want to pay for units; reason is at most 32 bytes of text."""
    caller.principal.require(Role.BUYER)
    require_units(units)
    call = caller.ledger.book.dispute(record, units, reason_word(reason))
    return submit(caller, Act(OperationKind.DISPUTE, record, call))


def withdraw_dispute(caller: Caller, record: RecordId, dispute: int) -> Operation:
    """The buyer ends its dispute with this number in favour of the holders."""
    caller.principal.require(Role.BUYER)
    call = caller.ledger.book.withdraw_dispute(record, dispute)
    return submit(caller, Act(OperationKind.WITHDRAW_DISPUTE, record, call))


def concede_dispute(caller: Caller, record: RecordId, dispute: int) -> Operation:
    """The supplier ends the dispute with this number in favour of the buyer.

    As many of the supplier's own units retire as are disputed.
    """
    caller.principal.require(Role.SUPPLIER)
    call = caller.ledger.book.concede_dispute(record, dispute)
    return submit(caller, Act(OperationKind.CONCEDE_DISPUTE, record, call))

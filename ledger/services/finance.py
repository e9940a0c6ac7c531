"""What buyers, suppliers and financiers do with a registered invoice."""

from ledger.chain.invoice_forms import Clearance
from ledger.chain.membership import Role
from ledger.errors import Conflict, InvalidRequest, Refusal, TransportError
from ledger.services.inputs import reason_word, require_units
from ledger.services.principals import ACTING, HOLDING
from ledger.services.records import expired_offers
from ledger.services.submissions import Act, Caller, submit
from ledger.store.operations import Operation, OperationKind
from ledger.types import (
    DIGEST_BYTES,
    Digest,
    MemberId,
    RecordId,
    Units,
    UnixTime,
    utc_text,
)

NO_TERMS = Digest(bytes(DIGEST_BYTES))
"""In place of a commitment to the terms of an offer, where there is none."""

_INSUFFICIENT_UNITS = "insufficient-units"
_NOT_EXPIRED = "offer-not-expired"


def accept_invoice(caller: Caller, record: RecordId) -> Operation:
    """The buyer says that it owes the invoice."""
    caller.principal.require(Role.BUYER)
    call = caller.ledger.book.accept(record)
    return submit(caller, Act(OperationKind.ACCEPT, record, call))


def accept_part(caller: Caller, record: RecordId, units: Units, reason: str) -> Operation:
    """The buyer says that it owes a part, and why not all, in at most 32 bytes of text."""
    caller.principal.require(Role.BUYER)
    require_units(units)
    call = caller.ledger.book.accept_part(record, units, reason_word(reason))
    return submit(caller, Act(OperationKind.ACCEPT_PART, record, call))


def reject_invoice(caller: Caller, record: RecordId, reason: str) -> Operation:
    """The buyer says that it does not owe the invoice; reason is at most 32 bytes of text."""
    caller.principal.require(Role.BUYER)
    call = caller.ledger.book.reject(record, reason_word(reason))
    return submit(caller, Act(OperationKind.REJECT, record, call))


def cancel_invoice(caller: Caller, record: RecordId) -> Operation:
    """The supplier takes an invoice back of which nobody else holds anything."""
    caller.principal.require(Role.SUPPLIER)
    call = caller.ledger.book.cancel(record)
    return submit(caller, Act(OperationKind.CANCEL, record, call))


def offer_units(
    caller: Caller,
    record: RecordId,
    *,
    to: MemberId,
    units: Units,
    terms: Digest,
    expires_at: UnixTime,
) -> Operation:
    """Offer units that the member holds free to a financier; they are reserved until it answers.

    Suppliers offer what they issued, financiers what they took, also back to the supplier.
    terms: commitment to the terms; NO_TERMS if there are none.
    """
    caller.principal.require(*HOLDING)
    require_units(units)

    def check_expiry() -> None:
        if expires_at <= caller.ledger.clock():
            raise InvalidRequest(
                f"an offer must expire in the future; {utc_text(expires_at)} is not",
                code="invalid-expiry",
            )

    call = caller.ledger.book.offer(record, to, units, expires_at, terms)
    try:
        return submit(caller, Act(OperationKind.OFFER, record, call), check_first=check_expiry)
    except Conflict as error:
        if error.rule != _INSUFFICIENT_UNITS:
            raise
        raise _naming_expired(caller, record, error) from error


def accept_offer(
    caller: Caller, record: RecordId, offer: int, clearance: Clearance | None
) -> Operation:
    """The member takes the units that were offered to it.

    clearance: what it was promised and verified; the contract then takes nothing if the offer or
    the record is not so. None to rely on nothing but the record's state.
    """
    caller.principal.require(*HOLDING)
    book = caller.ledger.book
    if clearance is None:
        call = book.accept_offer(record, offer)
    else:
        require_units(clearance.units)
        call = book.accept_offer_if_clear(record, offer, clearance)
    return submit(caller, Act(OperationKind.ACCEPT_OFFER, record, call))


def reject_offer(caller: Caller, record: RecordId, offer: int) -> Operation:
    """The member refuses the units that were offered to it."""
    caller.principal.require(*HOLDING)
    call = caller.ledger.book.reject_offer(record, offer)
    return submit(caller, Act(OperationKind.REJECT_OFFER, record, call))


def withdraw_offer(caller: Caller, record: RecordId, offer: int) -> Operation:
    """The member takes an offer back that was not answered yet."""
    caller.principal.require(*HOLDING)
    call = caller.ledger.book.withdraw_offer(record, offer)
    return submit(caller, Act(OperationKind.WITHDRAW_OFFER, record, call))


def expire_offer(caller: Caller, record: RecordId, offer: int) -> Operation:
    """Any member frees the units of an offer whose time is over, or whose maker is suspended."""
    caller.principal.require(*ACTING)

    def over_by_now(refusal: Refusal) -> bool:
        # A chain that seals no empty blocks may be asked of a block from before the expiry. Times
        # written in UTC are in the order of their texts.
        stands_until = str(refusal.details.get("expires_at"))
        return refusal.rule == _NOT_EXPIRED and stands_until < utc_text(caller.ledger.clock())

    call = caller.ledger.book.expire_offer(record, offer)
    return submit(caller, Act(OperationKind.EXPIRE_OFFER, record, call), outdated=over_by_now)


def _naming_expired(caller: Caller, record: RecordId, refusal: Conflict) -> Conflict:
    """The refusal, with the member's offers that have expired and still hold units, if any."""
    ledger, member = caller.ledger, caller.principal.member
    try:
        found = expired_offers(ledger.book, record, member, at=ledger.chain.head())
    except TransportError:
        return refusal
    if not found:
        return refusal
    units = sum(offer.units for offer in found)
    names = ", ".join(str(offer.id) for offer in found)
    return Conflict(
        f"{refusal}. {units:,} more are reserved for offers that have expired ({names}):"
        " expire them, and they are free again",
        code=refusal.rule,
        **refusal.details,
        expired_units=units,
        expired_offers=names,
    )

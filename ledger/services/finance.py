"""What buyers, suppliers and financiers do with a registered invoice."""

from ledger.chain.invoice_forms import Clearance
from ledger.chain.membership import Role
from ledger.errors import Conflict, InvalidRequest, Refusal, TransportError
from ledger.services.context import Ledger
from ledger.services.inputs import reason_word, require_units
from ledger.services.principals import ACTING, Principal
from ledger.services.records import expired_offers
from ledger.services.submissions import Act, submit
from ledger.store.idempotency import IdempotencyKey
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
# Who offers units and is offered some: suppliers get back what their holders have recourse for.
_TRADING = (Role.SUPPLIER, Role.FINANCIER)


def accept_invoice(
    ledger: Ledger, principal: Principal, record: RecordId, key: IdempotencyKey | None
) -> Operation:
    """The buyer says that it owes the invoice."""
    principal.require(Role.BUYER)
    act = Act(OperationKind.ACCEPT, record, ledger.book.accept(record))
    return submit(ledger, principal, act, key)


def accept_part(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    units: Units,
    reason: str,
    key: IdempotencyKey | None,
) -> Operation:
    """The buyer says that it owes a part, and why not all, in at most 32 bytes of text."""
    principal.require(Role.BUYER)
    require_units(units)
    call = ledger.book.accept_part(record, units, reason_word(reason))
    return submit(ledger, principal, Act(OperationKind.ACCEPT_PART, record, call), key)


def reject_invoice(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    reason: str,
    key: IdempotencyKey | None,
) -> Operation:
    """The buyer says that it does not owe the invoice; reason is at most 32 bytes of text."""
    principal.require(Role.BUYER)
    call = ledger.book.reject(record, reason_word(reason))
    return submit(ledger, principal, Act(OperationKind.REJECT, record, call), key)


def cancel_invoice(
    ledger: Ledger, principal: Principal, record: RecordId, key: IdempotencyKey | None
) -> Operation:
    """The supplier takes an invoice back of which nobody else holds anything."""
    principal.require(Role.SUPPLIER)
    act = Act(OperationKind.CANCEL, record, ledger.book.cancel(record))
    return submit(ledger, principal, act, key)


def offer_units(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    *,
    to: MemberId,
    units: Units,
    terms: Digest,
    expires_at: UnixTime,
    key: IdempotencyKey | None,
) -> Operation:
    """Offer units that the member holds free to a financier; they are reserved until it answers.

    Suppliers offer what they issued, financiers what they took, also back to the supplier.
    terms: commitment to the terms; NO_TERMS if there are none.
    """
    principal.require(*_TRADING)
    require_units(units)

    def check_expiry() -> None:
        if expires_at <= ledger.clock():
            raise InvalidRequest(
                f"an offer must expire in the future; {utc_text(expires_at)} is not",
                code="invalid-expiry",
            )

    act = Act(OperationKind.OFFER, record, ledger.book.offer(record, to, units, expires_at, terms))
    try:
        return submit(ledger, principal, act, key, check_first=check_expiry)
    except Conflict as error:
        if error.rule != _INSUFFICIENT_UNITS:
            raise
        raise _naming_expired(ledger, principal.member, record, error) from error


def accept_offer(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    offer: int,
    clearance: Clearance | None,
    key: IdempotencyKey | None,
) -> Operation:
    """The member takes the units that were offered to it.

    clearance: what it was promised and verified; the contract then takes nothing if the offer or
    the record is not so. None to rely on nothing but the record's state.
    """
    principal.require(*_TRADING)
    book = ledger.book
    if clearance is None:
        call = book.accept_offer(record, offer)
    else:
        require_units(clearance.units)
        call = book.accept_offer_if_clear(record, offer, clearance)
    return submit(ledger, principal, Act(OperationKind.ACCEPT_OFFER, record, call), key)


def reject_offer(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    offer: int,
    key: IdempotencyKey | None,
) -> Operation:
    """The member refuses the units that were offered to it."""
    principal.require(*_TRADING)
    act = Act(OperationKind.REJECT_OFFER, record, ledger.book.reject_offer(record, offer))
    return submit(ledger, principal, act, key)


def withdraw_offer(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    offer: int,
    key: IdempotencyKey | None,
) -> Operation:
    """The member takes an offer back that was not answered yet."""
    principal.require(*_TRADING)
    act = Act(OperationKind.WITHDRAW_OFFER, record, ledger.book.withdraw_offer(record, offer))
    return submit(ledger, principal, act, key)


def expire_offer(
    ledger: Ledger,
    principal: Principal,
    record: RecordId,
    offer: int,
    key: IdempotencyKey | None,
) -> Operation:
    """Any member frees the units of an offer whose time is over, or whose maker is suspended."""
    principal.require(*ACTING)

    def over_by_now(refusal: Refusal) -> bool:
        # A chain that seals no empty blocks may be asked of a block from before the expiry. Times
        # written in UTC are in the order of their texts.
        stands_until = str(refusal.details.get("expires_at"))
        return refusal.rule == _NOT_EXPIRED and stands_until < utc_text(ledger.clock())

    act = Act(OperationKind.EXPIRE_OFFER, record, ledger.book.expire_offer(record, offer))
    return submit(ledger, principal, act, key, outdated=over_by_now)


def _naming_expired(
    ledger: Ledger, member: MemberId, record: RecordId, refusal: Conflict
) -> Conflict:
    """The refusal, with the member's offers that have expired and still hold units, if any."""
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

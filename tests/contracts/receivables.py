"""Invoices to register in tests, and short ways to a state of one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER, SUPPLIER, Member, reverts

COMMITMENT = b"\xc0" * 32
STRICT_KEY = b"\x51" * 32
DUE_DATE = 1_800_000_000
UNITS = 1000

UNKNOWN, REGISTERED, ACCEPTED, REJECTED, CANCELLED, SETTLED, VOIDED = range(7)
"""States of an invoice."""

OFFER_OPEN, OFFER_ACCEPTED, OFFER_REJECTED, OFFER_WITHDRAWN, OFFER_EXPIRED = range(1, 6)
"""States of an offer."""

PAYMENT_DECLARED, PAYMENT_CONFIRMED, PAYMENT_DENIED, PAYMENT_WITHDRAWN = range(1, 5)
"""States of a payment."""

COUNCIL_FREEZE, DISPUTE_FREEZE = 1, 4
"""Bits of `Record.freezes`."""

NO_TERMS = bytes(32)
"""The commitment that stands for no terms."""


class Registration(NamedTuple):
    """The argument of `register`, field by field as in the ABI."""

    commitment: bytes
    buyer: bytes
    units: int = UNITS
    due_date: int = DUE_DATE
    strict_keys: Sequence[bytes] = (STRICT_KEY,)
    alert_keys: Sequence[tuple[int, bytes]] = ()


def registration(ledger: Ledger, **changes: Any) -> Registration:
    """A sound registration for the buyer of the cast, with changes."""
    return Registration(COMMITMENT, ledger.buyer.id)._replace(**changes)


def register(ledger: Ledger, *, by: Member | None = None, **changes: Any) -> bytes:
    """Register an invoice; the record's name."""
    supplier = by or ledger.supplier
    content = registration(ledger, **changes)
    ledger.act(supplier, ledger.invoices.functions.register(content))
    record: bytes = ledger.invoices.functions.recordId(supplier.id, content.commitment).call()
    return record


def register_accepted(ledger: Ledger, **changes: Any) -> bytes:
    """Register an invoice that the buyer of the cast accepts."""
    record = register(ledger, **changes)
    ledger.act(ledger.buyer, ledger.invoices.functions.accept(record))
    return record


def offer(
    ledger: Ledger,
    record: bytes,
    units: int,
    *,
    by: Member | None = None,
    to: Member | None = None,
    lasting: int = 3600,
    terms: bytes = NO_TERMS,
) -> int:
    """Offer units, by the supplier to the financier if nothing else is said; the offer's number."""
    functions = ledger.invoices.functions
    number: int = functions.offerCount(record).call()
    expires_at = ledger.chain.now() + lasting
    receiver = to or ledger.financier
    call = functions.offer(record, receiver.id, units, expires_at, terms)
    ledger.act(by or ledger.supplier, call)
    return number


def transfer(
    ledger: Ledger, record: bytes, units: int, *, by: Member | None = None, to: Member | None = None
) -> None:
    """Assign units, by the supplier to the financier if nothing else is said."""
    number = offer(ledger, record, units, by=by, to=to)
    ledger.act(to or ledger.financier, ledger.invoices.functions.acceptOffer(record, number))


def pledge(ledger: Ledger, record: bytes, units: int, *, by: Member | None = None) -> int:
    """Pledge units to the other financier, by the supplier if nothing else is said; its number."""
    functions = ledger.invoices.functions
    number: int = functions.pledgeCount(record).call()
    call = functions.pledge(record, ledger.other_financier.id, units, 0, NO_TERMS)
    ledger.act(by or ledger.supplier, call)
    return number


def declare_payment(ledger: Ledger, record: bytes, units: int, *, to: Member | None = None) -> int:
    """Declare that the buyer paid, the supplier if nothing else is said; the payment's number."""
    functions = ledger.invoices.functions
    number: int = functions.paymentCount(record).call()
    call = functions.declarePayment(record, (to or ledger.supplier).id, units, NO_TERMS)
    ledger.act(ledger.buyer, call)
    return number


def refuse_all_but_the_named_buyer(ledger: Ledger, record: bytes, call: ContractFunction) -> None:
    """Show that a call is refused to others, and to the buyer itself once it is a buyer no more."""
    with reverts("InvoiceBookNotBuyer", record, ledger.other_buyer.id):
        ledger.act(ledger.other_buyer, call)
    with reverts("MembershipMissingRole", ledger.supplier.id, BUYER):
        ledger.act(ledger.supplier, call)
    ledger.set_roles(ledger.buyer, SUPPLIER)
    with reverts("MembershipMissingRole", ledger.buyer.id, BUYER):
        ledger.act(ledger.buyer, call)


def position(ledger: Ledger, record: bytes, member: Member) -> tuple[int, int, int]:
    """Free, reserved and pledged units of a member."""
    free, reserved, pledged = ledger.invoices.functions.position(record, member.id).call()
    return free, reserved, pledged


def invoice_state(ledger: Ledger, record: bytes) -> int:
    """State of an invoice."""
    found: int = ledger.invoices.functions.invoice(record).call()[0]
    return found


def retired(ledger: Ledger, record: bytes) -> int:
    """Units of a record that are out of circulation."""
    found: int = ledger.invoices.functions.record(record).call()[4]
    return found


def freezes(ledger: Ledger, record: bytes) -> int:
    """The causes that freeze a record, one bit each."""
    found: int = ledger.invoices.functions.record(record).call()[6]
    return found


def dispute_of(ledger: Ledger, record: bytes) -> tuple[int, int]:
    """The last dispute about an invoice: units that still are in dispute, and its number."""
    units, number = ledger.invoices.functions.disputeOf(record).call()
    return units, number


def payment_declared(ledger: Ledger, record: bytes) -> bool:
    """Whether any payment of an invoice was ever declared."""
    found: bool = ledger.invoices.functions.invoice(record).call()[5]
    return found


def payment_state(ledger: Ledger, record: bytes, number: int) -> int:
    """State of a payment."""
    found: int = ledger.invoices.functions.paymentOf(record, number).call()[4]
    return found


def offer_state(ledger: Ledger, record: bytes, number: int) -> int:
    """State of an offer."""
    found: int = ledger.invoices.functions.offerOf(record, number).call()[5]
    return found

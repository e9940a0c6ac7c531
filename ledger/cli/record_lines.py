"""A record at one block, as lines for a person."""

from collections.abc import Iterable

from ledger.chain.invoice_forms import InvoiceRecord, Payment, PaymentState
from ledger.chain.port import Block
from ledger.chain.record_forms import Offer, OfferState, Pledge, PledgeState, Position
from ledger.cli.words import share, table, units, units_of
from ledger.services.records import RecordState
from ledger.types import to_hex, utc_text


def record_lines(state: RecordState) -> list[str]:
    """Parties and state, then who holds and who was promised which units."""
    return [
        *_summary(state.invoice),
        "",
        f"Held at block {state.block.ref.number} ({utc_text(state.block.timestamp)}):",
        *_positions(state),
        *_offers(state),
        *_pledges(state),
        *_payments(state),
    ]


def state_name(invoice: InvoiceRecord) -> str:
    """Where an invoice stands, in one word."""
    return str(invoice.state.name).lower()


def _summary(invoice: InvoiceRecord) -> list[str]:
    rows = [
        ("Record", to_hex(invoice.id)),
        ("Supplier", invoice.supplier),
        ("Buyer", invoice.buyer),
        ("State", state_name(invoice)),
        ("Due", _due(invoice)),
        ("Units", _units(invoice)),
    ]
    if invoice.undertaken_at is not None:
        since = utc_text(invoice.undertaken_at)
        rows.append(("Undertaken", f"irrevocably to be paid by {invoice.buyer}, at {since}"))
    if invoice.freezes:
        rows.append(("Frozen", ", ".join(cause.name.lower() for cause in invoice.freezes)))
    if invoice.dispute is not None:
        disputed = units_of(invoice.dispute.units, invoice.total)
        about = f"{disputed} by {invoice.buyer} (dispute {invoice.dispute.number})"
        rows.append(("Disputed", about))
    return table(rows)


def _due(invoice: InvoiceRecord) -> str:
    if invoice.due_date is None:
        return "no date"
    day = utc_text(invoice.due_date)[:10]
    return f"{day}, overdue" if invoice.overdue else day


def _units(invoice: InvoiceRecord) -> str:
    parts = ((invoice.retired, "retired"), (invoice.pledged, "pledged"))
    told = " and ".join(f"{units(amount)} are {what}" for amount, what in parts if amount)
    return f"{units(invoice.total)}, of which {told}" if told else units(invoice.total)


def _positions(state: RecordState) -> list[str]:
    total = state.invoice.total
    rows = [
        (f"  {member}", units(position.total), share(position.total, total), _bound(position))
        for member, position in state.holdings.positions.items()
        if position.total
    ]
    return table(rows) if rows else ["  nobody"]


def _bound(position: Position) -> str:
    parts = (("offered", position.reserved), ("pledged", position.pledged))
    return ", ".join(f"{units(amount)} of them {how}" for how, amount in parts if amount)


def _offers(state: RecordState) -> list[str]:
    total = state.invoice.total
    return _titled(
        "Open offers:",
        (
            f"offer {offer.id}: {units_of(offer.units, total)} from {offer.sender} to"
            f" {offer.recipient}, until {utc_text(offer.expires_at)}"
            for offer in state.holdings.offers
            if _is_open(offer, state.block)
        ),
    )


def _is_open(offer: Offer, block: Block) -> bool:
    return offer.state is OfferState.OPEN and block.timestamp <= offer.expires_at


def _pledges(state: RecordState) -> list[str]:
    total = state.invoice.total
    still_open = [item for item in state.holdings.pledges if item.state is PledgeState.OPEN]
    return _titled("Pledges:", (_pledge_line(pledge, total) for pledge in still_open))


def _pledge_line(pledge: Pledge, total: int) -> str:
    security = pledge.security
    return (
        f"pledge {pledge.id}: {units_of(security.units, total)} of {pledge.pledgor} to"
        f" {security.pledgee} in rank {pledge.rank} of lot {pledge.lot}, enforceable from"
        f" {utc_text(security.enforceable_from)}"
    )


def _payments(state: RecordState) -> list[str]:
    declared = [item for item in state.payments if item.state is PaymentState.DECLARED]
    return _titled(
        "Payments that their holders have not confirmed:",
        (_payment_line(payment, state.invoice.total) for payment in declared),
    )


def _payment_line(payment: Payment, total: int) -> str:
    return (
        f"payment {payment.id}: for {units_of(payment.units, total)} of {payment.holder}, declared"
        f" at {utc_text(payment.declared_at)}"
    )


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    shown = [f"  {line}" for line in lines]
    return [title, *shown] if shown else []

"""A record's provenance, as lines for a person and as JSON."""

from itertools import groupby

from ledger.chain.invoice_book import InvoiceRecord, Offer, OfferState, Position
from ledger.chain.port import Block
from ledger.cli.events import describe_events
from ledger.cli.output import JsonObject
from ledger.cli.words import share, table, units, units_of
from ledger.services.records import RecordState
from ledger.services.trace import Notarisation, Provenance
from ledger.types import UnixTime, to_hex, utc_text

_OUTSIDE = (
    "The notarisation is not part of the record's own history, and not among those events: the"
    " notary's contract records it."
)


def provenance_lines(found: Provenance, notarised: Notarisation | None) -> list[str]:
    """Parties, holders and offers at one block, then all that happened, oldest first."""
    state = found.state
    return [
        *_summary(state),
        "",
        f"Held at block {state.block.ref.number} ({utc_text(state.block.timestamp)}):",
        *_positions(state),
        *_offers(state),
        "",
        "History:",
        *_history(found, notarised),
        "",
        _completeness(found),
        *([] if notarised is None else [_OUTSIDE]),
    ]


def provenance_json(found: Provenance, notarised: Notarisation | None) -> JsonObject:
    """All of the provenance."""
    state, invoice = found.state, found.state.invoice
    return {
        "record": to_hex(invoice.id),
        "block": {
            "number": state.block.ref.number,
            "hash": to_hex(state.block.ref.hash),
            "time": utc_text(state.block.timestamp),
        },
        "supplier": invoice.supplier,
        "buyer": invoice.buyer,
        "state": _state(invoice),
        "commitment": to_hex(invoice.commitment),
        "total": invoice.total,
        "retired": invoice.retired,
        "due_at": None if invoice.due_date is None else utc_text(invoice.due_date),
        "positions": [
            {
                "member": member,
                "free": position.free,
                "reserved": position.reserved,
                "pledged": position.pledged,
            }
            for member, position in state.positions
        ],
        "notarisation": notarised
        and {
            "member": notarised.member,
            "block": notarised.block.number,
            "time": utc_text(notarised.time),
        },
        "complete": found.complete,
        "events": [
            {
                "block": event.block_number,
                "time": utc_text(event.timestamp),
                "transaction": to_hex(event.transaction_hash),
                "name": event.name,
                "arguments": dict(event.arguments),
            }
            for event in found.events
        ],
    }


def _summary(state: RecordState) -> list[str]:
    invoice = state.invoice
    due = "no date" if invoice.due_date is None else utc_text(invoice.due_date)[:10]
    retired = f", of which {units(invoice.retired)} are retired" if invoice.retired else ""
    return table(
        [
            ("Record", to_hex(invoice.id)),
            ("Supplier", invoice.supplier),
            ("Buyer", invoice.buyer),
            ("State", _state(invoice)),
            ("Due", due),
            ("Units", f"{units(invoice.total)}{retired}"),
        ]
    )


def _positions(state: RecordState) -> list[str]:
    total = state.invoice.total
    rows = [
        (f"  {member}", units(position.total), share(position.total, total), _bound(position))
        for member, position in state.positions
        if position.total
    ]
    return table(rows) if rows else ["  nobody"]


def _bound(position: Position) -> str:
    parts = (("offered", position.reserved), ("pledged", position.pledged))
    return ", ".join(f"{units(amount)} of them {how}" for how, amount in parts if amount)


def _offers(state: RecordState) -> list[str]:
    still_open = [offer for offer in state.offers if _is_open(offer, state.block)]
    if not still_open:
        return []
    total = state.invoice.total
    return [
        "Open offers:",
        *(
            f"  offer {offer.id}: {units_of(offer.units, total)} from {offer.sender} to"
            f" {offer.recipient}, until {utc_text(offer.expires_at)}"
            for offer in still_open
        ),
    ]


def _is_open(offer: Offer, block: Block) -> bool:
    return offer.state is OfferState.OPEN and block.timestamp <= offer.expires_at


def _history(found: Provenance, notarised: Notarisation | None) -> list[str]:
    total = found.state.invoice.total
    entries: list[tuple[UnixTime, int, str]] = []
    if notarised is not None:
        words = f"{notarised.member} notarised the invoice"
        entries.append((notarised.time, notarised.block.number, words))
    for _, group in groupby(found.events, key=lambda event: event.transaction_hash):
        events = list(group)
        sentences = describe_events(events, total)
        entries += [(events[0].timestamp, events[0].block_number, words) for words in sentences]
    entries.sort(key=lambda entry: entry[1])
    return table(
        [(f"  {utc_text(time)}", f"block {block}", words) for time, block, words in entries]
    )


def _completeness(found: Provenance) -> str:
    if found.complete:
        return (
            f"This history is complete: counter and running hash on the chain agree with all"
            f" {len(found.events)} events."
        )
    return (
        f"WARNING: this history is NOT complete. The chain counts {found.state.history.count}"
        f" events, and the node gave {len(found.events)} that do not give the same running hash."
        " Ask another node."
    )


def _state(invoice: InvoiceRecord) -> str:
    return str(invoice.state.name).lower()

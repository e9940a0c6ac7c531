"""A record's provenance, as lines for a person and as JSON."""

from itertools import groupby

from ledger.chain.invoice_forms import InvoiceRecord
from ledger.chain.record_forms import Pledge, PledgeState, Position
from ledger.cli.events import describe_events
from ledger.cli.output import JsonObject
from ledger.cli.record_lines import record_lines, state_name
from ledger.cli.words import table
from ledger.services.trace import Notarisation, Provenance
from ledger.store.events import ChainEvent
from ledger.types import MemberId, UnixTime, to_hex, utc_text

_OUTSIDE = (
    "The notarisation is not part of the record's own history, and not among those events: the"
    " notary's contract records it."
)


def provenance_lines(found: Provenance, notarised: Notarisation | None) -> list[str]:
    """Parties, holders and offers at one block, then all that happened, oldest first."""
    return [
        *record_lines(found.state),
        "",
        "History:",
        *_history(found, notarised),
        "",
        _completeness(found),
        *([] if notarised is None else [_OUTSIDE]),
    ]


def provenance_json(found: Provenance, notarised: Notarisation | None) -> JsonObject:
    """All of the provenance."""
    return {
        **_record(found.state.invoice),
        "block": {
            "number": found.state.block.ref.number,
            "hash": to_hex(found.state.block.ref.hash),
            "time": utc_text(found.state.block.timestamp),
        },
        "positions": [_position(*position) for position in found.state.holdings.positions.items()],
        "pledges": [
            _pledge(pledge)
            for pledge in found.state.holdings.pledges
            if pledge.state is PledgeState.OPEN
        ],
        "notarisation": notarised
        and {
            "member": notarised.member,
            "block": notarised.block.number,
            "time": utc_text(notarised.time),
        },
        "complete": found.complete,
        "events": [_event(event) for event in found.events],
    }


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


def _record(invoice: InvoiceRecord) -> JsonObject:
    return {
        "record": to_hex(invoice.id),
        "supplier": invoice.supplier,
        "buyer": invoice.buyer,
        "state": state_name(invoice),
        "commitment": to_hex(invoice.commitment),
        "total": invoice.total,
        "retired": invoice.retired,
        "pledged": invoice.pledged,
        "freezes": [cause.name.lower() for cause in invoice.freezes],
        "disputed": invoice.disputed,
        "dispute": None if invoice.dispute is None else invoice.dispute.number,
        "due_at": _time(invoice.due_date),
        "overdue": invoice.overdue,
        "undertaken_at": _time(invoice.undertaken_at),
    }


def _position(member: MemberId, position: Position) -> JsonObject:
    return {
        "member": member,
        "free": position.free,
        "reserved": position.reserved,
        "pledged": position.pledged,
    }


def _event(event: ChainEvent) -> JsonObject:
    return {
        "block": event.block_number,
        "time": utc_text(event.timestamp),
        "transaction": to_hex(event.transaction_hash),
        "name": event.name,
        "arguments": dict(event.arguments),
    }


def _pledge(pledge: Pledge) -> JsonObject:
    return {
        "id": pledge.id,
        "pledgor": pledge.pledgor,
        "pledgee": pledge.security.pledgee,
        "units": pledge.security.units,
        "lot": pledge.lot,
        "rank": pledge.rank,
        "enforceable_from": utc_text(pledge.security.enforceable_from),
    }


def _time(time: UnixTime | None) -> str | None:
    return None if time is None else utc_text(time)

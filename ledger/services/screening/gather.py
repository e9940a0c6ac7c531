"""All that the judges are told: gathered first, so that judging asks nobody any more."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ledger.chain.membership import Role
from ledger.invoices.identifiers import names_of
from ledger.invoices.normalise import fold
from ledger.services.context import Ledger
from ledger.services.principals import Principal
from ledger.services.screening.model import Candidate, KnownRecord
from ledger.services.screening.pinned import KeyStates, PinnedBook
from ledger.store import events, seen_invoices
from ledger.store.events import ChainEvent
from ledger.store.seen_forms import SeenInvoice
from ledger.types import BlockRef, Digest, MemberId, RecordId, parse_member_id

MAX_TRADES = 20_000
"""Registrations among which trade in circles is looked for: the newest that the member may see."""

MAX_HISTORY = 1_000
"""Earlier invoices of one pair of parties that are compared: the newest."""

_BOOK = "InvoiceBook"
SEES_ALL = (Role.AUDITOR, Role.COUNCIL)
"""Roles that are shown all registrations, and take no units themselves."""


@dataclass(frozen=True, slots=True)
class History:
    """What the member saw before that bears on one file, but for the other files of the screening.

    Those are compared as they are, so that a portfolio that is screened again gets the same score.

    same_file: the very same bytes. same_number: others with its number, of the same issuer.
    pair: others of the same seller and buyer. referring: those that refer to its number.
    references: for each number that it refers to, those that have that number.
    """

    same_file: SeenInvoice | None
    same_number: tuple[SeenInvoice, ...]
    pair: tuple[SeenInvoice, ...]
    referring: tuple[SeenInvoice, ...]
    references: Mapping[str, tuple[SeenInvoice, ...]]

    def apart_from(self, records: Collection[RecordId]) -> "History":
        """The same without other files of these records: what they show is known already."""

        def others(seen: tuple[SeenInvoice, ...]) -> tuple[SeenInvoice, ...]:
            return tuple(item for item in seen if item.record not in records)

        return replace(self, same_number=others(self.same_number), pair=others(self.pair))


@dataclass(frozen=True, slots=True)
class Projected:
    """What the projection of events has, in one consistent view.

    newest: block to which it reads; None before the first.
    carriers: events by which records came to carry identity keys, by key.
    members: all that were ever admitted. trades: registrations that the member may see.
    """

    newest: BlockRef | None
    carriers: Mapping[bytes, tuple[ChainEvent, ...]]
    members: tuple[MemberId, ...]
    trades: tuple[ChainEvent, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that judging rests on.

    credits: credit notes that were entered, by their record.
    """

    book: PinnedBook
    keys: KeyStates
    projected: Projected
    history: Mapping[str, History]
    records: Mapping[RecordId, KnownRecord]
    credits: Mapping[RecordId, tuple[ChainEvent, ...]]

    @property
    def lag_blocks(self) -> int:
        """How far the projection is behind the chain."""
        newest = self.projected.newest
        return (
            self.book.at.number if newest is None else max(0, self.book.at.number - newest.number)
        )


def gather(ledger: Ledger, principal: Principal, candidates: Sequence[Candidate]) -> Gathered:
    """Ask the chain at its newest block, then the store, then the chain again for records."""
    book = PinnedBook.at_head(ledger)
    keys = book.key_states(candidates)
    with ledger.store.reading() as connection:
        projected = _projected(connection, principal, candidates, last=book.at.number)
        here = frozenset(item.seen.file for item in candidates)
        history = {item.name: _history(connection, principal, item, here) for item in candidates}
    book.require_canonical(projected.newest)
    standing = dict.fromkeys(keys.holders.values())
    standing |= dict.fromkeys(
        item.upload.record for item in candidates if item.upload.record is not None
    )
    records = book.known_records(standing, _carrying_records(keys, projected))
    with ledger.store.reading() as connection:
        credited = events.of_records(connection, ("InvoiceCredited",), standing)
    return Gathered(book, keys, projected, history, records, _by_record(credited))


def _projected(
    connection: Connection, principal: Principal, candidates: Sequence[Candidate], *, last: int
) -> Projected:
    keys = {
        key
        for item in candidates
        for key in (*item.keys.strict, *(one.key for one in item.keys.alert), *item.reference_keys)
    }
    carriers: dict[bytes, list[ChainEvent]] = {}
    for event in events.carrying(connection, _BOOK, keys):
        if event.block_number <= last:
            carriers.setdefault(bytes.fromhex(event.arguments["key"][2:]), []).append(event)
    seeing = None if principal.role in SEES_ALL else principal.member
    return Projected(
        newest=events.newest_block(connection),
        carriers={key: tuple(found) for key, found in carriers.items()},
        members=tuple(
            parse_member_id(event.arguments["member"])
            for event in events.named(connection, "MemberAdmitted")
        ),
        trades=tuple(events.registrations(connection, visible_to=seeing, limit=MAX_TRADES)),
    )


def _history(
    connection: Connection, principal: Principal, candidate: Candidate, here: frozenset[Digest]
) -> History:
    member, seen, links = principal.member, candidate.seen, candidate.links
    party = candidate.invoice.buyer if seen.self_billed else candidate.invoice.seller
    issuer = names_of(party).all
    same_file = seen_invoices.find_file(connection, member, seen.file)

    def others(found: Iterable[SeenInvoice]) -> tuple[SeenInvoice, ...]:
        return tuple(item for item in found if item.fields.file not in here)

    referred_to = {fold(reference.number) for reference in candidate.references}
    numbered: dict[str, list[SeenInvoice]] = {}
    numbers = {seen.folded_number, *referred_to}
    for item in others(seen_invoices.with_numbers(connection, member, issuer, numbers)):
        numbered.setdefault(item.fields.folded_number, []).append(item)
    return History(
        same_file=same_file,
        same_number=tuple(numbered.get(seen.folded_number, ())),
        pair=others(
            seen_invoices.of_pair(connection, member, links.seller, links.buyer, limit=MAX_HISTORY)
        ),
        referring=others(
            seen_invoices.referring_to(connection, member, links.seller, seen.folded_number)
        ),
        references={number: tuple(numbered.get(number, ())) for number in referred_to},
    )


def _carrying_records(keys: KeyStates, projected: Projected) -> list[RecordId]:
    found = [
        event.record
        for carried in projected.carriers.values()
        for event in carried
        if event.record is not None
    ]
    return [*keys.records, *found]


def _by_record(found: Iterable[ChainEvent]) -> dict[RecordId, tuple[ChainEvent, ...]]:
    sorted_out: dict[RecordId, list[ChainEvent]] = {}
    for event in found:
        if event.record is not None:
            sorted_out.setdefault(event.record, []).append(event)
    return {record: tuple(found) for record, found in sorted_out.items()}

"""Who holds what of a record, with the proof that nobody is left out."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.chain.record_book import RecordBook
from ledger.chain.record_forms import Offer, Pledge, Position
from ledger.errors import NodeError
from ledger.types import BlockRef, MemberId, RecordId, Units


@dataclass(frozen=True, slots=True)
class Holdings:
    """What members hold of a record, and what they were promised of it.

    positions: the first holder's, then others'; every holder is among them.
    offers, pledges: the newest NEWEST_SHOWN of each, oldest first. The counts are of all.
    """

    positions: dict[MemberId, Position]
    offers: tuple[Offer, ...]
    offer_count: int
    pledges: tuple[Pledge, ...]
    pledge_count: int


def read_holdings(
    book: RecordBook,
    record: RecordId,
    *,
    holder: MemberId,
    outstanding: Units,
    first_block: int,
    at: BlockRef,
) -> Holdings:
    """Who holds and who was promised the units of a record at a block.

    holder: who held all units at first. outstanding: units that are not retired.
    Whoever else holds units accepted an offer or enforced a pledge, so the recipients of the newest
    are asked; those of older ones are looked for in the events since `first_block`, and only where
    something is missing: all positions add up to what is outstanding. Raises NodeError if the
    node's answers do not.
    """
    offer_count = book.offer_count(record, at=at)
    offers = book.newest_offers(record, offer_count, at=at)
    pledge_count = book.pledge_count(record, at=at)
    pledges = book.newest_pledges(record, pledge_count, at=at)
    positions: dict[MemberId, Position] = {}

    def ask(members: Iterable[MemberId]) -> int:
        for member in members:
            if member not in positions:
                positions[member] = book.position(record, member, at=at)
        return outstanding - sum(item.total for item in positions.values())

    recipients = (offer.recipient for offer in offers)
    pledgees = (pledge.security.pledgee for pledge in pledges)
    missing = ask((holder, *recipients, *pledgees))
    if missing:
        missing = ask(book.takers(record, first=first_block, last=at.number))
    if missing:
        raise NodeError("the node's answers do not say who holds all units of the record")
    return Holdings(positions, offers, offer_count, pledges, pledge_count)

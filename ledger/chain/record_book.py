"""What every contract with transferable records has: offers, pledges, freezes, keys, histories."""

from collections.abc import Mapping
from typing import ClassVar

from ledger.chain.contract import ContractCall, known, member_of
from ledger.chain.log_pages import logs_of
from ledger.chain.record_forms import (
    Freeze,
    History,
    Item,
    ItemKind,
    Offer,
    OfferState,
    Pledge,
    PledgeState,
    Position,
    Security,
)
from ledger.chain.relayable import Relayable
from ledger.codec import member_to_word
from ledger.types import BlockRef, Digest, MemberId, RecordId, Units, UnixTime

NEWEST_SHOWN = 200
"""How many offers of a record are read at most, and pledges: each is a question to the node."""

_NEW_HOLDER = 3  # which topic of the events by which members come to hold units
_TAKING = ("OfferAccepted", "PledgeEnforced")


def newest(total: int) -> range:
    """Numbers of the newest of `total` things of a record, NEWEST_SHOWN at most, oldest first."""
    return range(max(0, total - NEWEST_SHOWN), total)


class RecordBook(Relayable):
    """Records: who holds which units, who was promised them, and what keeps them in place.

    named_by: functions that answer or end an item. Its number is their second argument, after the
    record.
    """

    named_by: ClassVar[Mapping[str, ItemKind]] = {
        "acceptOffer": ItemKind.OFFER,
        "rejectOffer": ItemKind.OFFER,
        "withdrawOffer": ItemKind.OFFER,
        "expireOffer": ItemKind.OFFER,
        "releasePledge": ItemKind.PLEDGE,
        "enforcePledge": ItemKind.PLEDGE,
    }

    def offer(
        self, record: RecordId, to: MemberId, units: Units, expires_at: UnixTime, terms: Digest
    ) -> ContractCall:
        """Offer units of the signing member to another member."""
        return self._call("offer", record, member_to_word(to), units, expires_at, terms)

    def accept_offer(self, record: RecordId, offer: int) -> ContractCall:
        """Accept an offer made to the signing member."""
        return self._call("acceptOffer", record, offer)

    def reject_offer(self, record: RecordId, offer: int) -> ContractCall:
        """Refuse an offer made to the signing member."""
        return self._call("rejectOffer", record, offer)

    def withdraw_offer(self, record: RecordId, offer: int) -> ContractCall:
        """Take back an offer of the signing member."""
        return self._call("withdrawOffer", record, offer)

    def expire_offer(self, record: RecordId, offer: int) -> ContractCall:
        """Free the units of an offer whose time is over, or whose maker is suspended.

        Any member may sign it.
        """
        return self._call("expireOffer", record, offer)

    def pledge(self, record: RecordId, security: Security) -> ContractCall:
        """Pledge free units of the signing member, in the first rank."""
        return self._call("pledge", record, *_words(security))

    def pledge_behind(self, record: RecordId, senior: int, security: Security) -> ContractCall:
        """Pledge units that the signing member has pledged, behind all pledges of their lot."""
        return self._call("pledgeBehind", record, senior, *_words(security))

    def release_pledge(self, record: RecordId, pledge: int, units: Units) -> ContractCall:
        """Give up a pledge that secures the signing member, or a part of it."""
        return self._call("releasePledge", record, pledge, units)

    def enforce_pledge(self, record: RecordId, pledge: int, units: Units) -> ContractCall:
        """Take units that are pledged to the signing member."""
        return self._call("enforcePledge", record, pledge, units)

    def freeze(self, record: RecordId, reason: bytes) -> ContractCall:
        """Freeze a record; for the council and the record's keeper. reason: 32 bytes of text."""
        return self._call("freeze", record, reason)

    def unfreeze(self, record: RecordId, cause: Freeze) -> ContractCall:
        """Lift a freeze of who signs; the council, by decision, lifts the keeper's too.

        cause: COUNCIL or KEEPER; the others end with what they are about.
        """
        return self._call("unfreeze", record, cause)

    def void(self, record: RecordId, reason: bytes) -> ContractCall:
        """End a record for good; only the council may decide it. reason: 32 bytes of text."""
        return self._call("voidRecord", record, reason)

    def item_named(self, data: bytes) -> Item | None:
        """The offer, pledge or payment that call data answers or ends; None if it does neither."""
        call = self.abi.decode_call(data)
        if call is None or call.name not in self.named_by:
            return None
        _record, number, *_ = call.arguments.values()
        return Item(self.named_by[call.name], int(number))

    def position(self, record: RecordId, member: MemberId, *, at: BlockRef) -> Position:
        """What a member holds of a record. Raises `Reverted` if there is no such record."""
        ((free, reserved, pledged),) = self._read(at, "position", record, member_to_word(member))
        return Position(Units(free), Units(reserved), Units(pledged))

    def offer_count(self, record: RecordId, *, at: BlockRef) -> int:
        """Number of offers that were ever made for a record."""
        (count,) = self._read(at, "offerCount", record)
        return int(count)

    def newest_offers(self, record: RecordId, total: int, *, at: BlockRef) -> tuple[Offer, ...]:
        """The newest of `total` offers, NEWEST_SHOWN at most, oldest first."""
        return tuple(self._offer(record, offer, at) for offer in newest(total))

    def pledge_count(self, record: RecordId, *, at: BlockRef) -> int:
        """Number of pledges that were ever made of a record."""
        (count,) = self._read(at, "pledgeCount", record)
        return int(count)

    def newest_pledges(self, record: RecordId, total: int, *, at: BlockRef) -> tuple[Pledge, ...]:
        """The newest of `total` pledges, NEWEST_SHOWN at most, oldest first."""
        return tuple(self._pledge(record, pledge, at) for pledge in newest(total))

    def takers(self, record: RecordId, *, first: int, last: int) -> tuple[MemberId, ...]:
        """Who accepted an offer or enforced a pledge in the blocks first..last, each once."""
        found: list[MemberId] = []
        for event in _TAKING:
            topics = (self.abi.topic(event), record)
            logs = logs_of(self._chain, self.address, topics, first, last)
            found += [member_of(log.topics[_NEW_HOLDER]) for log in logs]
        return tuple(dict.fromkeys(found))

    def strict_keys(self, record: RecordId, *, at: BlockRef) -> tuple[bytes, ...]:
        """The strict identity keys of a record."""
        (keys,) = self._read(at, "strictKeysOf", record)
        return tuple(keys)

    def strict_key_holder(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        """The standing record that holds a strict key; None if none does."""
        (record,) = self._read(at, "strictKeyHolder", key)
        return RecordId(record) if any(record) else None

    def alert_key_first(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        """The first record that noted an alert key; None if none did."""
        (record,) = self._read(at, "alertKeyFirst", key)
        return RecordId(record) if any(record) else None

    def alert_repeats(self, key: bytes, *, at: BlockRef) -> int:
        """How often an alert key was seen again after the first record that noted it."""
        (repeats,) = self._read(at, "alertRepeats", key)
        return int(repeats)

    def history(self, record: RecordId, *, at: BlockRef) -> History:
        """Counter and running hash of a record's history."""
        ((count, digest),) = self._read(at, "recordHistory", record)
        return History(count, Digest(digest))

    def member_history(self, member: MemberId, *, at: BlockRef) -> History:
        """Counter and running hash of what a member did in this book."""
        ((count, digest),) = self._read(at, "memberHistory", member_to_word(member))
        return History(count, Digest(digest))

    def _offer(self, record: RecordId, offer: int, at: BlockRef) -> Offer:
        ((sender, recipient, terms, units, expires_at, state),) = self._read(
            at, "offerOf", record, offer
        )
        return Offer(
            id=offer,
            sender=member_of(sender),
            recipient=member_of(recipient),
            units=Units(units),
            terms=Digest(terms),
            expires_at=UnixTime(expires_at),
            state=known(OfferState, state),
        )

    def _pledge(self, record: RecordId, pledge: int, at: BlockRef) -> Pledge:
        ((pledgor, pledgee, terms, units, enforceable_from, lot, rank, state),) = self._read(
            at, "pledgeOf", record, pledge
        )
        return Pledge(
            id=pledge,
            pledgor=member_of(pledgor),
            security=Security(
                member_of(pledgee), Units(units), UnixTime(enforceable_from), Digest(terms)
            ),
            lot=int(lot),
            rank=int(rank) or None,
            state=known(PledgeState, state),
        )


def _words(security: Security) -> tuple[bytes, Units, UnixTime, Digest]:
    """A security as the contracts' arguments have it."""
    return (
        member_to_word(security.pledgee),
        security.units,
        security.enforceable_from,
        security.terms,
    )

"""The contract InvoiceBook: invoices as transferable records."""

from dataclasses import dataclass
from enum import IntEnum

from ledger.chain.artifacts import load_artifact
from ledger.chain.contract import Contract, ContractCall, known, member_of
from ledger.chain.port import Chain
from ledger.codec import member_to_word
from ledger.types import Address, BlockRef, Digest, MemberId, RecordId, Units, UnixTime

OFFERS_SHOWN = 200
"""How many offers of a record are read at most: each is a question to the node."""

_TAKER = 3  # which topic of OfferAccepted
_ANSWERS = frozenset({"acceptOffer", "rejectOffer", "withdrawOffer", "expireOffer"})


class InvoiceState(IntEnum):
    """Where an invoice stands. The numbers are those of the contract."""

    UNKNOWN = 0
    REGISTERED = 1
    ACCEPTED = 2
    REJECTED = 3
    CANCELLED = 4


class OfferState(IntEnum):
    """Where an offer stands. The numbers are those of the contract."""

    UNKNOWN = 0
    OPEN = 1
    ACCEPTED = 2
    REJECTED = 3
    WITHDRAWN = 4
    EXPIRED = 5


@dataclass(frozen=True, slots=True)
class Registration:
    """What a supplier says of an invoice when registering it.

    due_date: None if the invoice names none.
    alert_keys: (kind, key) pairs.
    """

    commitment: Digest
    buyer: MemberId
    units: Units
    due_date: UnixTime | None
    strict_keys: tuple[bytes, ...]
    alert_keys: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """An invoice's record at one block."""

    id: RecordId
    supplier: MemberId
    buyer: MemberId
    commitment: Digest
    total: Units
    retired: Units
    state: InvoiceState
    registered_at: UnixTime
    accepted_at: UnixTime | None
    due_date: UnixTime | None


@dataclass(frozen=True, slots=True)
class Position:
    """What a member holds of a record."""

    free: Units
    reserved: Units
    pledged: Units

    @property
    def total(self) -> Units:
        """All units of the position."""
        return Units(self.free + self.reserved + self.pledged)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of units from one member to another."""

    id: int
    sender: MemberId
    recipient: MemberId
    units: Units
    expires_at: UnixTime
    state: OfferState

    def expired(self, now: UnixTime) -> bool:
        """Whether it is over at a block's time and nobody closed it: its units are reserved."""
        return self.state is OfferState.OPEN and now > self.expires_at


@dataclass(frozen=True, slots=True)
class History:
    """Counter and running hash of everything that happened to a record."""

    count: int
    digest: Digest


class InvoiceBook(Contract):
    """Invoices: registration, acceptance and the assignment of units."""

    def __init__(self, chain: Chain, address: Address) -> None:
        super().__init__(chain, address, load_artifact("InvoiceBook").abi)

    def register(self, registration: Registration) -> ContractCall:
        """Register an invoice for the signing supplier."""
        return self._call(
            "register",
            (
                registration.commitment,
                member_to_word(registration.buyer),
                registration.units,
                registration.due_date or 0,
                registration.strict_keys,
                registration.alert_keys,
            ),
        )

    def accept(self, record: RecordId) -> ContractCall:
        """Accept an invoice for the signing buyer."""
        return self._call("accept", record)

    def reject(self, record: RecordId, reason: bytes) -> ContractCall:
        """Reject an invoice for the signing buyer; reason is 32 bytes of left-aligned text."""
        return self._call("reject", record, reason)

    def cancel(self, record: RecordId) -> ContractCall:
        """Cancel an invoice of the signing supplier."""
        return self._call("cancel", record)

    def offer(
        self, record: RecordId, to: MemberId, units: Units, expires_at: UnixTime, terms: Digest
    ) -> ContractCall:
        """Offer units of the signing member to a financier."""
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
        """Free the units of an offer whose time is over; any member may sign it."""
        return self._call("expireOffer", record, offer)

    def offer_answered(self, data: bytes) -> int | None:
        """The number of the offer that call data accepts or closes; None if it does neither."""
        call = self.abi.decode_call(data)
        if call is None or call.name not in _ANSWERS:
            return None
        return int(call.arguments["id"])

    def record(self, record: RecordId, *, at: BlockRef) -> InvoiceRecord:
        """A record. Raises `Reverted` if there is none."""
        ((issuer, obligor, commitment, total, retired),) = self._read(at, "record", record)
        ((state, registered_at, accepted_at, due_date),) = self._read(at, "invoice", record)
        return InvoiceRecord(
            id=record,
            supplier=member_of(issuer),
            buyer=member_of(obligor),
            commitment=Digest(commitment),
            total=Units(total),
            retired=Units(retired),
            state=known(InvoiceState, state),
            registered_at=UnixTime(registered_at),
            accepted_at=UnixTime(accepted_at) if accepted_at else None,
            due_date=UnixTime(due_date) if due_date else None,
        )

    def position(self, record: RecordId, member: MemberId, *, at: BlockRef) -> Position:
        """What a member holds of a record."""
        ((free, reserved, pledged),) = self._read(at, "position", record, member_to_word(member))
        return Position(Units(free), Units(reserved), Units(pledged))

    def offer_count(self, record: RecordId, *, at: BlockRef) -> int:
        """Number of offers that were ever made for a record."""
        (count,) = self._read(at, "offerCount", record)
        return int(count)

    def newest_offers(self, record: RecordId, count: int, *, at: BlockRef) -> tuple[Offer, ...]:
        """The newest of `count` offers, OFFERS_SHOWN at most, oldest first."""
        first = max(0, count - OFFERS_SHOWN)
        return tuple(self._offer(record, offer, at) for offer in range(first, count))

    def takers(self, record: RecordId, *, first: int, last: int) -> tuple[MemberId, ...]:
        """Recipients of the offers that were accepted in the blocks first..last, each once."""
        topics = (self.abi.topic("OfferAccepted"), record)
        logs = self._chain.logs_with(self.address, topics, first, last)
        return tuple(dict.fromkeys(member_of(log.topics[_TAKER]) for log in logs))

    def strict_keys(self, record: RecordId, *, at: BlockRef) -> tuple[bytes, ...]:
        """The strict identity keys of a record."""
        (keys,) = self._read(at, "strictKeysOf", record)
        return tuple(keys)

    def alert_key_first(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        """The first record that noted an alert key; None if none did."""
        (record,) = self._read(at, "alertKeyFirst", key)
        return RecordId(record) if any(record) else None

    def history(self, record: RecordId, *, at: BlockRef) -> History:
        """Counter and running hash of a record's history."""
        ((count, digest),) = self._read(at, "recordHistory", record)
        return History(count, Digest(digest))

    def _offer(self, record: RecordId, offer: int, at: BlockRef) -> Offer:
        ((sender, recipient, _terms, units, expires_at, state),) = self._read(
            at, "offerOf", record, offer
        )
        return Offer(
            id=offer,
            sender=member_of(sender),
            recipient=member_of(recipient),
            units=Units(units),
            expires_at=UnixTime(expires_at),
            state=known(OfferState, state),
        )

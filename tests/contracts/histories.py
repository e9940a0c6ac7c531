"""Which events of a book say what a member did, and the histories that events make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from web3.contract import Contract
from web3.types import LogReceipt, TxReceipt

from tests.contracts.acts import extended
from tests.contracts.harness import decode_log

NOBODY = bytes(32)
"""The member that stands for the council's decision."""

NOTHING = (0, bytes(32))
"""The history of who did nothing."""

_ACTORS_ON_RECORDS = {
    "Offered": "from",
    "OfferAccepted": "to",
    "OfferRejected": "to",
    "OfferWithdrawn": "from",
    "OfferExpired": "by",
    "Pledged": "pledgor",
    "PledgeReleased": "pledgee",
    "PledgeEnforced": "pledgee",
    "RecordFrozen": "by",
    "RecordUnfrozen": "by",
}
_EFFECTS_ON_RECORDS = {
    "StrictKeyHeld",
    "StrictKeyFreed",
    "AlertKeyNoted",
    "AlertKeySeen",
    "UnitsRetired",
    "UnitsUnlocked",
    "PledgeCutTo",
    "RecordVoided",
}


@dataclass(frozen=True, slots=True)
class BookEvents:
    """The events of a book.

    actors: for each event that stands for an act, the argument that names who acted: zero if it
    was the council.
    effects: what followed from an act, or was decided by the council alone.
    """

    actors: Mapping[str, str]
    effects: frozenset[str]

    @property
    def names(self) -> set[str]:
        """All of them."""
        return {*self.actors, *self.effects}

    def actor_of(self, book: Contract, log: LogReceipt) -> bytes | None:
        """The member that acted; None for an effect, and for what the council decided."""
        name, arguments = decode_log(log, book)
        if name in self.effects:
            return None
        actor: bytes = arguments[self.actors[name]]
        return None if actor == NOBODY else actor


INVOICE_EVENTS = BookEvents(
    actors={
        **_ACTORS_ON_RECORDS,
        "InvoiceRegistered": "supplier",
        "InvoiceAccepted": "buyer",
        "InvoiceAcceptedInPart": "buyer",
        "InvoiceRejected": "buyer",
        "InvoiceCancelled": "supplier",
        "InvoiceCredited": "supplier",
        "PaymentUndertaken": "buyer",
        "PaymentDeclared": "by",
        "PaymentConfirmed": "by",
        "PaymentDenied": "holder",
        "PaymentWithdrawn": "buyer",
        "DisputeRaised": "buyer",
        "DisputeWithdrawn": "buyer",
        "DisputeConceded": "supplier",
    },
    effects=frozenset(
        {*_EFFECTS_ON_RECORDS, "InvoiceSettled", "DisputeDecided", "SettledKeysFreed"}
    ),
)
CERTIFICATE_EVENTS = BookEvents(
    actors={
        **_ACTORS_ON_RECORDS,
        "CertificateIssued": "issuer",
        "CertificateConfirmed": "issuer",
        "ConsentGiven": "issuer",
        "CertificateRenewed": "issuer",
        "CertificateAnnulled": "issuer",
        "Surrendered": "by",
        "SurrenderWithdrawn": "holder",
        "SurrenderRefused": "issuer",
        "CertificateRedeemed": "issuer",
        "CertificateReplaced": "issuer",
        "CertificateReissued": "issuer",
    },
    effects=frozenset(
        {
            *_EFFECTS_ON_RECORDS,
            "EvidenceCertified",
            "CertificateReplaces",
            "CertificateDischarged",
        }
    ),
)


class Histories:
    """What the histories of records and of members must be, from the events of one book."""

    def __init__(self, book: Contract, events: BookEvents, members: Iterable[bytes]) -> None:
        self.records: dict[bytes, tuple[int, bytes]] = {}
        self.members = dict.fromkeys(members, NOTHING)
        self._book, self._events = book, events

    def extend(self, receipt: TxReceipt, sender: bytes | None) -> None:
        """Add the events of a transaction: acts are those of the sender, None for the council."""
        for log in receipt["logs"]:
            if log["address"] != self._book.address:
                continue
            record = record_of_log(self._book, log)
            self.records[record] = extended(self.records.get(record, NOTHING), [log])
            if sender is not None and self._events.actor_of(self._book, log) is not None:
                self.members[sender] = extended(self.members[sender], [log])


def record_of_log(book: Contract, log: LogReceipt) -> bytes:
    """The record that an event is about."""
    record: bytes = decode_log(log, book)[1]["record"]
    return record


def logs_of(book: Contract) -> list[LogReceipt]:
    """All events of a book, oldest first."""
    query = {"address": book.address, "fromBlock": 0, "toBlock": "latest"}
    return list(book.w3.eth.get_logs(query))  # type: ignore[arg-type]  # a TypedDict

"""Which events of the depositary's book say what a member did, and which say what followed."""

from web3.types import LogReceipt

from tests.contracts.cast import Ledger
from tests.contracts.harness import decode_log

ACTOR = {
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
"""The argument that names who acted, for each event that stands for an act: zero if it was the
council."""

EFFECTS = {
    "StrictKeyHeld",
    "StrictKeyFreed",
    "AlertKeyNoted",
    "AlertKeySeen",
    "UnitsRetired",
    "EvidenceCertified",
    "CertificateReplaces",
    "CertificateDischarged",
    "PledgeCutTo",
    "UnitsUnlocked",
    "RecordVoided",
}


def actor_of(ledger: Ledger, log: LogReceipt) -> bytes | None:
    """The member that acted, zero if it was the council; None for an effect."""
    name, arguments = decode_log(log, ledger.certificates)
    if name in EFFECTS:
        return None
    actor: bytes = arguments[ACTOR[name]]
    return actor


def record_of_log(ledger: Ledger, log: LogReceipt) -> bytes:
    """The record that an event is about."""
    record: bytes = decode_log(log, ledger.certificates)[1]["record"]
    return record

"""Which events of the invoice book say what a member did, and which say what followed."""

from web3.types import LogReceipt

from tests.contracts.cast import Ledger
from tests.contracts.harness import decode_log

ACTOR = {
    "InvoiceRegistered": "supplier",
    "InvoiceAccepted": "buyer",
    "InvoiceAcceptedInPart": "buyer",
    "InvoiceRejected": "buyer",
    "InvoiceCancelled": "supplier",
    "InvoiceCredited": "supplier",
    "PaymentUndertaken": "buyer",
    "Offered": "from",
    "OfferAccepted": "to",
    "OfferRejected": "to",
    "OfferWithdrawn": "from",
    "OfferExpired": "by",
    "Pledged": "pledgor",
    "PledgeReleased": "pledgee",
    "PledgeEnforced": "pledgee",
    "PaymentDeclared": "by",
    "PaymentConfirmed": "by",
    "PaymentDenied": "holder",
    "PaymentWithdrawn": "buyer",
    "DisputeRaised": "buyer",
    "DisputeWithdrawn": "buyer",
    "DisputeConceded": "supplier",
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
    "UnitsUnlocked",
    "PledgeCutTo",
    "InvoiceSettled",
    "DisputeDecided",
    "RecordVoided",
    "SettledKeysFreed",
}

NOBODY = bytes(32)
"""The member that stands for the council's decision."""


def actor_of(ledger: Ledger, log: LogReceipt) -> bytes | None:
    """The member that acted; None for an effect, and for what the council decided."""
    name, arguments = decode_log(log, ledger.invoices)
    if name in EFFECTS:
        return None
    actor: bytes = arguments[ACTOR[name]]
    return None if actor == NOBODY else actor


def record_of(ledger: Ledger, log: LogReceipt) -> bytes:
    """The record that an event is about."""
    record: bytes = decode_log(log, ledger.invoices)[1]["record"]
    return record

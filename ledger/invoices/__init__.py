"""E-invoices: reading them to one type, and the keys that tell which receivable one is.

Everything here is pure: bytes and keys in, values out.
"""

from ledger.invoices.comparison import same_number
from ledger.invoices.eligibility import Eligibility, Obstacle, eligibility
from ledger.invoices.fingerprint import (
    Fingerprint,
    Fingerprints,
    HmacFingerprint,
    IdentityRule,
)
from ledger.invoices.keys import AlertKey, IdentityKeys, identity_keys
from ledger.invoices.model import (
    DocumentFormat,
    IdSource,
    Invoice,
    InvoiceClass,
    Money,
    Party,
    PartyId,
)
from ledger.invoices.read import read_invoice
from ledger.invoices.values import minor_units

__all__ = [
    "AlertKey",
    "DocumentFormat",
    "Eligibility",
    "Fingerprint",
    "Fingerprints",
    "HmacFingerprint",
    "IdSource",
    "IdentityKeys",
    "IdentityRule",
    "Invoice",
    "InvoiceClass",
    "Money",
    "Obstacle",
    "Party",
    "PartyId",
    "eligibility",
    "identity_keys",
    "minor_units",
    "read_invoice",
    "same_number",
]

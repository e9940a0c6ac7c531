"""Reading a file, and all that a screening needs to know of it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from ledger.errors import DocumentError
from ledger.invoices import (
    DocumentFormat,
    Fingerprints,
    IdentityRule,
    Invoice,
    Money,
    identity_keys,
    read_invoice,
)
from ledger.services.screening.model import Candidate, Reference, ScreeningUpload
from ledger.services.sightings import links_of, seen_fields

_SELF_BILLED_INVOICE = "389"
_COMMERCIAL_INVOICE = "380"
MAX_REFERENCES = 20
"""Numbers that a file refers to (BT-25) which are looked for: its first ones."""


def read_candidate(
    upload: ScreeningUpload, fingerprints: Fingerprints, *, max_bytes: int
) -> Candidate:
    """Read a file. Raises DocumentError if it is no e-invoice, or has no identity."""
    invoice = read_invoice(upload.content, max_bytes=max_bytes)
    return Candidate(
        upload=upload,
        invoice=invoice,
        keys=identity_keys(invoice, fingerprints),
        references=tuple(_references(invoice, fingerprints)),
        seen=seen_fields(invoice),
        links=links_of(invoice),
    )


def _references(invoice: Invoice, fingerprints: Fingerprints) -> Iterator[Reference]:
    for number in invoice.preceding[:MAX_REFERENCES]:
        try:
            keys = identity_keys(_preceding(invoice, number), fingerprints)
        except DocumentError:  # a number without letter or digit, which no record can have
            yield Reference(number, ())
            continue
        same = (item.key for item in keys.alert if item.kind is IdentityRule.SAME_NUMBER)
        yield Reference(number, tuple(same))


def _preceding(invoice: Invoice, number: str) -> Invoice:
    """The invoice that is referred to, as far as K2 goes: its issuer, number and class."""
    return replace(
        invoice,
        format=DocumentFormat.UBL_INVOICE,
        number=number,
        type_code=_SELF_BILLED_INVOICE if invoice.self_billed else _COMMERCIAL_INVOICE,
        gross=Money(Decimal(1), invoice.gross.currency),
        files=(),
    )

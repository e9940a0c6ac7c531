"""Doing with a document all that is done with one, where nothing but a refusal of ours may come."""

import time

from ledger.documents import Disclosure, hash_document
from ledger.errors import DocumentError
from ledger.invoices import Invoice, eligibility, identity_keys
from ledger.invoices.disclosed import invoice_fields, require_forms
from ledger.invoices.read import recognise
from tests.unit.invoices.samples import FINGERPRINTS, MAX_BYTES, read

MAX_MESSAGE = 500
_SECRET = bytes(32)
MAX_SECONDS = 2.0
"""Of processor time for one document: twice what is promised, as machines differ."""


def use(data: bytes | str) -> Invoice | str:
    """The invoice, or why it was refused.

    Raises AssertionError for a refusal that says nothing or too much, or that takes too long.
    """
    begun = time.process_time()
    encoded = data.encode() if isinstance(data, str) else data
    recognise(encoded, max_bytes=MAX_BYTES)
    outcome = _outcome(encoded)
    seconds = time.process_time() - begun
    assert seconds < MAX_SECONDS, f"{seconds:.1f} s for {len(encoded)} bytes"
    return outcome


def _outcome(data: bytes) -> Invoice | str:
    try:
        invoice = read(data)
        eligibility(invoice)
        identity_keys(invoice, FINGERPRINTS)
        fields = invoice_fields(invoice, hash_document(data, max_bytes=MAX_BYTES))
    except DocumentError as error:
        refusal = str(error)
    else:
        # What is read has to be of the form in which it is shown.
        require_forms(Disclosure.of_all(fields, _SECRET))
        return invoice
    assert 0 < len(refusal) < MAX_MESSAGE
    assert refusal.isprintable()
    return refusal

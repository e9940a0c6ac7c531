"""Reading an e-invoice of any supported syntax, which is found out from the content alone."""

from hashlib import sha256

from ledger.errors import DocumentError
from ledger.invoices import cii, ubl
from ledger.invoices.layout import read_by
from ledger.invoices.model import Invoice
from ledger.invoices.xml import parse_xml
from ledger.types import Digest

DEFAULT_MAX_BYTES = 16 * 1024 * 1024
"""Size of the largest document that is read where nobody says otherwise."""

_LAYOUTS = {**ubl.LAYOUTS, **cii.LAYOUTS}


def read_invoice(data: bytes, *, max_bytes: int) -> Invoice:
    """Read an invoice in UBL 2.1 (Invoice, CreditNote), CII D16B or ZUGFeRD 1.0 XML.

    data: the document's bytes; nothing about them is trusted.
    max_bytes: size of the largest document that is accepted.

    Raises DocumentError, whose message names the reason, if the document is not an e-invoice, is
    dangerous or broken, or leaves out or confuses a field that identity rests on.
    """
    if data.startswith(b"%PDF-"):
        raise DocumentError("the document is a PDF; invoice fields are read from XML only")
    root = parse_xml(data, max_bytes=max_bytes)
    layout = _LAYOUTS.get(root.tag)
    if layout is None:
        raise DocumentError(
            f"the XML is no e-invoice that is read here: its root element is {root.tag[:120]!r};"
            " send a UBL 2.1 Invoice or CreditNote, or a CII invoice"
        )
    return read_by(layout, root, files=(Digest(sha256(data).digest()),))

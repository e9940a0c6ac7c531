"""Reading an e-invoice of any supported form, which is found out from the content alone."""

from dataclasses import replace
from hashlib import sha256

from ledger.errors import DocumentError
from ledger.invoices import cii, ubl
from ledger.invoices.content import Content, content_of
from ledger.invoices.json_form import read_json_form
from ledger.invoices.layout import read_by
from ledger.invoices.model import DocumentFormat, Invoice
from ledger.invoices.pdf import embedded_xml
from ledger.invoices.xml import parse_xml
from ledger.types import Digest

DEFAULT_MAX_BYTES = 16 * 1024 * 1024
"""Size of the largest document that is read where nobody says otherwise."""

_LAYOUTS = {**ubl.LAYOUTS, **cii.LAYOUTS}

# CII in a PDF is Factur-X. UBL in a PDF is no standard, and keeps the name of its syntax, by which
# a credit note is known.
_LAYOUTS_IN_PDF = ubl.LAYOUTS | {
    root: replace(layout, format=DocumentFormat.FACTUR_X) for root, layout in cii.LAYOUTS.items()
}


def read_invoice(data: bytes, *, max_bytes: int) -> Invoice:
    """Read an invoice in XML, as XML in a PDF, or in JSON.

    XML is UBL 2.1 (Invoice, CreditNote), CII D16B or ZUGFeRD 1.0; a PDF (Factur-X, ZUGFeRD) has
    exactly one such file in it; JSON is the form that `JSON.md` describes.

    data: the document's bytes; nothing about them is trusted.
    max_bytes: size of the largest document that is accepted, and of the largest XML in a PDF.

    Raises DocumentError, whose message names the reason, if the document is not an e-invoice, is
    dangerous or broken, or leaves out or confuses a field that identity rests on.
    """
    if not data:
        raise DocumentError("the document is empty")
    if len(data) > max_bytes:
        raise DocumentError(f"the document has {len(data)} bytes; at most {max_bytes} are read")
    match content_of(data):
        case Content.XML:
            return _read_xml(data, files=(_digest(data),), max_bytes=max_bytes)
        case Content.PDF:
            xml = embedded_xml(data, max_bytes=max_bytes)
            return _read_xml(xml, files=(_digest(data), _digest(xml)), max_bytes=max_bytes)
        case Content.JSON:
            return read_json_form(data, files=(_digest(data),))
        case Content.DISPLACED_PDF:
            raise DocumentError("the document has other bytes before a PDF's header; save it anew")
    raise DocumentError(
        "the document is not an e-invoice in a form that is read here: send XML (UBL 2.1 or CII),"
        " a Factur-X PDF or JSON"
    )


def _read_xml(data: bytes, *, files: tuple[Digest, ...], max_bytes: int) -> Invoice:
    """files: see `Invoice`; more than one if the XML was in a PDF."""
    root = parse_xml(data, max_bytes=max_bytes)
    layout = (_LAYOUTS if len(files) == 1 else _LAYOUTS_IN_PDF).get(root.tag)
    if layout is None:
        raise DocumentError(
            f"the XML is no e-invoice that is read here: its root element is {root.tag[:120]!r};"
            " send a UBL 2.1 Invoice or CreditNote, or a CII invoice"
        )
    return read_by(layout, root, files=files)


def _digest(data: bytes) -> Digest:
    return Digest(sha256(data).digest())

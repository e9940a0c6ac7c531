"""Reading an e-invoice of any supported form, which is found out from the content alone."""

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from ledger.errors import DocumentError
from ledger.invoices import cii, ubl
from ledger.invoices.content import Content, content_of
from ledger.invoices.layout import Layout, read_by
from ledger.invoices.model import DocumentFormat, Invoice
from ledger.invoices.xml import parse_xml
from ledger.types import Digest

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

DEFAULT_MAX_BYTES = 16 * 1024 * 1024
"""Size of the largest document that is read where nobody says otherwise."""

_WITH_XML = (Content.XML, Content.PDF)

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
    content = content_of(data)
    if content in _WITH_XML:
        return read_by(*_open_xml(content, data, max_bytes))
    if content is Content.JSON:
        # Loaded here, like the reader of PDFs below, because it takes longer to load than all that
        # reads XML.
        from ledger.invoices.json_form import read_json_form  # noqa: PLC0415

        return read_json_form(data, files=(_digest(data),))
    if content is Content.DISPLACED_PDF:
        raise DocumentError("the document has other bytes before a PDF's header; save it anew")
    raise DocumentError(
        "the document is not an e-invoice in a form that is read here: send XML (UBL 2.1 or CII),"
        " a Factur-X PDF or JSON"
    )


def recognise(data: bytes, *, max_bytes: int) -> DocumentFormat | None:
    """What kind of e-invoice a document is meant to be, also if `read_invoice` refuses it.

    max_bytes: as for `read_invoice`.

    None if it is of no kind that is read here, or too broken or dangerous to tell.
    """
    content = content_of(data)
    if content is Content.JSON:
        from ledger.invoices.json_form import FORMAT  # noqa: PLC0415 - as above

        return DocumentFormat.JSON if f'"{FORMAT}"'.encode() in data else None
    if content not in _WITH_XML or len(data) > max_bytes:
        return None
    try:
        layout, _, _ = _open_xml(content, data, max_bytes)
    except DocumentError:
        return None
    return layout.format


def _open_xml(
    content: Content | None, data: bytes, max_bytes: int
) -> tuple[Layout, "Element", tuple[Digest, ...]]:
    """What `read_by` takes, from XML or from a PDF with XML in it."""
    around: tuple[Digest, ...] = ()
    layouts = _LAYOUTS
    if content is Content.PDF:
        from ledger.invoices.pdf import embedded_xml  # noqa: PLC0415 - as above

        around, layouts = (_digest(data),), _LAYOUTS_IN_PDF
        data = embedded_xml(data, max_bytes=max_bytes)
    root, digest = parse_xml(data, max_bytes=max_bytes)
    layout = layouts.get(root.tag)
    if layout is None:
        raise DocumentError(
            f"the XML is no e-invoice that is read here: its root element is {root.tag[:120]!r};"
            " send a UBL 2.1 Invoice or CreditNote, or a CII invoice"
        )
    return layout, root, (*around, digest)


def _digest(data: bytes) -> Digest:
    return Digest(sha256(data).digest())

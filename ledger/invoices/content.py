"""What kind of file some bytes are, by their beginning alone: never by name or media type."""

import re
from codecs import BOM_UTF8
from enum import Enum, auto

from ledger.invoices.encodings import has_tags_in_ascii

HEAD_BYTES = 1024
"""How much of a file is looked at. PDF viewers look for a PDF's header no further than this."""

PDF_HEADER = b"%PDF-"

# What may stand before the first character of a text: byte order marks and white space, in any
# encoding of Unicode. UTF-16 and UTF-32 put NUL bytes between.
_BEFORE_TEXT = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"

# What may stand before the first element: declaration, processing instructions, comments, and a
# DOCTYPE that declares nothing itself.
_ROOT = re.compile(
    rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*>)*+<(?:[^\s<>/:!?]+:)?(?P<name>[^\s<>/:!?]+)[\s/>]",
    re.DOTALL | re.IGNORECASE,
)


class Content(Enum):
    """Kinds of files that can hold an invoice."""

    XML = auto()
    JSON = auto()
    PDF = auto()
    DISPLACED_PDF = auto()
    """A PDF's header stands behind other bytes, so that a viewer may show the file as a PDF while
    another program reads what stands before."""


def content_of(data: bytes) -> Content | None:
    """The kind of a file, or None if it is none that can hold an invoice.

    An encoding is not judged here: bytes that begin like XML in UTF-16 are XML.
    """
    head = data[:HEAD_BYTES]
    place = head.find(PDF_HEADER)
    if place >= 0:
        return Content.DISPLACED_PDF if place else Content.PDF
    first = head.lstrip(_BEFORE_TEXT)[:1]
    return {b"<": Content.XML, b"{": Content.JSON}.get(first)


def may_be_xml(head: bytes) -> bool:
    """Whether a file that begins so may be taken for XML by any reader."""
    text = head.lstrip(_BEFORE_TEXT)
    return text.startswith(b"<") if text else bool(head)


def root_name(head: bytes) -> str | None:
    """The name of the root element, without its prefix, of a file that may be XML and begins so.

    None if it does not stand in there, or is not found as simply as that.
    """
    text = head.lstrip(b" \t\r\n")
    if not has_tags_in_ascii(text):
        return None
    root = _ROOT.match(text.removeprefix(BOM_UTF8))
    return None if root is None else root["name"].decode("latin-1")

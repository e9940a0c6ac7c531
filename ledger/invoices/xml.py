"""Parsing XML that a stranger sent.

The parser resolves no entity, loads no DTD and opens no connection. Comments and processing
instructions are dropped while parsing, because a reader that takes only the text before a comment
would see `INV` in `INV<!-- -->-1`. The size of the tree is bounded before anything is built.

libxml2 keeps every name it has seen in a table that lxml shares between all documents of a thread
and that only the end of the thread frees. Once some hundred megabytes of invented names are in it,
every later document of that thread is refused. So a document that could hold many names is parsed
in a thread of its own, and so is every other one once those before it have filled the table.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING

from lxml import etree

from ledger.errors import DocumentError
from ledger.invoices.encodings import check_encoding
from ledger.invoices.name_table import NameTable
from ledger.types import Digest

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_MARKS = 1_000_000
"""Tags, and likewise attributes, in one document: each takes some 120 bytes of memory."""

_SHORTEST_ELEMENT = len(b"<a/>")

# A thread of its own costs about as much as parsing a small invoice, and little beside this much.
_OWN_THREAD_BYTES = 512 * 1024

# In the table, names take up to three times their length.
_THREAD_NAMES_BYTES = 64 * 2**20


def _hardened_parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,  # between elements: that saves a tenth of the time
        recover=False,
    )


class _Thread(threading.local):
    """What a thread parses with, and the names that it has met."""

    def __init__(self) -> None:
        self.parser = _hardened_parser()
        self.names = NameTable()


_thread = _Thread()

_TAIL = 64

_REASONS = {
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "the document is not XML",
    etree.ErrorTypes.ERR_TAG_NOT_FINISHED: "the XML is cut off: its end is missing",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: ("the XML refers to an entity that it does not define"),
    etree.ErrorTypes.ERR_ENTITY_LOOP: "the XML declares entities that contain each other",
    etree.ErrorTypes.ERR_NAME_TOO_LONG: "the XML has an element or attribute with too long a name",
    etree.ErrorTypes.ERR_INVALID_ENCODING: "the XML is not in the encoding that it declares",
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING: "the XML declares an encoding that nobody knows",
}

# libxml2 has one code for all its limits, and tells them apart in its message.
_LIMITS = (
    ("depth", "the XML is nested more than 256 elements deep"),
    ("amplification", "the XML declares entities that grow when expanded"),
)
_OTHER_LIMIT = "the XML has a text or attribute of more than 10 MB"


def parse_xml(data: bytes, *, max_bytes: int) -> tuple["Element", Digest]:
    """Parse one XML document and return its root, with the SHA-256 digest of its bytes.

    max_bytes: size of the largest document that is accepted.

    Raises DocumentError if it is empty, larger, not well-formed, in an uncommon encoding or not in
    the one that it declares, nested deeper than libxml2 allows (256 elements), or has a DOCTYPE.
    """
    if not data:
        raise DocumentError("the document is empty")
    if len(data) > max_bytes:
        raise DocumentError(f"the document has {len(data)} bytes; at most {max_bytes} are read")
    # Only a document of this length can hold so many; counting is slow beside parsing.
    if len(data) > MAX_MARKS * _SHORTEST_ELEMENT:
        for mark, name in ((b"<", "tags"), (b"=", "attributes")):
            if data.count(mark) > MAX_MARKS:
                raise DocumentError(f"the XML has more than {MAX_MARKS} {name}")
    try:
        root, digest = _parse(data)
    except etree.XMLSyntaxError as error:
        raise DocumentError(_reason(error, data)) from None
    info = root.getroottree().docinfo
    if info.internalDTD is not None:
        raise DocumentError("the XML has a DOCTYPE, which no e-invoice may have; remove it")
    check_encoding(data, info.encoding or "UTF-8")
    return root, digest


def _parse(data: bytes) -> tuple["Element", Digest]:
    names = _thread.names
    if len(data) < _OWN_THREAD_BYTES and names.bytes_estimate < _THREAD_NAMES_BYTES:
        try:
            root = etree.fromstring(data, _thread.parser)
        except etree.XMLSyntaxError:
            names.add_broken(data)
            raise
        names.add(root, len(data))
        return root, Digest(sha256(data).digest())
    with ThreadPoolExecutor(max_workers=1) as own:
        parsed = own.submit(etree.fromstring, data, _hardened_parser())
        # Meanwhile: neither holds up other threads.
        digest = Digest(sha256(data).digest())
        return parsed.result(), digest


def _reason(error: etree.XMLSyntaxError, data: bytes) -> str:
    """Say what is wrong without repeating text of the document."""
    code: int = error.code  # type: ignore[attr-defined]  # lxml-stubs leaves it out
    if code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        said = error.msg or ""
        return next((reason for part, reason in _LIMITS if part in said), _OTHER_LIMIT)
    if code in _REASONS:
        return _REASONS[code]
    if not data[-_TAIL:].rstrip(b" \t\r\n\0").endswith(b">"):
        return _REASONS[etree.ErrorTypes.ERR_TAG_NOT_FINISHED]
    line, column = error.position
    return f"the XML is not well-formed (line {line}, column {column})"

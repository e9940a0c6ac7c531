"""What the benchmark of invoices lets run: our reader, and what it is compared with."""

import importlib
import logging
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from io import BytesIO

from lxml import etree
from pypdf import PdfReader

from ledger.invoices import Fingerprints, HmacFingerprint, identity_keys, read_invoice

MAX_BYTES = 64 * 1024 * 1024
OURS = "read_invoice and identity_keys"
BASE = "lxml parse and SHA-256"
WITHOUT_BLANKS = "the same, without blank text"
FACTUR_X = "factur-x"

Reader = Callable[[bytes], object]
"""Takes a document; raises anything if it cannot read it."""

_FINGERPRINTS = Fingerprints(HmacFingerprint(bytes(range(32)), version=1))


def _parser(*, remove_blank_text: bool) -> etree.XMLParser:
    """A parser that is hardened like our reader's, which drops blank text between elements, too."""
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=remove_blank_text,
        recover=False,
    )


_PARSERS = {BASE: _parser(remove_blank_text=False), WITHOUT_BLANKS: _parser(remove_blank_text=True)}


def readers() -> dict[str, Reader]:
    """Our reader, lxml, and factur-x where it is installed, with and without its schema check."""
    found: dict[str, Reader] = {OURS: ours}
    found |= {name: partial(_lxml, parser=parser) for name, parser in _PARSERS.items()}
    try:
        facturx = importlib.import_module("facturx")
    except ImportError:
        return found
    logging.getLogger("factur-x").setLevel(logging.CRITICAL)

    def parse(content: bytes, *, check_xsd: bool) -> object:
        if content.startswith(b"%PDF-"):
            _, content = facturx.get_xml_from_pdf(content, check_xsd=False)
        return facturx.parse_ubl_cii_xml(content, check_xsd=check_xsd)

    return found | {
        FACTUR_X: lambda content: parse(content, check_xsd=True),
        f"{FACTUR_X}, no schema check": lambda content: parse(content, check_xsd=False),
    }


def ours(content: bytes) -> object:
    """Read an invoice and make its identity keys."""
    return identity_keys(read_invoice(content, max_bytes=MAX_BYTES), _FINGERPRINTS)


def _lxml(content: bytes, parser: etree.XMLParser) -> object:
    digests = [sha256(content).digest()]
    if content.startswith(b"%PDF-"):
        attached = PdfReader(BytesIO(content)).attachments
        content = next(files[0] for name, files in attached.items() if name.endswith(".xml"))
        digests.append(sha256(content).digest())
    return etree.fromstring(content, parser), digests

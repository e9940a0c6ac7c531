"""PDFs with files in them, as programs that write Factur-X make them, and as attackers do."""

from collections.abc import Sequence

from tests.support.pdf import assemble, flate
from tests.unit.invoices.samples import GOOD

XML = (GOOD / "zfcorpus__CII__EN16931_Einfach.cii.xml").read_bytes()
OTHER_XML = (GOOD / "kosit__01.20a-INVOICE_uncefact.xml").read_bytes()

# Numbers of the objects that every PDF here has.
CATALOG, PAGES, PAGE, SPECIFICATION, FILE = range(1, 6)
_FIRST_FREE = 6


def attachment(file: int, entries: bytes = b"") -> bytes:
    """A file specification. file: the number of the object that has the content."""
    return b"<< /Type /Filespec /F (factur-x.xml) /EF << /F %d 0 R >> %b>>" % (file, entries)


def names(*specifications: int) -> bytes:
    """Entries of a leaf of the name tree of embedded files."""
    pairs = b" ".join(b"(%d.xml) %d 0 R" % (each, each) for each in specifications)
    return b"/Names [%b]" % pairs


def bodies(
    *more: bytes,
    catalog: bytes = b"",
    tree: bytes = names(SPECIFICATION),
    page: bytes = b"",
    file: bytes = flate(XML, b"/Type /EmbeddedFile "),
    specification: bytes = attachment(FILE),
) -> list[bytes]:
    """Objects of a PDF of one page with one file in it; those of `more` are numbered from 6.

    catalog, page: more entries of these dictionaries. tree: entries of the name tree's root.
    """
    return [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << %b >> >> %b>>"
        % (tree, catalog),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %b>>" % page,
        specification,
        file,
        *more,
    ]


def pdf(*more: bytes, **parts: bytes) -> bytes:
    """See `bodies`."""
    return assemble(bodies(*more, **parts))


def chain(links: Sequence[bytes]) -> bytes:
    """A PDF whose objects from 6 on are these, and whose page has the first as an annotation."""
    return pdf(*links, page=b"/Annots [%d 0 R] " % _FIRST_FREE)

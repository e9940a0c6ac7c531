"""PDFs with files in them, as programs that write Factur-X make them, and as attackers do."""

from tests.support.pdf import assemble, flate
from tests.unit.invoices.samples import GOOD

XML = (GOOD / "zfcorpus__CII__EN16931_Einfach.cii.xml").read_bytes()
OTHER_XML = (GOOD / "kosit__01.20a-INVOICE_uncefact.xml").read_bytes()

# Numbers of the objects that every PDF here has.
CATALOG, PAGES, PAGE, SPECIFICATION, FILE = range(1, 6)


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
    kids: bytes = b"3 0 R",
    page: bytes = b"",
    file: bytes = flate(XML, b"/Type /EmbeddedFile "),
    specification: bytes = attachment(FILE),
) -> list[bytes]:
    """Objects of a PDF of one page with one file in it; those of `more` are numbered from 6.

    catalog, page: more entries of these dictionaries. tree: entries of the name tree's root.
    kids: the nodes of the page tree.
    """
    return [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << %b >> >> %b>>"
        % (tree, catalog),
        b"<< /Type /Pages /Kids [%b] /Count 1 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %b>>" % page,
        specification,
        file,
        *more,
    ]


def pdf(*more: bytes, **parts: bytes) -> bytes:
    """See `bodies`."""
    return assemble(bodies(*more, **parts))

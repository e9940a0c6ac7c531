import zlib
from collections.abc import Callable
from hashlib import sha256

import pytest

from ledger.errors import DocumentError
from ledger.invoices import DocumentFormat, IdentityRule, InvoiceClass, read_invoice
from tests.support.pdf import assemble, flate, packed, stream
from tests.unit.invoices.pdfs import (
    FILE,
    OTHER_XML,
    SPECIFICATION,
    XML,
    attachment,
    bodies,
    names,
    pdf,
)
from tests.unit.invoices.samples import GOOD, keys_of, read, ubl

FACTUR_X = GOOD / "zfcorpus__FX__EN16931_Einfach.pdf"
ZUGFERD_1 = GOOD / "zfcorpus__Intarsys__ZUGFeRD_1p0_COMFORT_Einfach"
TWO = "the PDF has 2 XML files in it"
NONE = "the PDF has no invoice in it: its fields can only be declared"

# In each the first free object, 6, is a second specification, and 7 its file.
SECOND = (attachment(7), flate(OTHER_XML))
HIDDEN: dict[str, Callable[[], bytes]] = {
    "in the same leaf of the name tree": lambda: pdf(*SECOND, tree=names(SPECIFICATION, 6)),
    "in another leaf of the name tree": lambda: pdf(
        *SECOND, b"<< %b >>" % names(6), tree=b"/Kids [8 0 R] " + names(SPECIFICATION)
    ),
    "in a leaf of the name tree that is no object of its own": lambda: pdf(
        *SECOND, tree=b"/Kids [<< /Kids [<< %b >>] >>] " % names(6) + names(SPECIFICATION)
    ),
    "under the same name": lambda: pdf(
        *SECOND, tree=b"/Names [(factur-x.xml) 4 0 R (factur-x.xml) 6 0 R]"
    ),
    "among the document's associated files": lambda: pdf(*SECOND, catalog=b"/AF [6 0 R]"),
    "as the document's only associated file, without an array": lambda: pdf(
        *SECOND, catalog=b"/AF 6 0 R"
    ),
    "as a page's only associated file, written in its place": lambda: pdf(
        *SECOND, page=b"/AF << /EF << /F 7 0 R >> >>"
    ),
    "as an annotation's only associated file": lambda: pdf(
        *SECOND, page=b"/Annots [<< /Subtype /Link /AF 6 0 R >>]"
    ),
    "among a page's associated files": lambda: pdf(*SECOND, page=b"/AF [6 0 R]"),
    "in an array that is an object": lambda: pdf(*SECOND, b"[6 0 R]", page=b"/AF 8 0 R"),
    "as a file attachment annotation": lambda: pdf(
        *SECOND, page=b"/Annots [<< /Subtype /FileAttachment /FS 6 0 R >>]"
    ),
    "among an annotation's associated files": lambda: pdf(
        *SECOND, page=b"/Annots [<< /Subtype /Link /AF [6 0 R] >>]"
    ),
    "on a page further down": lambda: pdf(
        *SECOND,
        b"<< /Type /Pages /Kids [9 0 R] /Count 1 >>",
        b"<< /Type /Page /AF [6 0 R] >>",
        kids=b"3 0 R 8 0 R",
    ),
    "in a page that is a node of the name tree, too": lambda: pdf(
        *SECOND,
        b"<< /Type /Page /Names [(a.xml) 4 0 R] /AF [6 0 R] >>",
        kids=b"8 0 R",
        tree=b"/Kids [8 0 R]",
    ),
    "in an annotation that is a page, too": lambda: pdf(
        *SECOND,
        b"<< /Type /Page /Annots [8 0 R] /FS 6 0 R >>",
        kids=b"3 0 R 8 0 R",
    ),
    "in a specification that is a page, too": lambda: pdf(
        b"<< /Type /Page /EF << /F 7 0 R >> /AF [6 0 R] >>",
        flate(OTHER_XML),
        kids=b"3 0 R 6 0 R",
    ),
    "for another platform": lambda: pdf(
        *SECOND, specification=b"<< /Type /Filespec /EF << /F 5 0 R /UF 7 0 R >> >>"
    ),
    "as a related file": lambda: pdf(
        *SECOND, specification=attachment(FILE, b"/RF << /F [(other.xml) 7 0 R] >> ")
    ),
    "as an image by its type": lambda: pdf(
        attachment(7),
        flate(OTHER_XML, b"/Subtype /image#2Fpng "),
        tree=names(SPECIFICATION, 6),
    ),
    "in UTF-16": lambda: pdf(
        attachment(7),
        flate(OTHER_XML.decode().encode("utf-16")),
        tree=names(SPECIFICATION, 6),
    ),
    "behind white space": lambda: pdf(
        attachment(7), stream(b"\n" * 5_000 + b"<a/>"), tree=names(SPECIFICATION, 6)
    ),
    "in a container of objects": lambda: packed(
        [*bodies(page=b"/AF [7 0 R]"), flate(OTHER_XML)], [attachment(6)]
    ),
    "in a later revision": lambda: revised(pdf(*SECOND), bodies(catalog=b"/AF [6 0 R]")[0]),
}


def revised(document: bytes, catalog: bytes) -> bytes:
    """The document with an update behind it, which replaces the catalog."""
    table = document.rindex(b"xref\n0 ")
    added = len(document)
    update = b"1 0 obj\n%b\nendobj\n" % catalog
    return (
        document
        + update
        + b"xref\n1 1\n%010d 00000 n \ntrailer\n<< /Size 8 /Root 1 0 R /Prev %d >>\n"
        % (added, table)
        + b"startxref\n%d\n%%%%EOF\n" % (added + len(update))
    )


def test_the_xml_in_a_pdf_is_read_as_factur_x() -> None:
    found, bare = read(FACTUR_X.read_bytes()), read(XML)
    assert found.format is DocumentFormat.FACTUR_X
    assert (found.number, found.gross, found.seller) == (bare.number, bare.gross, bare.seller)


def test_an_invoice_from_a_pdf_names_the_digests_of_the_pdf_and_of_its_xml() -> None:
    whole, xml = (ZUGFERD_1.with_suffix(suffix).read_bytes() for suffix in (".pdf", ".xml"))
    assert read(whole).files == (sha256(whole).digest(), sha256(xml).digest())
    assert read(xml).files == (sha256(xml).digest(),)


def test_a_pdf_and_the_bare_xml_in_it_are_the_same_file_to_the_alert_keys() -> None:
    whole = keys_of(ZUGFERD_1.with_suffix(".pdf").read_bytes())
    xml = keys_of(ZUGFERD_1.with_suffix(".xml").read_bytes())
    assert whole.strict == xml.strict
    assert IdentityRule.SAME_FILE in {key.kind for key in xml.alert}
    assert set(xml.alert) < set(whole.alert)
    assert [key.kind for key in set(whole.alert) - set(xml.alert)] == [IdentityRule.SAME_FILE]


@pytest.mark.parametrize("make", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_second_xml_file_is_found_wherever_it_stands(make: Callable[[], bytes]) -> None:
    with pytest.raises(DocumentError, match=TWO):
        read(make())


def test_files_of_the_same_content_are_one() -> None:
    copies = pdf(attachment(7), flate(XML), attachment(9), stream(XML), tree=names(4, 6, 8))
    assert read(copies).number == "471102"
    with pytest.raises(DocumentError, match=TWO):
        read(pdf(attachment(7), flate(XML), attachment(9), flate(XML + b"\n"), tree=names(4, 6, 8)))


def packed_anew(place: int) -> bytes:
    """The invoice, packed in two blocks that part at a place."""
    packer = zlib.compressobj()
    head = packer.compress(XML[: place + 1]) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + packer.compress(XML[place + 1 :]) + packer.flush()


def test_copies_that_are_each_packed_anew_are_compared_up_to_a_number() -> None:
    def copies(count: int) -> bytes:
        parts = (
            part
            for n in range(count)
            for part in (attachment(7 + 2 * n), stream(packed_anew(n), b"/Filter /FlateDecode "))
        )
        return pdf(*parts, tree=names(4, *range(6, 6 + 2 * count, 2)))

    assert read(copies(7)).number == "471102"
    with pytest.raises(DocumentError, match="the PDF has 9 XML files in it"):
        read(copies(8))


NO_INVOICES = {
    "HTML": b"<!DOCTYPE html>\n<html><body>Terms</body></html>",
    "XHTML": b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD" "x.dtd">\n<html/>',
    "SVG": b'<?xml version="1.0"?><!-- a logo --><svg xmlns="http://www.w3.org/2000/svg"/>',
    "HTML with a mark": b"\xef\xbb\xbf<html>",
    "HTML behind white space": b"\n\n<html lang='de'>",
    "a prefix": b"<x:html xmlns:x='y'/>",
}


def called(name: bytes, content: bytes, entries: bytes = b"", key: bytes = b"terms") -> bytes:
    """A PDF with an invoice and another file in it, of that name and content."""
    specification = b"<< /Type /Filespec /F (%b) /EF << /F 7 0 R >> >>" % name
    tree = b"/Names [(factur-x.xml) 4 0 R (%b) 6 0 R]" % key
    return pdf(specification, flate(content, entries), tree=tree)


@pytest.mark.parametrize("content", NO_INVOICES.values(), ids=NO_INVOICES.keys())
def test_markup_that_is_neither_called_xml_nor_an_invoice_may_be_there_too(content: bytes) -> None:
    assert read(called(b"terms.html", content, b"/Subtype /text#2Fhtml ")).number == "471102"


@pytest.mark.parametrize(
    "document",
    [
        called(b"terms.xml", b"<html/>"),
        called(b"terms.XML", b"<html/>"),
        called(b"\xfe\xff\0a\0.\0x\0m\0l", b"<html/>"),
        called(b"terms", b"<html/>", b"/Subtype /text#2Fxml "),
        called(b"terms", b"<html/>", b"/Subtype /application#2Fxml "),
        called(b"terms", b"<html/>", key=b"terms.xml"),
    ],
    ids=["name", "capitals", "UTF-16", "type", "other type", "key of the name tree"],
)
def test_what_is_called_xml_counts_whatever_its_root(document: bytes) -> None:
    with pytest.raises(DocumentError, match=TWO):
        read(document)


@pytest.mark.parametrize(
    "content",
    [
        OTHER_XML,
        ubl().encode(),
        b"<!--" + b" " * 5_000 + b"-->" + OTHER_XML,
        b"<!-- --> <?x y?>" + OTHER_XML.split(b"?>", 1)[1],
        "<!--\u2d2d\u3c3e\u7468\u6c6d\u2f3e--><Invoice/>".encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?><!--+AC0ALQA+---><html/>',
        b"<!DOCTYPE a [<!ENTITY b '<html>'>]><Invoice/>",
    ],
    ids=["CII", "UBL", "far behind", "behind others", "UTF-16", "UTF-7", "DOCTYPE"],
)
def test_what_may_be_an_invoice_counts_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(DocumentError, match=TWO):
        read(called(b"terms.html", content, b"/Subtype /text#2Fhtml "))


def test_one_file_that_stands_in_every_place_is_one() -> None:
    everywhere = pdf(
        tree=names(SPECIFICATION, SPECIFICATION),
        catalog=b"/AF [4 0 R]",
        page=b"/AF [4 0 R] /Annots [<< /Subtype /FileAttachment /FS 4 0 R /AF [4 0 R] >>]",
        specification=b"<< /Type /Filespec /EF << /F 5 0 R /UF 5 0 R >> >>",
    )
    assert read(everywhere).number == read(XML).number


def test_files_that_are_no_xml_may_be_there_too() -> None:
    others = (
        attachment(9),
        attachment(10),
        attachment(11),
        flate(b"\x89PNG\r\n\x1a\n" + bytes(5_000)),
        stream(b"PK\x03\x04 a workbook"),
        stream(b""),
    )
    assert read(pdf(*others, tree=names(SPECIFICATION, 6, 7, 8))).number == read(XML).number


@pytest.mark.parametrize(
    "place",
    [{"catalog": b"/AF [4 0 R]"}, {"page": b"/Annots [<< /Subtype /FileAttachment /FS 4 0 R >>]"}],
)
def test_the_only_xml_is_found_outside_the_name_tree_too(place: dict[str, bytes]) -> None:
    assert read(pdf(tree=b"", **place)).format is DocumentFormat.FACTUR_X


def test_a_pdf_whose_objects_are_packed_is_read() -> None:
    plain = bodies(tree=b"/Kids [6 0 R]")
    assert read(packed(plain, [b"<< %b >>" % names(7), attachment(FILE)])).number == "471102"


@pytest.mark.parametrize(
    "entries",
    [
        b"",
        b"/DecodeParms null ",
        b"/DecodeParms [null] ",
        b"/DecodeParms << >> ",
        b"/DecodeParms [<< /Predictor 1 >>] ",
    ],
)
def test_a_file_packed_without_a_predictor_is_read(entries: bytes) -> None:
    assert read(pdf(file=flate(XML, entries))).number == "471102"
    unpacked = stream(XML, b"/Filter [] " + entries)
    assert read(pdf(file=unpacked)).number == "471102"


def test_the_newest_revision_of_a_pdf_counts() -> None:
    assert read(revised(pdf(), bodies(catalog=b"/AF [4 0 R]")[0])).number == "471102"
    with pytest.raises(DocumentError, match=NONE):
        read(revised(pdf(), b"<< /Type /Catalog /Pages 2 0 R >>"))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(pdf(tree=b""), id="no file"),
        pytest.param(pdf(file=flate(b"%PDF-1.4 a PDF in a PDF")), id="another kind of file"),
        pytest.param(pdf(file=flate(b'{"format": "sealbook-invoice/1"}')), id="JSON"),
        pytest.param(pdf(specification=b"<< /Type /Filespec /F (http://a.example) >>"), id="link"),
        pytest.param(pdf(tree=b"", catalog=b"/AF 5 0 R"), id="a file without specification"),
    ],
)
def test_a_pdf_without_xml_says_what_is_left(document: bytes) -> None:
    with pytest.raises(DocumentError, match=NONE):
        read(document)


def test_xml_in_a_pdf_is_refused_for_what_is_wrong_with_it() -> None:
    order = XML.replace(b"CrossIndustryInvoice", b"SCRDMCCBDACIOMessageStructure")
    with pytest.raises(DocumentError, match="the XML is no e-invoice that is read here"):
        read(pdf(file=flate(order)))
    with pytest.raises(DocumentError, match="the XML has a DOCTYPE"):
        read(pdf(file=flate(b"<!DOCTYPE a><a/>")))


def test_ubl_in_a_pdf_keeps_its_format_so_that_a_credit_note_stays_one() -> None:
    invoice = read(pdf(file=flate(ubl().encode())))
    note = read(pdf(file=flate(ubl(root="CreditNote", type_code="").encode())))
    assert invoice.format is DocumentFormat.UBL_INVOICE
    assert note.format is DocumentFormat.UBL_CREDIT_NOTE
    assert note.invoice_class is InvoiceClass.CREDIT


def test_the_limit_holds_for_the_xml_in_a_pdf_as_for_the_pdf() -> None:
    document = pdf(file=flate(XML + b" " * 100_000))
    length = len(XML) + 100_000
    assert len(document) < length
    assert read_invoice(document, max_bytes=length).number == "471102"
    with pytest.raises(DocumentError, match=f"the XML in the PDF has more than {length - 1} bytes"):
        read_invoice(document, max_bytes=length - 1)


def test_a_name_or_a_type_does_not_make_xml() -> None:
    called_xml = pdf(file=stream(b"no XML", b"/Subtype /text#2Fxml "))
    with pytest.raises(DocumentError, match=NONE):
        read(called_xml)
    assert read(assemble(bodies()).replace(b"factur-x.xml", b"image-01.png")).number == "471102"

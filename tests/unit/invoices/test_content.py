import pytest

from ledger.errors import DocumentError
from ledger.invoices.content import HEAD_BYTES, Content, content_of, may_be_xml
from tests.unit.invoices.samples import read, ubl

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
NOT_READ = "the document is not an e-invoice in a form that is read here"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("space", ["", "\n", " \t\r\n"])
def test_a_text_is_known_by_its_first_character_in_every_encoding(
    encoding: str, space: str
) -> None:
    assert content_of(f"{space}<a/>".encode(encoding)) is Content.XML
    assert content_of(f'{space}{{"a": 1}}'.encode(encoding)) is Content.JSON
    assert content_of(f"{space}a,b".encode(encoding)) is None
    assert may_be_xml(f"{space}<a/>".encode(encoding))
    assert not may_be_xml(f"{space}a,b".encode(encoding))


def test_a_pdf_is_known_by_its_header_at_the_very_beginning() -> None:
    assert content_of(b"%PDF-2.0\n") is Content.PDF
    assert content_of(b"%pdf-2.0\n") is None
    assert content_of(b"%PDF") is None


@pytest.mark.parametrize(
    "before", [b"\n", b"\xef\xbb\xbf", b"<a>", b'{"a": "', b"MZ", b"x" * 1_000]
)
def test_a_pdf_that_begins_later_is_no_other_kind_of_file(before: bytes) -> None:
    assert content_of(before + b"%PDF-1.7") is Content.DISPLACED_PDF


def test_a_pdfs_header_beyond_where_viewers_look_is_text() -> None:
    assert content_of(b"<" + b"a" * HEAD_BYTES + b"%PDF-1.7") is Content.XML


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,2\n",
        b"PK\x03\x04",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08",
        b"\xd0\xcf\x11\xe0",
        b"[1]",
        b" " * 5_000 + b"<a/>",
        "<Invoice/>".encode("cp500"),
        "<Invoice/>".encode("utf-7").replace(b"<", b"+ADw-"),
    ],
)
def test_other_files_are_refused_as_what_is_not_read(data: bytes) -> None:
    with pytest.raises(DocumentError, match=NOT_READ):
        read(data)


@pytest.mark.parametrize("blank", [b" ", b"\0" * HEAD_BYTES, b"\r\n" * 500, b"\xef\xbb\xbf"])
def test_an_attachment_that_begins_blank_may_be_xml(blank: bytes) -> None:
    assert may_be_xml(blank)
    assert not may_be_xml(b"")


def test_white_space_before_an_invoice_without_declaration_is_read() -> None:
    assert read("\n\n " + ubl()).number == "A-1"

import pytest

from ledger.errors import DocumentError
from tests.unit.invoices.samples import read, ubl

UNCOMMON = "the XML is in an uncommon encoding; send it in UTF-8"
DISAGREES = "and declares another encoding, or none; send it in UTF-8"


def declared(name: str, number: str = "\xc4-1") -> str:
    attribute = f' encoding="{name}"' if name else ""
    return f'<?xml version="1.0"{attribute}?>{ubl(number=number)}'


# Codecs of Python: utf-8-sig, utf-16 and utf-32 write a byte order mark, the others do not.
@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8", "utf8"),
        ("utf-8", ""),
        ("utf-8-sig", "UTF-8"),
        ("utf-8-sig", ""),
        ("utf-16", "UTF-16"),
        ("utf-16", "UTF-16LE"),
        ("utf-16", ""),
        ("utf-16-le", "UTF-16"),
        ("utf-16-le", "UTF-16LE"),
        ("utf-16-be", "utf-16"),
        ("utf-32", "UTF-32"),
        ("utf-32", ""),
        ("utf-32-be", "UTF-32BE"),
        ("latin-1", "ISO-8859-1"),
        ("latin-1", "latin1"),
        ("iso8859-15", "ISO-8859-15"),
        ("cp1252", "windows-1252"),
        ("cp1252", "CP1252"),
    ],
)
def test_an_invoice_is_read_in_the_encoding_it_declares(codec: str, name: str) -> None:
    assert read(declared(name).encode(codec)).number == "\xc4-1"


@pytest.mark.parametrize("name", ["GB2312", "GBK", "GB18030"])
def test_an_invoice_in_chinese_encodings_is_read(name: str) -> None:
    assert read(declared(name, "\u53d1\u7968-1").encode(name)).number == "\u53d1\u7968-1"


def test_an_invoice_in_ascii_is_read() -> None:
    assert read(declared("US-ASCII", "A-1").encode("ascii")).number == "A-1"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8-sig", "ISO-8859-1"),
        ("utf-8-sig", "UTF-16"),
        ("utf-8-sig", "US-ASCII"),
        ("utf-16", "UTF-8"),
        ("utf-16", "ISO-8859-1"),
        ("utf-16", "UTF-16BE"),
        ("utf-16", "UTF-32"),
        ("utf-16-le", "UTF-8"),
        ("utf-16-le", "UTF-16BE"),
        ("utf-16-le", ""),
        ("utf-16-be", "windows-1252"),
        ("utf-32", "UTF-8"),
        ("utf-32", "UTF-16"),
        ("utf-32-be", "UTF-32LE"),
        ("utf-32-be", ""),
    ],
)
def test_first_bytes_that_belie_the_declaration_are_refused(codec: str, name: str) -> None:
    with pytest.raises(DocumentError, match=DISAGREES):
        read(declared(name).encode(codec))


@pytest.mark.parametrize("declaration", ["<?xml version='1.0' \n encoding = '{}' ?>", "<?xml {}?>"])
def test_a_declaration_is_seen_however_it_is_written(declaration: str) -> None:
    written = declaration.format("ISO-8859-1") + ubl()
    with pytest.raises(DocumentError, match=rf"{DISAGREES}|not well-formed"):
        read(written.encode("utf-8-sig"))


def test_a_declaration_too_long_to_be_seen_whole_is_refused() -> None:
    spaced = declared("ISO-8859-1").replace(" encoding", " " * 600 + "encoding")
    assert read(spaced.encode("latin-1")).number == "\xc4-1"
    with pytest.raises(DocumentError, match=DISAGREES):
        read(spaced.encode("utf-8-sig"))


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-7", "UTF-7"),
        ("koi8-r", "KOI8-R"),
        ("shift_jis", "Shift_JIS"),
        ("ascii", "GB_1988-80"),
        ("ascii", "UTF-8//IGNORE"),
        ("ascii", "UTF-16"),
        ("ascii", "UTF-32"),
        ("cp1252", "cp12500"),
    ],
)
def test_other_encodings_are_refused(codec: str, name: str) -> None:
    with pytest.raises(DocumentError, match=r"encoding|not well-formed"):
        read(declared(name, "A-1").encode(codec))


@pytest.mark.parametrize("name", ["GB_1988-80", "KOI8-R", "ISO646-US", "l1"])
def test_an_encoding_that_the_parser_knows_but_others_may_not_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=UNCOMMON):
        read(declared(name, "A1").encode("ascii").replace(b"A-1", b"A1"))

import csv
from pathlib import Path

import pytest

from tests.cli.commands import sealbook
from tests.cli.inspecting import (
    CII,
    DOCTYPE,
    UBL,
    objects,
)
from tests.support.pdf import flate
from tests.unit.invoices.pdfs import XML, pdf
from tests.unit.invoices.samples import BAD, GOOD, ubl

pytestmark = pytest.mark.usefixtures("fingerprint_key_only")


def test_every_refused_file_says_why() -> None:
    with (BAD / "REASONS.tsv").open(encoding="utf-8", newline="") as lines:
        reasons = {row["file"]: row["reason"] for row in csv.DictReader(lines, delimiter="\t")}
    printed = sealbook("inspect", "--json", *(BAD / name for name in reasons))
    assert (printed.code, printed.err) == (1, "")
    for found, (name, reason) in zip(objects(printed.out), reasons.items(), strict=True):
        assert found.keys() == {"file", "format", "error"}
        assert found["file"] == str(BAD / name)
        assert found["error"].startswith(reason)


def test_a_file_that_is_refused_keeps_no_other_from_being_shown(tmp_path: Path) -> None:
    missing = tmp_path / "missing.xml"
    printed = sealbook("inspect", "--json", UBL, missing, tmp_path, BAD / "xxe.xml", CII)
    first, *refused, last = objects(printed.out)
    assert (printed.code, printed.err) == (1, "")
    assert (first["number"], last["number"]) == ("TOSL108", "1100512149")
    assert [(one["file"], one["format"], one["error"]) for one in refused] == [
        (str(missing), "unknown", "the file cannot be read: No such file or directory"),
        (str(tmp_path), "unknown", "the file cannot be read: Is a directory"),
        (str(BAD / "xxe.xml"), "unknown", DOCTYPE),
    ]


def test_an_invoice_that_nothing_tells_from_others_is_refused_with_and_without_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xml").write_text(ubl(number="---"))
    expected = {
        "file": "a.xml",
        "format": "ubl-invoice",
        "error": "the invoice number (BT-1) has neither a letter nor a digit",
    }
    for _ in range(2):
        printed = sealbook("inspect", "--json", "a.xml")
        assert (printed.code, objects(printed.out)) == (1, [expected])
        monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)


NO_NUMBER = {
    "ubl-invoice": ubl(number="").encode(),
    "ubl-credit-note": ubl(root="CreditNote", number="").encode(),
    "cii": XML.replace(b"471102", b""),
    "factur-x": pdf(file=flate(XML.replace(b"471102", b""), b"/Type /EmbeddedFile ")),
    "json": b'{"format": "sealbook-invoice/1"}',
}
NO_INVOICE = {
    "other-xml": b"<Order/>",
    "doctype": (BAD / "xxe.xml").read_bytes(),
    "pdf-without-xml": (GOOD / "delivery-note.pdf").read_bytes(),
    "pdf-with-broken-xml": pdf(file=flate(XML[:-9], b"/Type /EmbeddedFile ")),
    "other-json": b'{"format": "sealbook-evidence/1"}',
    "text": b"Dear customer",
    "nothing": b"",
}


@pytest.mark.parametrize(
    ("content", "form"),
    [pytest.param(data, name, id=name) for name, data in NO_NUMBER.items()]
    + [pytest.param(data, "unknown", id=name) for name, data in NO_INVOICE.items()],
)
def test_what_a_refused_file_was_meant_to_be_is_said_where_it_is_known(
    tmp_path: Path, content: bytes, form: str
) -> None:
    (tmp_path / "a").write_bytes(content)
    printed = sealbook("inspect", "--json", "a")
    (found,) = objects(printed.out)
    assert (printed.code, found["file"], found["format"]) == (1, "a", form)
    assert found["error"]
    assert sealbook("inspect", "a").out.startswith("a\n  REFUSED")


def test_a_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "big.xml").open("wb") as file:
        file.truncate(2**40)
    printed = sealbook("inspect", "--json", "big.xml", "/dev/zero")
    assert printed.code == 1
    assert [one["error"] for one in objects(printed.out)] == [
        "the document has 1099511627776 bytes; at most 16777216 are read",
        "the document has 16777217 bytes; at most 16777216 are read",
    ]
    size = UBL.stat().st_size
    assert sealbook("inspect", UBL, "--max-bytes", str(size)).code == 0
    assert sealbook("inspect", UBL, "--max-bytes", str(size - 1)).code == 1
    assert sealbook("inspect", UBL, "--max-bytes", "0").code == 2

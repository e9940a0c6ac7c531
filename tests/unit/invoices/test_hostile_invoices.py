import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from ledger.errors import DocumentError
from ledger.invoices import read_invoice
from tests.unit.invoices.samples import GOOD, read, ubl

MEBIBYTE = 2**20
NO_LIMIT = 200 * MEBIBYTE
START = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
END = b"</Invoice>"


def wide(count: int, element: bytes = b"<a/>") -> bytes:
    return START + element * count + END


def many_attributes() -> bytes:
    element = b"<a " + b" ".join(b'b%d=""' % number for number in range(500)) + b"/>"
    return wide(2_100, element)


def many_namespaces() -> bytes:
    element = b"<a " + b" ".join(b'xmlns:b%d="x"' % number for number in range(500)) + b"/>"
    return wide(2_100, element)


def invented_names(salt: int) -> bytes:
    stem = b"n" * 45_000
    return START + b"".join(b"<%s%d-%d/>" % (stem, salt, n) for n in range(400)) + END


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "100 MB of text": (lambda: wide(1, b"x" * 100 * MEBIBYTE), "more than 10 MB"),
    "100 MB of an attribute": (lambda: b'<a b="' + b"x" * 100 * MEBIBYTE, "more than 10 MB"),
    "2 million tags": (lambda: wide(2_000_000), "more than 1000000 tags"),
    "a million lines": (lambda: wide(999_990), "an element holds more than 100000 others"),
    "a million attributes": (many_attributes, "more than 1000000 attributes"),
    "a million namespaces": (many_namespaces, "more than 1000000 attributes"),
    "a million levels": (lambda: b"<a>" * 999_990, "nested more than 256 elements deep"),
    "a name of 1 MB": (lambda: b"<" + b"a" * MEBIBYTE + b"/>", "too long a name"),
    "5 million character references": (lambda: wide(1, b"&#65;" * 5_000_000), "BT-5"),
    "10 MB of words": (
        lambda: ubl(number="a " * 5_000_000).encode(),
        r"invoice number \(BT-1\) is longer than 1000 characters",
    ),
    "100 MB of JSON": (
        lambda: b'{"a": "' + b"x" * 100 * MEBIBYTE + b'"}',
        r"a JSON text of [0-9]+ bytes; at most 262144 are read",
    ),
    "100 MB of JSON behind a mark": (
        lambda: b"\xef\xbb\xbf{" + b"[" * 100 * MEBIBYTE,
        r"a JSON text of [0-9]+ bytes; at most 262144 are read",
    ),
    "100 MB of zeros": (lambda: bytes(100 * MEBIBYTE), "not an e-invoice in a form that is read"),
}


@pytest.mark.parametrize(("make", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_flood_is_refused_within_a_second(make: Callable[[], bytes], reason: str) -> None:
    data = make()
    start = time.process_time()
    with pytest.raises(DocumentError, match=reason):
        read_invoice(data, max_bytes=NO_LIMIT)
    assert time.process_time() - start < 1


def test_invented_names_do_not_poison_the_thread_for_later_documents() -> None:
    for salt in range(24):
        with pytest.raises(DocumentError, match="BT-5"):
            read_invoice(invented_names(salt), max_bytes=NO_LIMIT)
    assert read(ubl(more="<a-name-not-seen-before/>")).number == "A-1"


def test_floods_are_refused_in_bounded_memory() -> None:
    code = (
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_AS, (640 * {MEBIBYTE},) * 2)\n"
        "from tests.unit.invoices.test_hostile_invoices import HOSTILE, read_all\n"
        "read_all()\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (child.returncode, child.stdout) == (0, f"{len(HOSTILE)} refused\n"), child.stderr


def read_all() -> None:
    refused = 0
    for make, _ in HOSTILE.values():
        try:
            read_invoice(make(), max_bytes=NO_LIMIT)
        except DocumentError:
            refused += 1
    sys.stdout.write(f"{refused} refused\n")


def test_every_prefix_of_an_invoice_is_refused() -> None:
    data = (GOOD / "cen__ubl__ubl-tc434-creditnote1.xml").read_bytes().rstrip()
    for length in range(len(data)):
        with pytest.raises(DocumentError, match=r"empty|not XML|cut off"):
            read(data[:length])


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_an_invoice_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    name = {"utf-8-sig": "UTF-8", "utf-32": "UTF-32", "cp1252": "windows-1252"}
    declaration = f'<?xml version="1.0" encoding="{name.get(encoding, "UTF-16")}"?>'
    assert read((declaration + ubl(number="Ä-1")).encode(encoding)).number == "Ä-1"


def test_a_utf_8_mark_wins_over_another_declaration() -> None:
    declared = '<?xml version="1.0" encoding="ISO-8859-1"?>' + ubl(number="Ä-1")
    assert read(declared.encode("utf-8-sig")).number == "Ä-1"


def test_a_refusal_does_not_repeat_the_text_of_broken_xml() -> None:
    with pytest.raises(DocumentError) as refusal:
        read("<a><secret-tag></other-tag></a>")
    assert str(refusal.value) == "the XML is not well-formed (line 1, column 28)"
    assert refusal.value.__suppress_context__

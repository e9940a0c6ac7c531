import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from ledger.errors import DocumentError
from ledger.invoices import read_invoice
from tests.unit.invoices.samples import GOOD, VAT_ID, keys_of, legal_name, party_id, read, ubl

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


def many_ids(count: int, padding: str, *, more: str = "") -> bytes:
    """An invoice whose seller has so many identifiers of no register, each with a padding."""
    return ubl(seller="".join(party_id(f"{n}{padding}") for n in range(count)) + more).encode()


def many_preceding(count: int) -> bytes:
    reference = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R%d</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )
    return ubl(more="".join(reference % n for n in range(count))).encode()


def many_accounts(count: int) -> bytes:
    means = (
        "<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>%d</cbc:ID>"
        "</cac:PayeeFinancialAccount></cac:PaymentMeans>"
    )
    return ubl(more="".join(means % n for n in range(count))).encode()


HANGUL = "\uac00"
GROWING = "\ufdfa"
"""A character that is 18 in compatibility decomposition (Unicode, form NFKD)."""

MANY_IDS = r"the seller \(BG-4\) has more than 32 identifiers"
MANY_PRECEDING = r"a preceding invoice \(BT-25\) stands more than 100 times"

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
    "5300 long identifiers in Hangul": (lambda: many_ids(5_300, HANGUL * 990), MANY_IDS),
    "5300 long identifiers of a character that grows": (
        lambda: many_ids(5_300, GROWING * 990, more=VAT_ID),
        MANY_IDS,
    ),
    "99000 identifiers": (lambda: many_ids(99_000, ""), MANY_IDS),
    "99000 VAT numbers": (lambda: ubl(seller=VAT_ID * 99_000).encode(), MANY_IDS),
    "an identifier's scheme of 9 MB": (
        lambda: ubl(seller=party_id("1", GROWING * 3_000_000)).encode(),
        r"an identifier of the seller \(BG-4\) or its scheme is longer than 100 characters",
    ),
    "60000 preceding invoices": (lambda: many_preceding(60_000), MANY_PRECEDING),
    "60000 payment accounts": (
        lambda: many_accounts(60_000),
        r"a payment account \(BT-84\) stands more than 100 times",
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
def test_a_flood_is_refused_within_seconds(make: Callable[[], bytes], reason: str) -> None:
    data = make()
    start = time.process_time()
    with pytest.raises(DocumentError, match=reason):
        read_invoice(data, max_bytes=NO_LIMIT)
    assert time.process_time() - start < 5


def test_as_much_as_may_stand_once_or_several_times_is_read_and_no_more() -> None:
    long = GROWING * 98
    assert len(read(many_ids(31, long, more=VAT_ID)).seller.ids) == 32
    with pytest.raises(DocumentError, match=MANY_IDS):
        read(many_ids(32, long, more=VAT_ID))
    assert len(read(many_preceding(100)).preceding) == 100
    with pytest.raises(DocumentError, match=MANY_PRECEDING):
        read(many_preceding(101))
    assert len(read(many_accounts(100)).payee_accounts) == 100
    with pytest.raises(DocumentError, match="a payment account"):
        read(many_accounts(101))


@pytest.mark.parametrize("field", [party_id("{}"), VAT_ID.replace("DE123456789", "{}")])
def test_an_identifier_of_a_hundred_characters_is_read_and_no_longer_one(field: str) -> None:
    assert len(read(ubl(seller=field.format("1" * 100))).seller.ids[0].value) == 100
    with pytest.raises(
        DocumentError, match=r"the seller \(BG-4\) or its scheme is longer than 100"
    ):
        read(ubl(seller=field.format("1" * 101)))


def test_the_longest_texts_that_are_read_make_their_keys_at_once() -> None:
    data = ubl(
        number=GROWING * 1_000,
        seller=VAT_ID,
        seller_name=legal_name(GROWING * 1_000),
        buyer=party_id("7" + GROWING * 99),
    )
    start = time.process_time()
    assert len(keys_of(data).strict) == 1
    assert time.process_time() - start < 0.2


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


def test_a_refusal_does_not_repeat_the_text_of_broken_xml() -> None:
    with pytest.raises(DocumentError) as refusal:
        read("<a><secret-tag></other-tag></a>")
    assert str(refusal.value) == "the XML is not well-formed (line 1, column 28)"
    assert refusal.value.__suppress_context__

import threading
from contextlib import suppress
from hashlib import sha256

import pytest
from lxml import etree

from ledger.errors import DocumentError
from ledger.invoices import name_table, xml
from ledger.invoices.name_table import NameTable
from ledger.invoices.xml import parse_xml

NO_LIMIT = 10**9


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    threads: list[threading.Thread] = []
    start = threading.Thread.start

    def start_and_note(thread: threading.Thread) -> None:
        threads.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_and_note)
    return threads


def test_a_document_that_can_hold_many_names_is_parsed_in_a_thread_of_its_own(
    started: list[threading.Thread],
) -> None:
    parse_xml(b"<a/>", max_bytes=NO_LIMIT)
    assert started == []
    large = b"<a>" + b" " * 600_000 + b"</a>"
    root, digest = parse_xml(large, max_bytes=NO_LIMIT)
    assert (root.tag, digest) == ("a", sha256(large).digest())
    assert len(started) == 1
    assert not started[0].is_alive()


@pytest.fixture
def fresh_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "_thread", xml._Thread())
    monkeypatch.setattr(xml, "_THREAD_NAMES_BYTES", 1_000)
    monkeypatch.setattr(name_table, "_SAMPLED_OF", 1)


@pytest.mark.usefixtures("fresh_thread")
def test_a_thread_that_met_many_names_parses_no_more_itself(
    started: list[threading.Thread],
) -> None:
    for number in range(6):
        parse_xml(b"<a%s/>" % (b"%d" % number * 200), max_bytes=NO_LIMIT)
    assert len(started) == 1


@pytest.mark.usefixtures("fresh_thread")
def test_a_thread_goes_on_parsing_documents_with_the_same_names(
    started: list[threading.Thread],
) -> None:
    for number in range(2_000):
        parse_xml(b'<a b="%d"><c>%d</c></a>' % (number, number), max_bytes=NO_LIMIT)
    assert started == []


@pytest.mark.usefixtures("fresh_thread")
@pytest.mark.parametrize(
    "document",
    [
        b'<a b%s="1"/>',
        b'<a xmlns:b%s="x"/>',
        b'<a xmlns:b="x%s"/>',
        b"<a><b%s></a>",
        b'<a c="1" b%s="1"/>',
    ],
    ids=["attribute", "prefix", "namespace", "broken document", "second attribute"],
)
def test_names_of_every_sort_count(document: bytes, started: list[threading.Thread]) -> None:
    for number in range(6):
        with suppress(DocumentError):
            parse_xml(document % (b"%d" % number * 200), max_bytes=NO_LIMIT)
    assert len(started) >= 1


def test_what_is_drawn_counts_for_what_is_not() -> None:
    names = NameTable()
    for number in range(20_000):
        names.add(etree.Element(f"name{number:06}"))
    assert 100_000 < names.bytes_estimate < 400_000

import threading
import time
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
    monkeypatch.setattr(name_table, "_SAMPLED_BYTES", 1)


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
        b"<a c='>' b%s='1'></b>",
        b"<!-- ' --><a c='>' xmlns:b='x>%s'></b>",
        b"<a>&b%s;</a>",
        b'<!DOCTYPE a [<!ENTITY %% c "x"> %%b%s; ]><a></b>',
        b'<!DOCTYPE a [<!ENTITY b%s "x">]><a/>',
        b"<a><b%s",
        b'<a c="1" b%s',
        b'<?xml version="1.0" encoding="UTF-7"?>+ADw-b%s+AD4APA-/c+AD4-',
    ],
    ids=[
        "attribute",
        "prefix",
        "namespace",
        "broken document",
        "second attribute",
        "behind a value like the end of a tag",
        "namespace behind a quote in a comment",
        "entity",
        "entity of a DTD",
        "entity that is declared and never used",
        "cut off in an element's name",
        "cut off in an attribute's name",
        "broken document in UTF-7",
    ],
)
def test_names_of_every_sort_count(document: bytes, started: list[threading.Thread]) -> None:
    for number in range(6):
        with suppress(DocumentError):
            parse_xml(document % (b"%d" % number * 200), max_bytes=NO_LIMIT)
    assert len(started) >= 1


def broken_in_utf_16(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-16"?><a>{text}'.encode("utf-16")


@pytest.mark.usefixtures("fresh_thread")
@pytest.mark.parametrize(
    "document",
    [
        b"<a>" + b"x" * 5_000,
        b'<?xml version="1.0" encoding="UTF-8"?><a><b>' + b"QUJD\n" * 1_000 + b"==</b>",
        b"\xef\xbb\xbf" + b"<a><b>text</b>" * 200,
    ],
    ids=["text", "an attached file", "repeated tags behind a mark"],
)
def test_the_text_of_broken_documents_is_no_name(
    document: bytes, started: list[threading.Thread]
) -> None:
    for _ in range(20):
        with pytest.raises(DocumentError):
            parse_xml(document, max_bytes=NO_LIMIT)
    assert started == []


@pytest.mark.usefixtures("fresh_thread")
def test_in_utf_16_all_of_a_broken_document_counts(started: list[threading.Thread]) -> None:
    for _ in range(2):
        with pytest.raises(DocumentError):
            parse_xml(broken_in_utf_16("x" * 1_000), max_bytes=NO_LIMIT)
    assert len(started) == 1


@pytest.mark.parametrize(
    "piece", [b"<", b">", b"<a", b'<">', b"<'>", b"&", b"<a>", b">>>>'", b"=", b"x"]
)
def test_broken_documents_are_looked_through_in_time_that_grows_as_they_do(piece: bytes) -> None:
    start = time.process_time()
    NameTable().add_broken(b"<" + piece * (500_000 // len(piece)) + b"'")
    assert time.process_time() - start < 0.5


def test_what_is_drawn_counts_for_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_table, "_SAMPLED_BYTES", 1_000)
    names = NameTable()
    for number in range(20_000):
        names.add(etree.Element(f"name{number:06}"), 10 if number % 2 else 40)
    assert 100_000 < names.bytes_estimate < 400_000

import threading
from hashlib import sha256

import pytest

from ledger.invoices import xml
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


def test_a_thread_that_parsed_much_parses_no_more_itself(
    started: list[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml, "_thread", xml._Thread())
    monkeypatch.setattr(xml, "_THREAD_BYTES", 10)
    parsed = [parse_xml(b"<abc/>", max_bytes=NO_LIMIT)[0].tag for _ in range(4)]
    assert parsed == ["abc"] * 4
    assert len(started) == 2

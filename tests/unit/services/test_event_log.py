import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from ledger.services.watching import event_log
from ledger.services.watching.event_log import REQUEST, EventLog, Level, LogFormat
from ledger.services.watching.log_handler import EventLogHandler

DOCUMENT = UUID("01a201f0-73e4-7098-bc3e-396143adc7fb")


class Lines:
    """What a log wrote."""

    def __init__(self, form: LogFormat = LogFormat.JSON) -> None:
        self.written: list[bytes] = []
        self.log = EventLog(self.written.append, form)

    @property
    def text(self) -> str:
        self.log.close()
        return b"".join(self.written).decode()

    @property
    def json(self) -> list[Any]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    found = logging.getLogger("sealbook.test")
    found.setLevel(logging.INFO)
    found.propagate = False
    yield found
    found.handlers.clear()


def test_an_event_is_one_line_of_json_with_its_fields() -> None:
    lines = Lines()
    lines.log.tell("document.accepted", document=DOCUMENT, member="lei:X", size=None)
    [line] = lines.json
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "event": "document.accepted",
        "document": str(DOCUMENT),
        "member": "lei:X",
    }


def test_lines_stand_in_the_order_in_which_they_were_told() -> None:
    lines = Lines()
    for number in range(1000):
        lines.log.tell("counted", number=number)
    assert [line["number"] for line in lines.json] == list(range(1000))


def test_a_line_about_a_request_bears_its_name() -> None:
    lines = Lines()
    token = REQUEST.set("abc-1")
    lines.log.tell("one")
    REQUEST.reset(token)
    lines.log.tell("two")
    assert [line.get("request") for line in lines.json] == ["abc-1", None]


def test_text_is_one_line_whatever_a_field_holds() -> None:
    lines = Lines(LogFormat.TEXT)
    told = {"message": "two\nlines \x1b[31m", "documents": [DOCUMENT, DOCUMENT], "empty": ""}
    lines.log.tell("message", Level.WARNING, **told)
    assert lines.text.count("\n") == 1
    assert "\x1b" not in lines.text
    assert lines.text.split(" ", 1)[1] == (
        f'WARNING message message="two\\nlines \\u001b[31m" documents={DOCUMENT},{DOCUMENT}'
        ' empty=""\n'
    )


def test_a_field_that_json_does_not_know_is_written_as_text() -> None:
    lines = Lines()
    lines.log.tell("odd", value=2**70, thing={1, 2}.__class__)
    [line] = lines.json
    assert (line["value"], line["thing"]) == (str(2**70), "<class 'set'>")


def test_what_comes_faster_than_it_is_written_is_dropped_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_log, "MAX_WAITING_LINES", 3)
    monkeypatch.setattr(event_log, "_PAUSE_SECONDS", 60)
    lines = Lines()
    for number in range(5):
        lines.log.tell("counted", number=number)
    assert (lines.log.dropped, [line["number"] for line in lines.json]) == (2, [0, 1, 2])


def test_a_stream_that_nobody_reads_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_CLOSING_SECONDS", 0.05)
    read = threading.Event()

    def write(_lines: bytes) -> None:
        read.wait()

    log = EventLog(write, LogFormat.JSON)
    log.tell("first")
    time.sleep(0.1)  # the thread waits in the write by now
    start = time.monotonic()
    for _ in range(1000):
        log.tell("more")
    log.close()
    assert time.monotonic() - start < 2
    read.set()


def test_a_stream_that_is_gone_is_counted_and_not_raised() -> None:
    def write(_lines: bytes) -> None:
        raise BrokenPipeError

    log = EventLog(write, LogFormat.JSON)
    log.tell("lost")
    log.close()
    assert log.dropped == 1


def test_what_libraries_log_has_the_same_form(logger: logging.Logger) -> None:
    lines = Lines()
    logger.addHandler(EventLogHandler(lines.log))
    logger.warning("%d peers left", 3)
    try:
        int("broken")
    except ValueError:
        logger.exception("a defect")
    first, second = lines.json
    assert (first["level"], first["event"]) == ("warning", "message")
    assert (first["logger"], first["message"]) == ("sealbook.test", "3 peers left")
    assert second["level"] == "error"
    assert second["exception"].endswith("invalid literal for int() with base 10: 'broken'\n")


def test_a_record_that_cannot_be_formatted_breaks_nothing(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    lines = Lines()
    logger.addHandler(EventLogHandler(lines.log))
    logger.warning("%d peers", "many")
    logger.warning("still there")
    assert [line["message"] for line in lines.json] == ["still there"]

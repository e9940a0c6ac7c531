"""The service's log: events with fields, one a line, on a stream that may be slow.

Whoever tells something only leaves it in a queue. One thread makes lines of what is there and
writes them, a few times a second, so that neither a slow disk nor a stopped terminal holds a
request or the worker. What comes in faster than it can be written is dropped and counted: a log is
for people, and what is owed to members stands in the database.
"""

import atexit
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import orjson

MAX_WAITING_LINES = 50_000
"""Lines that wait to be written; those above are dropped."""

_PAUSE_SECONDS = 0.05
_CLOSING_SECONDS = 5.0
_ORJSON = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
_NANOSECONDS = 1_000_000_000

REQUEST: ContextVar[str | None] = ContextVar("sealbook_request", default=None)
"""Name of the HTTP request that is being answered, as its log lines bear it."""


class LogFormat(StrEnum):
    """How a line is written."""

    JSON = "json"
    TEXT = "text"


class Level(StrEnum):
    """How much a person should care."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_Entry = tuple[int, Level, str, str | None, Mapping[str, object]]


class EventLog:
    """Writes events as lines.

    write: takes whole lines, on the log's own thread.
    """

    def __init__(self, write: Callable[[bytes], None], form: LogFormat) -> None:
        self._write = write
        self._render = _as_json if form is LogFormat.JSON else _as_text
        self._waiting: deque[_Entry] = deque()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self.dropped = 0

    def tell(self, event: str, level: Level = Level.INFO, /, **fields: object) -> None:
        """Leave an event to be written, with the request that is being answered.

        event: a stable name, such as `document.accepted`. Fields that are None are left out; others
        are text, numbers, UUIDs, or lists of these.
        """
        if len(self._waiting) >= MAX_WAITING_LINES:
            self.dropped += 1
            return
        self._waiting.append((time.time_ns(), level, event, REQUEST.get(), fields))
        if self._thread is None:
            self._start()

    def close(self) -> None:
        """Write what waits, and end the thread; but wait for no reader that has stopped reading."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_CLOSING_SECONDS)
        if self._thread is None or not self._thread.is_alive():
            self._drain()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sealbook-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopping.wait(_PAUSE_SECONDS):
            self._drain()

    def _drain(self) -> None:
        lines = []
        while self._waiting:
            lines.append(_safely(self._render, self._waiting.popleft()))
        if lines:
            try:
                self._write(b"".join(lines))
            except (OSError, ValueError):  # nobody reads any more, or the stream is closed
                self.dropped += len(lines)


def log_to_stderr(form: LogFormat) -> EventLog:
    """A log on the standard error, which is written to its end when the process ends in order."""

    def write(lines: bytes) -> None:
        stream = sys.stderr.buffer
        stream.write(lines)
        stream.flush()

    log = EventLog(write, form)
    atexit.register(log.close)
    return log


def _safely(render: Callable[[_Entry], bytes], entry: _Entry) -> bytes:
    try:
        return render(entry)
    except (TypeError, ValueError):
        # A field that is of no kind that can be written: its text is better than no line.
        moment, level, event, request, fields = entry
        shown = {name: str(value) for name, value in fields.items()}
        return render((moment, level, event, request, shown))


def _time(moment_ns: int) -> datetime:
    return datetime.fromtimestamp(moment_ns / _NANOSECONDS, UTC)


def _as_json(entry: _Entry) -> bytes:
    moment, level, event, request, fields = entry
    line = {
        "time": _time(moment),
        "level": level.value,
        "event": event,
        "request": request,
        **fields,
    }
    told = {name: value for name, value in line.items() if value is not None}
    return orjson.dumps(told, option=_ORJSON)


def _as_text(entry: _Entry) -> bytes:
    moment, level, event, request, fields = entry
    parts = [_time(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")]
    parts += [f"{level.value.upper():7}", event]
    for name, value in {"request": request, **fields}.items():
        if value is not None:
            parts.append(f"{name}={_word(value)}")
    return (" ".join(parts) + "\n").encode("utf-8", "backslashreplace")


def _word(value: object) -> str:
    """A value without what could begin a new line or command a terminal."""
    if isinstance(value, list | tuple):
        return ",".join(_word(item) for item in value)
    if isinstance(value, UUID | int | float):
        return str(value)
    text = str(value)
    plain = text.isprintable() and not set(text) & {" ", '"', "="}
    return text if plain and text else orjson.dumps(text).decode()

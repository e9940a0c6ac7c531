"""Takes what this program's modules and its libraries log into the event log."""

import logging
import traceback

from ledger.services.watching.event_log import EventLog, Level

MESSAGE = "message"
"""The event of a line that was written as a sentence and not as an event."""

_LEVELS = (
    (logging.ERROR, Level.ERROR),
    (logging.WARNING, Level.WARNING),
    (logging.INFO, Level.INFO),
)
_MOST_LETTERS = 20_000


class EventLogHandler(logging.Handler):
    """Writes records of `logging` as events, so that there is one form of line."""

    def __init__(self, log: EventLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Leave a record to be written."""
        try:
            level = next((ours for floor, ours in _LEVELS if record.levelno >= floor), Level.DEBUG)
            self._log.tell(
                MESSAGE,
                level,
                logger=record.name,
                message=record.getMessage()[:_MOST_LETTERS],
                exception=_trace(record),
            )
        except Exception:  # noqa: BLE001 - as in every handler: logging must not break what logs
            self.handleError(record)


def send_logging_to(log: EventLog) -> None:
    """Let the whole process log there, and nowhere else."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    root.addHandler(EventLogHandler(log))
    root.setLevel(logging.INFO)
    # Alembic tells of every look at the schema, and httpx of every request.
    for name in ("alembic", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _trace(record: logging.LogRecord) -> str | None:
    if record.exc_info is None or record.exc_info[0] is None:
        return None
    return "".join(traceback.format_exception(*record.exc_info))[-_MOST_LETTERS:]

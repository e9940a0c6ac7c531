"""How far long work is, for a person who waits at a terminal.

It is shown on stderr, and only where that is a terminal and no JSON was asked for: never in pipes.
What is to be known wherever stderr goes, such as why nothing goes on, is said on a line of its own.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import click

from ledger.cli.output import wants_json

_SECONDS_BETWEEN = 0.1  # drawing costs more than many a step of what is drawn
_SECONDS_BEFORE_GUESS = 1.0
_BAR_COLUMNS = 24
_TO_LINE_START: Final = "\r"
_CLEAR_REST: Final = "\x1b[K"


class Progress:
    """A line that is drawn a few times a second, on one row of the terminal.

    total: the number of steps; None where it is not known beforehand. hidden: draw nothing.
    """

    def __init__(self, label: str, total: int | None, *, hidden: bool) -> None:
        self._label = label
        self._total = total
        self._hidden = hidden
        self._done = 0
        self._note = ""
        self._started_at = time.monotonic()
        self._drawn_at = 0.0

    def advance(self, steps: int) -> None:
        """Count steps that are done."""
        self._done += steps
        self._draw_now_and_then()

    def note(self, text: str) -> None:
        """Show a few words behind the figures."""
        self._note = text
        self._draw_now_and_then()

    def say(self, text: str) -> None:
        """Put a line above the one that is drawn, which stays to be read; also if none is drawn."""
        if self._hidden:
            with suppress(OSError):  # no room for it is no reason to end the work
                click.echo(text, err=True)
            return
        sys.stderr.write(f"{_TO_LINE_START}{_CLEAR_REST}{text}\n")
        self._draw()

    def close(self) -> None:
        """Draw how far the work came, and leave the line."""
        if not self._hidden:
            self._draw()
            sys.stderr.write("\n")

    def _draw_now_and_then(self) -> None:
        now = time.monotonic()
        if not self._hidden and now - self._drawn_at >= _SECONDS_BETWEEN:
            self._drawn_at = now
            self._draw()

    def _draw(self) -> None:
        columns = shutil.get_terminal_size().columns - 1  # the last one would begin a new row
        sys.stderr.write(f"{_TO_LINE_START}{self.line()[:columns]}{_CLEAR_REST}")
        sys.stderr.flush()

    def line(self) -> str:
        """What is shown: label, bar or count, time, and the note."""
        passed = time.monotonic() - self._started_at
        parts = [self._label]
        if self._total is None:
            parts += [f"{self._done:,}", _clock(passed)]
        else:
            share = min(self._done / self._total, 1.0) if self._total else 1.0
            bar = "#" * int(share * _BAR_COLUMNS)
            parts += [f"[{bar:<{_BAR_COLUMNS}}]", f"{int(share * 100):3}%"]
            if 0 < share < 1 and passed > _SECONDS_BEFORE_GUESS:
                parts.append(f"{_clock(passed / share - passed)} left")
        return "  ".join([*parts, self._note]).rstrip()


@contextmanager
def progress(label: str, total: int | None, *, wanted: bool = True) -> Iterator[Progress]:
    """Show how far the work of a block is.

    wanted: False where the results themselves appear on the terminal, or there is one step alone.
    """
    shown = Progress(label, total, hidden=not wanted or wants_json() or not sys.stderr.isatty())
    try:
        yield shown
    finally:
        shown.close()


def _clock(seconds: float) -> str:
    """A duration such as 0:07 or 1:02:45."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

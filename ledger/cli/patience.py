"""Asking a service again until it answers, as it may be starting anew; but not for ever."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from ledger.errors import SealbookError, TransportError

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

_Result = TypeVar("_Result")


class GivenUp(SealbookError):
    """Another thread failed, so that this one need not go on."""


class Patience:
    """How long to go on while nothing comes of it. May be used by several threads.

    seconds: from the last time that anything did.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = time.monotonic()
        self._over = threading.Event()
        self._say: Callable[[str], None] | None = None
        self._told_of = threading.Lock()
        self._told_since: float | None = None

    def tell_by(self, say: Callable[[str], None]) -> None:
        """Have a person told that the service does not answer, and until when it is asked."""
        self._say = say

    def silence(self) -> None:
        """The service does not answer: tell it, once until something comes of it again."""
        with self._told_of:
            if self._say is None or self._told_since == self._since or self._over.is_set():
                return
            self._told_since = self._since
            left = max(self._since + self._seconds - time.monotonic(), 0)
            # By the clock on the wall of who reads it, and which that is: a log is read elsewhere.
            until = datetime.now().astimezone() + timedelta(seconds=left)
            zone = timezone(until.utcoffset() or timedelta())
            self._say(f"The service does not answer; trying again until {until:%H:%M:%S} {zone}.")

    def rewarded(self) -> None:
        """Something came of it: the time begins anew."""
        self._since = time.monotonic()

    def end(self) -> None:
        """Let all threads that wait give up. Nothing is told any more when this returns."""
        with self._told_of:
            self._over.set()

    def lost(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() - self._since > self._seconds

    def pause(self, seconds: float) -> None:
        """Wait a little. Raises GivenUp if the wait was ended."""
        if self._over.wait(seconds):
            raise GivenUp("ended")

    def insist(self, ask: Callable[[], _Result]) -> _Result:
        """Ask until there is an answer, with longer and longer pauses.

        Raises what `ask` raises: a refusal at once, a TransportError once the time is over.
        """
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return ask()
            except TransportError:
                if self.lost():
                    raise
                self.silence()
                self.pause(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

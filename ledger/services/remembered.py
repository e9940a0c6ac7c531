"""Answers that are given again for a moment, so that what is asked often is looked up rarely."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from copy import copy
from dataclasses import dataclass
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class _Found(Generic[_Answer]):
    answer: _Answer
    renew_at: float
    until: float
    is_renewed: bool = False


class Remembered(Generic[_Key, _Answer]):
    """Positive answers, none of them older than `seconds`, and no more than `most`.

    Half-way through its time an answer is withheld from one who asks, who then looks it up anew,
    while all others go on with it: so they never all look it up at once.
    """

    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._found: dict[_Key, _Found[_Answer]] = {}

    def get(self, key: _Key) -> _Answer | None:
        """The answer; None if it has to be looked up."""
        found = self._found.get(key)
        if found is None:
            return None
        now = time.monotonic()
        if now < found.renew_at:
            return found.answer
        if now >= found.until or not found.is_renewed:
            found.is_renewed = True
            return None
        return found.answer

    def put(self, key: _Key, answer: _Answer, *, asked_at: float) -> None:
        """Remember what was looked up. asked_at: by time.monotonic, before it was looked up."""
        if len(self._found) >= self._most and key not in self._found:
            self._found.clear()
        self._found[key] = _Found(
            answer, renew_at=asked_at + self._seconds / 2, until=asked_at + self._seconds
        )

    def forget(self, key: _Key) -> None:
        """The answer is another one now."""
        self._found.pop(key, None)


class OneAsker(Generic[_Key]):
    """Lets one ask about a key at a time, whose answer is that of all who wanted to ask meanwhile.

    patience_seconds: how long they wait for it.
    """

    def __init__(self, *, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._asked: dict[_Key, Future[None]] = {}

    def ask(self, key: _Key, question: Callable[[], None]) -> None:
        """Ask, or wait for who does. Raises what the question does, if that is known in time."""
        mine: Future[None] = Future()
        with self._lock:
            asked = self._asked.setdefault(key, mine)
        if asked is mine:
            self._answer(key, question, mine)
            return
        try:
            error = asked.exception(self._patience_seconds)
        except TimeoutError:
            return
        if error is not None:
            raise copy(error)  # one of its own for each, since each is raised on another stack

    def _answer(self, key: _Key, question: Callable[[], None], answer: "Future[None]") -> None:
        error: BaseException | None = None
        try:
            question()
        except BaseException as raised:
            error = raised
            raise
        finally:
            with self._lock:
                del self._asked[key]
            answer.set_result(None) if error is None else answer.set_exception(error)

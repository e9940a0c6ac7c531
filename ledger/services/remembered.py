"""Answers that are given again for a moment, so that what is asked often is looked up rarely."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from copy import copy
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

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


class _Asked(NamedTuple):
    answer: "Future[BaseException | None]"
    until: float


class OneAsker(Generic[_Key]):
    """Has one question about a key under way at a time, whose answer is that of all who want it.

    Each is asked on a thread of its own, so that one that hangs keeps no other work waiting; there
    are no more of these threads than keys.

    patience_seconds: how old a question gets while anybody waits for its answer. Who comes later
    does not wait at all.
    """

    def __init__(self, *, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._asked: dict[_Key, _Asked] = {}

    def ask(self, key: _Key, question: Callable[[], None]) -> None:
        """Ask unless it is being asked. Raises what the question does, if that is known in time."""
        asked = self._ask(key, question)
        try:
            error = asked.answer.result(asked.until - time.monotonic())
        except TimeoutError:
            return
        _raise(error)

    async def ask_meanwhile(self, key: _Key, question: Callable[[], None]) -> None:
        """`ask`, while the event loop goes on."""
        asked = self._ask(key, question)
        answer = asyncio.wrap_future(asked.answer)
        try:
            error = await asyncio.wait_for(answer, asked.until - time.monotonic())
        except TimeoutError:
            return
        _raise(error)

    def _ask(self, key: _Key, question: Callable[[], None]) -> _Asked:
        with self._lock:
            asked = self._asked.get(key)
            if asked is None:
                answer: Future[BaseException | None] = Future()
                answer.set_running_or_notify_cancel()  # who waits no longer cancels it for nobody
                asked = _Asked(answer, time.monotonic() + self._patience_seconds)
                # What it logs is of this request. When the process ends, nobody needs the answer.
                threading.Thread(
                    target=copy_context().run,
                    args=(self._answer, key, question, answer),
                    name="sealbook-ask-chain",
                    daemon=True,
                ).start()
                self._asked[key] = asked
        return asked

    def _answer(
        self, key: _Key, question: Callable[[], None], answer: "Future[BaseException | None]"
    ) -> None:
        error: BaseException | None = None
        try:
            question()
        except BaseException as raised:  # noqa: BLE001 - it is for those who wait
            error = raised
        with self._lock:
            del self._asked[key]
        answer.set_result(error)


def _raise(error: BaseException | None) -> None:
    if error is not None:
        raise copy(error)  # one of its own for each, since each is raised on another stack

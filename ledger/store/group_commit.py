"""Group commit: what requests want kept at the same time is kept in one database transaction.

A commit costs the same for one row as for a hundred, and a database has one writer at a time. So
requests leave what they want kept with a thread that takes all that waits, writes it set-wise and
commits once. Nobody waits for company: a request that comes alone is committed alone.

A request is answered after its commit, and never before. If a group cannot be kept because its
rows contradict what stands, or because of a defect, each of its items is tried by itself, so that
none spoils another.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from copy import copy
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from ledger.errors import Refusal, TransportError
from ledger.store.engine import Store
from ledger.store.waiters import Waiter, deliver

_LOG = logging.getLogger(__name__)

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

KeepMany: TypeAlias = Callable[[Connection, Sequence[_Item]], Sequence[_Result | Refusal]]
"""Writes many items in the caller's database transaction: for each its result, or its refusal.

What it is refused for is not written. It may be called again with the same items, after what it
wrote was rolled back.
"""

MAX_WAITING = 1_000_000
"""Documents that may wait for their commit in one process: about 100 MB of them in bundles."""

MAX_GROUP = 16_384
"""Documents after which a group takes nothing more in, so that none waits for a long transaction"""

_MOST_TRIES = 3  # of one item that rows of another process have overtaken
# SQLSTATE of a serialisation failure and of a deadlock. Others of their class do not say for sure
# that nothing was kept.
_ROLLED_BACK = frozenset({"40001", "40P01"})


class Overloaded(TransportError):
    """More waits to be kept than is taken in. Nothing was kept; trying again soon helps."""

    code = "overloaded"


@dataclass(slots=True)
class _Entry:
    """One item, and who waits for it: a thread, or a task of an event loop."""

    keep_many: KeepMany[Any, Any]
    item: Any
    weight: int
    waiter: Waiter


@dataclass(slots=True)
class _Outcome:
    entry: _Entry
    result: Any  # an exception is raised to who waits


class GroupCommit:
    """Keeps what many requests hand in, in as few transactions as they come at the same time.

    The thread that writes is started by the first item.

    max_waiting, max_group: in documents, as `submit` weighs its items.
    """

    def __init__(
        self, store: Store, *, max_waiting: int = MAX_WAITING, max_group: int = MAX_GROUP
    ) -> None:
        self._store = store
        self._max_waiting = max_waiting
        self._max_group = max_group
        self._queue: SimpleQueue[_Entry | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._closed = False
        self._on_kept: Callable[[int], None] = lambda _requests: None
        self._on_commit: Callable[[int, float], None] = lambda _requests, _seconds: None

    @property
    def waiting(self) -> int:
        """Documents that wait for their commit now."""
        return self._waiting

    def when_kept(self, callback: Callable[[int], None]) -> None:
        """Tell this after every commit how many requests it kept.

        It is called on the writing thread, and must return at once.
        """
        self._on_kept = callback

    def when_committed(self, callback: Callable[[int, float], None]) -> None:
        """Tell this of every commit: its requests, and the seconds that writing it took."""
        self._on_commit = callback

    def submit(
        self, keep_many: KeepMany[_Item, _Result], item: _Item, *, weight: int = 1
    ) -> "Future[_Result]":
        """Have an item kept. The future has its result once it is durable, or why it is not kept.

        keep_many: one function for all items of a kind, since it is called with many of them.
        weight: how many documents the item is.
        Raises Overloaded if too much waits already, and TransportError after `stop`. The future
        raises the item's refusal, and TransportError if the database cannot be used; whether the
        item was kept is then known in one case less: when the connection broke during the commit.
        """
        future: Future[_Result] = Future()
        self._put(_Entry(keep_many, item, weight, future))
        return future

    async def keep(
        self, keep_many: KeepMany[_Item, _Result], item: _Item, *, weight: int = 1
    ) -> _Result:
        """`submit` for a coroutine, which is woken with all others of its group at once.

        Who no longer waits has its item kept all the same.
        """
        future: asyncio.Future[_Result] = asyncio.get_running_loop().create_future()
        self._put(_Entry(keep_many, item, weight, future))
        return await future

    def stop(self) -> None:
        """Keep what waits, and take nothing more in."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
            thread = self._thread
        if thread is not None:
            thread.join()

    def _put(self, entry: _Entry) -> None:
        with self._lock:
            if self._closed:
                raise TransportError("the service is stopping and takes nothing more in")
            if self._waiting and self._waiting + entry.weight > self._max_waiting:
                raise Overloaded(
                    "too many requests at once; try again in a moment, with the same"
                    " Idempotency-Key"
                )
            self._waiting += entry.weight
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="sealbook-intake", daemon=True
                )
                self._thread.start()
            self._queue.put(entry)

    def _run(self) -> None:
        group: list[_Entry] = []
        try:
            while group := self._next_group():
                self._settle(self._commit(group))
        finally:
            self._abandon(group)

    def _next_group(self) -> list[_Entry]:
        """All that waits, as far as it fits; empty when nothing more will come."""
        entry = self._queue.get()
        group: list[_Entry] = []
        weight = 0
        while entry is not None:
            group.append(entry)
            weight += entry.weight
            if weight >= self._max_group:
                break
            try:
                entry = self._queue.get_nowait()
            except Empty:
                break
        if entry is None and group:
            self._queue.put(None)  # found again once this group is kept
        return group

    def _commit(self, group: Sequence[_Entry]) -> list[_Outcome]:
        """Keep a group, and say what became of each item. Raises nothing but what ends a thread."""
        try:
            return self._write(group)
        except Exception as error:  # noqa: BLE001 - a defect is of an item, and not of the thread
            if isinstance(error, TransportError) and not _is_of_the_items(error):
                # An exception of its own for each, since each is raised on another stack.
                return [_Outcome(entry, copy(error)) for entry in group]
        if len(group) > 1:
            _LOG.info("a group of %d is kept one by one", len(group))
        return [self._commit_alone(entry) for entry in group]

    def _commit_alone(self, entry: _Entry) -> _Outcome:
        for _ in range(_MOST_TRIES):
            try:
                return self._write([entry])[0]
            except Exception as error:  # noqa: BLE001 - it is raised to who waits
                outcome = _Outcome(entry, error)
                if not _was_overtaken(error):
                    break
        return outcome

    def _write(self, group: Sequence[_Entry]) -> list[_Outcome]:
        kinds: dict[KeepMany[Any, Any], list[_Entry]] = {}
        for entry in group:
            kinds.setdefault(entry.keep_many, []).append(entry)
        outcomes: list[_Outcome] = []
        start = time.perf_counter()
        with self._store.writing() as connection:
            for keep_many, entries in kinds.items():
                results = keep_many(connection, [entry.item for entry in entries])
                outcomes += map(_Outcome, entries, _as_many(results, len(entries)))
        _tell(self._on_commit, len(group), time.perf_counter() - start)
        return outcomes

    def _settle(self, outcomes: Sequence[_Outcome]) -> None:
        with self._lock:
            self._waiting -= sum(outcome.entry.weight for outcome in outcomes)
        deliver((outcome.entry.waiter, outcome.result) for outcome in outcomes)
        kept = sum(not _failed(outcome) for outcome in outcomes)
        if kept:
            _tell(self._on_kept, kept)

    def _abandon(self, group: Iterable[_Entry]) -> None:
        """Tell everybody that waits that nothing will come: the thread ends."""
        left = deque(group)
        with self._lock:
            self._closed = True
            self._waiting = 0
        while not self._queue.empty():
            entry = self._queue.get()
            if entry is not None:
                left.append(entry)
        sentence = "what keeps requests has ended; it is not known what was kept last"
        deliver((entry.waiter, TransportError(sentence)) for entry in left)


def _tell(callback: Callable[..., None], *what: float) -> None:
    """Tell of a commit, which is done: trouble with that is no failure of it."""
    try:
        callback(*what)
    except Exception:  # noqa: BLE001 - a defect elsewhere
        _LOG.exception("what was to be told of a commit failed")


def _failed(outcome: _Outcome) -> bool:
    return isinstance(outcome.result, Exception)


def _as_many(results: Sequence[Any], count: int) -> Sequence[Any]:
    if len(results) != count:
        raise AssertionError(f"{len(results)} results for {count} items")
    return results


def _is_of_the_items(error: Exception) -> bool:
    """Whether items may be kept one by one, though they could not be together."""
    if not isinstance(error, TransportError):
        return True
    cause = error.__cause__
    if not isinstance(cause, DBAPIError):
        return False
    return isinstance(cause, IntegrityError) or _sqlstate(cause) in _ROLLED_BACK


def _was_overtaken(error: Exception) -> bool:
    """Whether another process has written meanwhile what this one was about to."""
    return isinstance(error, IntegrityError) or (
        isinstance(error, TransportError) and _is_of_the_items(error)
    )


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""

"""Who waits for something that another thread does: threads, and tasks of event loops."""

import asyncio
import logging
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, TypeAlias

_LOG = logging.getLogger(__name__)

Waiter: TypeAlias = "Future[Any] | asyncio.Future[Any]"
"""What a thread or a task waits on."""


def deliver(results: Iterable[tuple[Waiter, object]]) -> None:
    """Give each its result, or raise it there if it is an exception; from any thread.

    Threads are woken one by one, the tasks of an event loop all at once: waking a loop costs more
    than what it is told.
    """
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiter, object]]] = {}
    for waiter, result in results:
        if isinstance(waiter, Future):
            _resolve(waiter, result)
        else:
            by_loop.setdefault(waiter.get_loop(), []).append((waiter, result))
    for loop, found in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve_all, found)
        except RuntimeError:
            _LOG.info("%d requests were answered after their server had ended", len(found))


def _resolve_all(results: Iterable[tuple[Waiter, object]]) -> None:
    for waiter, result in results:
        _resolve(waiter, result)


def _resolve(waiter: Waiter, result: object) -> None:
    # Who waited may have left.
    if isinstance(waiter, Future):
        if not waiter.set_running_or_notify_cancel():
            return
    elif waiter.done():
        return
    if isinstance(result, Exception):
        waiter.set_exception(result)
    else:
        waiter.set_result(result)

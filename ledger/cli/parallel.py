"""Asking a service several things at the same time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from ledger.cli.patience import Patience

_AT_ONCE = 4

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_parallel(
    step: Callable[[_Item], _Result], items: Iterable[_Item], patience: Patience
) -> Iterator[_Result]:
    """Take a step for each item, a few at a time, and no more ahead; the results in their order.

    patience: of the steps. It ends once one of them fails or the results are not wanted any more,
    so that no step goes on waiting. What the first of them raised is raised.
    """
    waiting: deque[Future[_Result]] = deque()
    threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sealbook-ask")
    try:
        for item in items:
            if len(waiting) == _AT_ONCE:
                yield waiting.popleft().result()
            waiting.append(threads.submit(step, item))
        while waiting:
            yield waiting.popleft().result()
    except BaseException as failure:
        patience.end()
        # Who interrupts is told so at once, and not when the last answer came.
        interrupted = isinstance(failure, KeyboardInterrupt)
        threads.shutdown(wait=not interrupted, cancel_futures=True)
        raise
    threads.shutdown()

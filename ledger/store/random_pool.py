"""Random bytes of the operating system, fetched many at once.

Asking the system takes a microsecond; but Python's other threads take their turn meanwhile, so that
a busy one waits for milliseconds until it goes on. For ids, which are no secrets: what was fetched
stays in memory, and comes again where a machine is put back to an older state.
"""

import os
import threading

_FETCHED_BYTES = 8192


class _Pool:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self._fetched, self._used = b"", 0

    def take(self, count: int) -> bytes:
        with self._lock:
            if self._used + count > len(self._fetched):
                self._fetched, self._used = os.urandom(max(_FETCHED_BYTES, count)), 0
            first = self._used
            self._used += count
            return self._fetched[first : self._used]

    def after_fork(self) -> None:
        """In a child process: never what its parent gives out."""
        self._lock = threading.Lock()
        self.forget()


_POOL = _Pool()
os.register_at_fork(after_in_child=_POOL.after_fork)


def random_bytes(count: int) -> bytes:
    """Random bytes that nobody else gets, not for secrets."""
    return _POOL.take(count)

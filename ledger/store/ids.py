"""Identifiers of rows: UUIDv7 (RFC 9562), so that new rows go to the end of every index."""

import threading
import time
import uuid

from ledger.store.random_pool import random_bytes

_TIME_BITS = 48
_RANDOM_BITS = 74
_LOW_BITS = 62
_STEP_BYTES = 4


class _Ids:
    """Identifiers that grow, whatever the clock does (RFC 9562, section 6.2, method 2).

    Within a millisecond, or while the clock is behind, the random bits are counted up by a random
    step: pages are ordered by these, and a page must not skip what is added after it was shown.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest = 0

    def new(self) -> uuid.UUID:
        now = (time.time_ns() // 1_000_000) & (2**_TIME_BITS - 1)
        fresh = now << _RANDOM_BITS | int.from_bytes(random_bytes(10)) >> 80 - _RANDOM_BITS
        with self._lock:
            if fresh >> _RANDOM_BITS <= self._newest >> _RANDOM_BITS:
                fresh = self._newest + 1 + int.from_bytes(random_bytes(_STEP_BYTES))
            self._newest = fresh
        return _write(fresh)


def _write(ordered: int) -> uuid.UUID:
    """Put version and variant between the bits: 48 of time, 12, then 62."""
    high, low = ordered >> _LOW_BITS, ordered & (2**_LOW_BITS - 1)
    time_bits, middle = high >> 12, high & 0xFFF
    return uuid.UUID(int=time_bits << 80 | 0x7 << 76 | middle << 64 | 0x2 << 62 | low)


_IDS = _Ids()


def new_id() -> uuid.UUID:
    """A new identifier, greater than all that this process made before.

    Milliseconds since 1970, then 74 random bits. Both databases order them as bytes. With several
    processes, whose clocks differ, or of two database transactions that end at about the same
    time, the greater identifier can become visible first. Who follows a listing page by page can
    then miss an entry that appears behind its last page: pages show what is there, and are no feed
    of changes. What has to be done is found by its state, never by the newest identifier seen.
    """
    return _IDS.new()


def made_at(identifier: uuid.UUID) -> float:
    """When an identifier was made, in Unix seconds, by the clock of who made it."""
    return (identifier.int >> 80) / 1000

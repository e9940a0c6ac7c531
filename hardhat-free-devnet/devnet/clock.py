"""The chain's clock: the world's time, plus what a test has moved it by."""

import time


class Clock:
    """Gives each block its timestamp, in whole seconds since 1970.

    A timestamp is never before the parent's and, unless a test moved the clock, never after the
    world's time. Blocks sealed within one second share it.
    """

    def __init__(self, offset_seconds: int = 0) -> None:
        self._offset_seconds = offset_seconds
        self._next_timestamp: int | None = None

    @property
    def offset_seconds(self) -> int:
        """How far the clock is ahead of the world's time; negative when it is behind."""
        return self._offset_seconds

    def timestamp_after(self, parent_timestamp: int) -> int:
        """Timestamp of a block sealed now on a parent."""
        if self._next_timestamp is not None:
            return self._next_timestamp
        return max(parent_timestamp, int(time.time()) + self._offset_seconds)

    def sealed(self) -> None:
        """Note that a block took the timestamp; a timestamp that was set is used up."""
        if self._next_timestamp is not None:
            self._offset_seconds = self._next_timestamp - int(time.time())
            self._next_timestamp = None

    def increase(self, seconds: int) -> None:
        """Move the clock forward."""
        self._offset_seconds += seconds

    def set_next(self, timestamp: int) -> None:
        """Fix the next block's timestamp; the clock goes on from there."""
        self._next_timestamp = timestamp

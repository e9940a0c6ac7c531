"""How much work one PDF may cause: pieces read, bytes read, and objects nested in each other.

pypdf bounds single objects. What a file can repeat, such as tables, overlapping objects and levels
of nesting, is bounded here: everything that pypdf parses is read through `BoundedBytes`.
"""

from inspect import currentframe
from io import BytesIO
from typing import NoReturn

from ledger.errors import DocumentError

MAX_READS = 600_000
"""Pieces, mostly single bytes, that are read of one file: more than half a second's work."""

READS_BETWEEN_CHECKS = 128

_FREE_BYTES = 10_000_000
_MAX_READ_TIMES = 4  # beyond those: how often, on average, each byte of a file is read
_MAX_FRAMES = 400  # of Python's stack below the reader's, where each level of nesting takes two

BROKEN = "the PDF is broken: its table of objects does not fit its objects; save it anew"
TOO_MUCH = "the PDF is made so that reading it takes too much effort; save it anew"
TOO_DEEP = "the PDF has objects nested too deep inside each other"


class Effort:
    """What is left to spend on one file. The first refusal stands, whatever pypdf makes of it.

    reads, bytes: what is left; whoever spends takes it off, and calls `check` once either is below
        zero, and every READS_BETWEEN_CHECKS reads.
    """

    __slots__ = ("_frames", "_reason", "bytes", "reads")

    def __init__(self, file_bytes: int) -> None:
        self.reads = MAX_READS
        self.bytes = _FREE_BYTES + file_bytes * _MAX_READ_TIMES
        self._frames = _frames() + _MAX_FRAMES
        self._reason = ""

    def check(self) -> None:
        """Raise DocumentError if too much was spent, or objects are nested too deep."""
        if self.reads < 0 or self.bytes < 0:
            self.refuse(TOO_MUCH)
        # Python's own limit does not do: it holds for the process, and some libraries lift it.
        if _frames() > self._frames:
            self.refuse(TOO_DEEP)

    def refuse(self, reason: str) -> NoReturn:
        """Raise DocumentError with the first reason that there was, now and at any later read."""
        self._reason = self._reason or reason
        self.reads = -1
        raise DocumentError(self._reason)


class BoundedBytes(BytesIO):
    """Bytes that can be read in pieces only, and not forever."""

    def __init__(self, data: bytes, effort: Effort) -> None:
        super().__init__(data)
        self._read = super().read
        self._effort = effort

    def read(self, size: int | None = -1, /) -> bytes:
        """See `io.BytesIO`; DocumentError for all at once."""
        effort = self._effort
        if size is None or size < 0:
            # pypdf takes all of it only to search for objects that are not where they should be.
            effort.refuse(BROKEN)
        piece = self._read(size)
        effort.reads -= 1
        effort.bytes -= len(piece)
        if effort.reads % READS_BETWEEN_CHECKS == 0 or effort.reads < 0 or effort.bytes < 0:
            effort.check()
        return piece

    @property
    def getbuffer(self) -> NoReturn:
        """Not there: pypdf would take all of the bytes by it."""
        raise AttributeError


def _frames() -> int:
    frame, count = currentframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count

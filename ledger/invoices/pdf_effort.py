"""How much work one PDF may cause: pieces read, bytes read, and objects nested in each other.

pypdf bounds single objects. What a file can repeat, such as tables, overlapping objects and levels
of nesting, is bounded here: everything that pypdf parses is read through `BoundedBytes`.
"""

from inspect import currentframe
from io import SEEK_SET, BufferedIOBase, BytesIO
from typing import NoReturn

from ledger.errors import DocumentError

MAX_READS = 600_000
"""Pieces, mostly single bytes, that are read of one file: more than half a second's work."""

_FREE_BYTES = 10_000_000
_MAX_READ_TIMES = 4  # beyond those: how often, on average, each byte of a file is read
_MAX_FRAMES = 400  # of Python's stack below the reader's, where each level of nesting takes two
_READS_BETWEEN_LOOKS = 128  # at the stack

BROKEN = "the PDF is broken: its table of objects does not fit its objects; save it anew"
TOO_MUCH = "the PDF is made so that reading it takes too much effort; save it anew"
TOO_DEEP = "the PDF has objects nested too deep inside each other"


class Effort:
    """What is left to spend on one file. The first refusal stands, whatever pypdf makes of it."""

    def __init__(self, file_bytes: int) -> None:
        self._reads = MAX_READS
        self._bytes = _FREE_BYTES + file_bytes * _MAX_READ_TIMES
        self._frames = _frames() + _MAX_FRAMES
        self._reason = ""

    def spend(self, count: int) -> None:
        """Take account of one piece of `count` bytes; DocumentError if it was one too many."""
        self._reads -= 1
        self._bytes -= count
        if self._reads < 0 or self._bytes < 0 or self._reason:
            self.refuse(TOO_MUCH)
        # Python's own limit does not do: it holds for the process, and some libraries lift it.
        if self._reads % _READS_BETWEEN_LOOKS == 0 and _frames() > self._frames:
            self.refuse(TOO_DEEP)

    def refuse(self, reason: str) -> NoReturn:
        """Raise DocumentError with the first reason that there was."""
        self._reason = self._reason or reason
        raise DocumentError(self._reason)


class BoundedBytes(BufferedIOBase):
    """Bytes that can be read in pieces only, and not forever."""

    def __init__(self, data: bytes, effort: Effort) -> None:
        self._file = BytesIO(data)
        self._effort = effort

    def read(self, size: int | None = -1, /) -> bytes:
        """See `io.BufferedIOBase`; DocumentError for all at once."""
        if size is None or size < 0:
            # pypdf takes all of it only to search for objects that are not where they should be.
            self._effort.refuse(BROKEN)
        piece = self._file.read(size)
        self._effort.spend(len(piece))
        return piece

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        """See `io.BufferedIOBase`."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """See `io.BufferedIOBase`."""
        return self._file.tell()


def _frames() -> int:
    frame, count = currentframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count

"""multipart/form-data (RFC 7578) read as it comes in, in pieces of any length, and never kept.

Written here because no library among this service's reads it without a transport of its own. What
RFC 7578 deprecates, or no client sends, is refused: text around the parts, padded delimiters,
folded header fields, transfer encodings, parts that are no files.
"""

import re
from collections.abc import Callable
from typing import NoReturn, Protocol

from ledger.errors import InvalidRequest

_MAX_HEADER_BYTES = 8 * 1024
_LINE = b"\r\n"

_BOUNDARY = re.compile(
    r""";\s*boundary=(?:"([0-9A-Za-z'()+_,./:=? -]{1,70})(?<! )"|([^\s";,]{1,70}))""", re.IGNORECASE
)
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
# With the white space around the value, which is taken away afterwards: a pattern that says where
# the value begins and ends would try all places of it.
_FIELD = re.compile(rb"(%b):([^\r\n\x00]*)" % _TOKEN)
_PARAMETER = rb'[ \t]*;[ \t]*(%b)=(?:"(?:[^"\\]|\\.)*"|[^\s";]*)' % _TOKEN
_DISPOSITION = re.compile(rb"form-data(?:%b)*" % _PARAMETER.replace(b"(%b)" % _TOKEN, _TOKEN), re.I)
_PARAMETERS = re.compile(_PARAMETER)
_FILE_NAMES = frozenset({b"filename", b"filename*"})


class Files(Protocol):
    """Takes the files of a body, one after the other. What it raises ends the reading."""

    def begin(self, content_type: str | None) -> None:
        """A file begins. content_type: what its sender says that it is; None if nothing."""

    def data(self, content: bytes) -> None:
        """The next bytes of the file."""

    def end(self) -> None:
        """The file has no more bytes."""


class MultipartReader:
    """Reads the files of one body.

    content_type: of the request.

    Raises InvalidRequest, here and from its methods, for what is no such body of files.
    """

    def __init__(self, content_type: str, files: Files) -> None:
        found = _BOUNDARY.search(content_type)
        if found is None:
            _refuse("its Content-Type names no boundary")
        self._delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
        self._files = files
        # With a line break before it, the first delimiter is like all others.
        self._held = _LINE
        self._at = 0
        # What comes next, which returns whether it was there in full.
        self._next: Callable[[], bool] = self._first_delimiter

    def feed(self, piece: bytes) -> None:
        """Read the next piece."""
        self._held += piece
        while self._next():
            pass
        self._held = self._held[self._at :]
        self._at = 0

    def finish(self) -> None:
        """Nothing more comes. Raises InvalidRequest if the body is not complete."""
        if self._next != self._epilogue:
            _refuse("it ends before its last delimiter")

    def _first_delimiter(self) -> bool:
        begin = self._held[: len(self._delimiter)]
        if not self._delimiter.startswith(begin):
            _refuse("it does not begin with the boundary that its Content-Type names")
        if begin != self._delimiter:
            return False
        return self._go_on(len(self._delimiter), self._behind_delimiter)

    def _behind_delimiter(self) -> bool:
        end = self._held[self._at : self._at + 2]
        if end == b"--":
            return self._go_on(self._at + 2, self._epilogue)
        if end == _LINE:
            return self._go_on(self._at, self._header)
        if len(end) == len(_LINE):
            _refuse("something follows a boundary on its line")
        return False

    def _header(self) -> bool:
        # From the line break of the delimiter on, so that an empty header is found as one.
        begin = self._at + len(_LINE)
        end = self._held.find(_LINE * 2, self._at, begin + _MAX_HEADER_BYTES)
        if end < 0:
            if len(self._held) - begin >= _MAX_HEADER_BYTES:
                _refuse(f"the header of a part has more than {_MAX_HEADER_BYTES} bytes")
            return False
        self._files.begin(_content_type(self._held[begin:end].split(_LINE)))
        return self._go_on(end + 2 * len(_LINE), self._content)

    def _content(self) -> bool:
        end = self._held.find(self._delimiter, self._at)
        if end < 0:
            # What may be the beginning of a delimiter waits for the next piece.
            end = max(self._at, len(self._held) - len(self._delimiter) + 1)
            self._data(end)
            self._at = end
            return False
        self._data(end)
        self._files.end()
        return self._go_on(end + len(self._delimiter), self._behind_delimiter)

    def _epilogue(self) -> bool:
        if not _LINE.startswith(self._held[self._at :]):
            _refuse("something follows its last delimiter")
        return False

    def _data(self, end: int) -> None:
        if end > self._at:
            self._files.data(self._held[self._at : end])

    def _go_on(self, at: int, following: Callable[[], bool]) -> bool:
        self._at = at
        self._next = following
        return True


def _content_type(lines: list[bytes]) -> str | None:
    """The Content-Type of a part, which must be a file. Raises InvalidRequest."""
    fields: dict[bytes, bytes] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None or field[1].lower() in fields:
            _refuse("the header of a part is malformed")
        fields[field[1].lower()] = field[2].strip(b" \t")
    disposition = fields.get(b"content-disposition", b"")
    if _DISPOSITION.fullmatch(disposition) is None:
        _refuse("a part has no Content-Disposition of form data")
    if not _FILE_NAMES & {name.lower() for name in _PARAMETERS.findall(disposition)}:
        _refuse("a part is no file: hand in files only, each with its name (curl -F file=@FILE)")
    if fields.get(b"content-transfer-encoding", b"binary").lower() not in (b"binary", b"8bit"):
        _refuse("a part has a transfer encoding: send the files' bytes as they are")
    found = fields.get(b"content-type")
    return None if found is None else found.decode("latin-1")


def _refuse(reason: str) -> NoReturn:
    raise InvalidRequest(f"the multipart body is refused: {reason}", code="invalid-multipart")

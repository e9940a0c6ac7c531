"""Lists of digests: a JSON object a line, for each document its digest and size, and its file.

What is handed in of a list are digests and sizes; the names of files stay here.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from ledger.cli.files import scratch_file, writing_scratch
from ledger.codec import parse_json_strict
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents import DocumentDigest
from ledger.errors import DocumentError, VerificationError
from ledger.types import parse_hex32, to_hex

LINES_PER_BUNDLE: Final = 16_384
"""Part of what a repeated run is known again by: with another number it makes other bundles."""

MAX_SIZE_BYTES: Final = MAX_INTEGER
"""Of a document: what a statement can say (ledger/evidence/SPEC.md, section 1)."""

_MAX_LINE_BYTES = 64 * 1024
_NEEDED = frozenset({"digest", "size"})
_ALLOWED = _NEEDED | {"file"}
# The form that is written here, of which JSON's own parser would say the same.
_PLAIN = re.compile(
    rb'\{"digest":"0x[0-9a-f]{64}","size":[1-9][0-9]{0,14}(?:,"file":"[^"\\\x00-\x1f]*")?\}'
)
_FILE_FOLLOWS = b',"file":"'


def list_line(document: DocumentDigest, file: str) -> bytes:
    """A document's line in a list.

    What is no UTF-8 in the file's name is replaced: it is there for people.
    """
    name = json.dumps(os.fsencode(file).decode("utf-8", "replace"), ensure_ascii=False)
    return b'{"digest":"%s","size":%d,"file":%s}\n' % (
        to_hex(document.digest).encode(),
        document.size,
        name.encode(),
    )


@dataclass(frozen=True, slots=True)
class Chunk:
    """Neighbouring lines of a list, that become one bundle.

    first_line: counted from one. size: number of lines. fingerprint: SHA-256 of what is handed in.
    """

    first_line: int
    size: int
    offset: int
    length: int
    fingerprint: bytes

    @property
    def lines(self) -> str:
        """Where it stands, in words."""
        return f"lines {self.first_line:,} to {self.first_line + self.size - 1:,}"


class DigestList:
    """A list that was read and found good, as it is handed in: on the disk, chunk by chunk.

    The copy is what was checked, whatever becomes of the list meanwhile.
    """

    def __init__(self, copy: BinaryIO, chunks: list[Chunk]) -> None:
        self._copy = copy
        self.chunks = chunks

    @property
    def size(self) -> int:
        """The number of documents."""
        return sum(chunk.size for chunk in self.chunks)

    def body(self, chunk: Chunk) -> bytes:
        """The lines of a chunk, each with digest and size alone."""
        return os.pread(self._copy.fileno(), chunk.length, chunk.offset)


@contextmanager
def open_digest_list(path: Path) -> Iterator[DigestList]:
    """Read a list as a whole, before anything of it is handed in.

    Raises DocumentError, which names the line, for one that is no digest and size;
    ConfigurationError if there is no room for a copy of it.
    """
    with scratch_file() as copy:
        with writing_scratch(f"a copy of {path}"):
            chunks = list(_copied(path, copy))
            copy.flush()
        yield DigestList(copy, chunks)


def may_be_replaced(path: Path) -> bool:
    """Whether there is nothing at a path but an earlier list, whole or begun, by its first line."""
    try:
        if not path.is_file():
            return not path.exists()
        first = next(_lines(path), b"")
        return not first or bool(_handed_in(first, path, 1))
    except (DocumentError, OSError):  # of another kind, or where one may not look
        return False


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from iter(partial(file.readline, _MAX_LINE_BYTES), b"")
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror}") from error


def _copied(path: Path, copy: BinaryIO) -> Iterator[Chunk]:
    lines = _lines(path)
    first_line, offset = 1, 0
    while taken := list(islice(lines, LINES_PER_BUNDLE)):
        body = b"".join(
            _handed_in(line, path, number) for number, line in enumerate(taken, first_line)
        )
        copy.write(body)
        fingerprint = hashlib.sha256(body).digest()
        yield Chunk(first_line, len(taken), offset, len(body), fingerprint)
        first_line, offset = first_line + len(taken), offset + len(body)
    if first_line == 1:
        raise DocumentError(f"{path} is empty: there is nothing to anchor")


def _handed_in(line: bytes, path: Path, number: int) -> bytes:
    """What of a line is handed in."""
    text = line.rstrip(b"\r\n")
    try:
        if _PLAIN.fullmatch(text) and (text.isascii() or text.decode()):
            end = text.find(_FILE_FOLLOWS)
            return (text if end < 0 else text[:end] + b"}") + b"\n"
        return _read_line(text)
    except (VerificationError, ValueError) as error:
        raise DocumentError(f"{path}, line {number:,}: {error}") from error


def _read_line(text: bytes) -> bytes:
    if not text:
        raise ValueError("it is empty; each line is for a document")
    form = parse_json_strict(text, max_bytes=_MAX_LINE_BYTES - 1)
    if not isinstance(form, dict) or not _NEEDED <= form.keys() <= _ALLOWED:
        raise ValueError('it is not {"digest":"0x…","size":N}, with or without "file"')
    digest, size = form["digest"], form["size"]
    if not isinstance(digest, str):
        raise ValueError("the digest is not a string")  # noqa: TRY004 - one kind for a bad line
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_SIZE_BYTES:
        raise ValueError("the size is not a number of bytes from 1 to 2**53 - 1")
    return b'{"digest":"%s","size":%d}\n' % (to_hex(parse_hex32(digest)).encode(), size)

"""Documents named by digest and size, one JSON object a line (NDJSON), read as they come in.

A line is `{"digest":"0x…","size":123}`: 64 lower-case hex digits, and the number of bytes. White
space and the order of the two members are free; anything else refuses the whole.
"""

import re
from struct import pack

from ledger.codec import Fields, parse_json_strict
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents.many import DocumentDigests
from ledger.errors import InvalidRequest, VerificationError

MAX_LINE_BYTES = 256

_DIGEST = rb'"digest"%b:%b"0x([0-9a-f]{64})"'
_SIZE = rb'"size"%b:%b([1-9][0-9]{0,15})'
_WRITTEN = re.compile(b"{%b,%b}\n" % (_DIGEST % (b"", b""), _SIZE % (b"", b"")))
_WRITTEN_BYTES = len('{"digest":"0x","size":}\n') + 64  # and the digits of the size

_FREE = rb"[ \t\r]*"
_FREE_DIGEST = _FREE + _DIGEST % (_FREE, _FREE) + _FREE
_FREE_SIZE = _FREE + _SIZE % (_FREE, _FREE) + _FREE
_SPACED = re.compile(_FREE + b"{%b,%b}" % (_FREE_DIGEST, _FREE_SIZE) + _FREE)
_TURNED = re.compile(_FREE + b"{%b,%b}" % (_FREE_SIZE, _FREE_DIGEST) + _FREE)


class DigestLines:
    """Reads such lines from pieces of any length, and keeps nothing else of them.

    max_lines: how many are taken.

    Every method raises InvalidRequest for what is not such lines; `line` among its details is the
    number of the first bad one, from one.
    """

    def __init__(self, *, max_lines: int) -> None:
        self._max_lines = max_lines
        self._lines = 0
        self._rest = b""
        self._digests: list[bytes] = []
        self._sizes: list[bytes] = []

    def feed(self, piece: bytes) -> None:
        """Read the next piece."""
        text = self._rest + piece
        end = text.rfind(b"\n") + 1
        self._rest = text[end:]
        if end:
            self._take(text[:end])
        if len(self._rest) > MAX_LINE_BYTES:
            raise _too_long(self._lines + 1)

    def finish(self) -> DocumentDigests:
        """What all lines say. The last one needs no line break."""
        if self._rest:
            self._take(self._rest + b"\n")
            self._rest = b""
        return DocumentDigests(b"".join(self._digests), b"".join(self._sizes))

    def _take(self, text: bytes) -> None:
        count = text.count(b"\n")
        if self._lines + count > self._max_lines:
            raise InvalidRequest(
                f"these are more than {self._max_lines} documents; hand them in as several bundles",
                code="bundle-too-large",
                max_documents=self._max_lines,
            )
        found = _WRITTEN.findall(text)
        sizes = [int(size) for _, size in found]
        length = _WRITTEN_BYTES * count + sum([len(size) for _, size in found])
        if len(found) != count or length != len(text) or max(sizes) > MAX_INTEGER:
            # Some line is written in another way, or is none.
            lines = text[:-1].split(b"\n")
            found = [_read(line, self._lines + number) for number, line in enumerate(lines, 1)]
            sizes = [int(size) for _, size in found]
        digits = b"".join([digest for digest, _ in found])
        self._digests.append(bytes.fromhex(digits.decode()))
        self._sizes.append(pack(f">{count}Q", *sizes))
        self._lines += count


def _read(line: bytes, number: int) -> tuple[bytes, bytes]:
    """The hex digits of the digest, and the digits of the size."""
    if len(line) > MAX_LINE_BYTES:
        raise _too_long(number)
    if match := _SPACED.fullmatch(line):
        digest, size = match.groups()
    elif match := _TURNED.fullmatch(line):
        size, digest = match.groups()
    else:
        return _read_strictly(line, number)
    return (digest, size) if int(size) <= MAX_INTEGER else _read_strictly(line, number)


def _read_strictly(line: bytes, number: int) -> tuple[bytes, bytes]:
    """The same of a line with escapes in its strings, or what is wrong with it."""
    if not line.strip():
        raise _bad(number, f"line {number} is empty: write one document a line")
    try:
        value = parse_json_strict(line, max_bytes=MAX_LINE_BYTES)
    except VerificationError as error:
        raise _bad(number, f"line {number}: {error}") from error
    if isinstance(value, dict) and "file" in value:
        raise _bad(
            number,
            f"line {number} has an unknown field: 'file'. The names of files stay with you: leave"
            " them out, or hand the list in with sealbook anchor --digests, which does",
        )
    try:
        fields = Fields.read(value, f"line {number}", required=("digest", "size"))
        digest = fields.digest("digest").hex().encode()
        return digest, b"%d" % fields.integer("size", minimum=1)
    except VerificationError as error:
        raise _bad(number, str(error)) from error


def _too_long(number: int) -> InvalidRequest:
    return _bad(number, f"line {number} has more than {MAX_LINE_BYTES} bytes")


def _bad(number: int, sentence: str) -> InvalidRequest:
    return InvalidRequest(sentence, code="invalid-line", line=number)

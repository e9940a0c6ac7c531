"""Files with the evidence of many documents, a line each, as `sealbook anchor --digests` writes."""

import mmap
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import ConfigurationError, NotFound, VerificationError
from ledger.evidence import parse_evidence
from ledger.evidence.policy import DEFAULT_MAX_EVIDENCE_BYTES
from ledger.types import Digest, to_hex

_PIECE_BYTES = 1024 * 1024
_ERASED = b'{"erased":true}'
_FORMAT = b'"format":"sealbook-evidence/'


@dataclass(frozen=True, slots=True)
class Found:
    """A document's evidence in a stream.

    evidence: the evidence file. line: where it stands, from one. times: how often the document's
    evidence is there; this is the first.
    """

    evidence: bytes
    line: int
    times: int


def find_evidence(stream: Path, digest: Digest) -> Found:
    """The evidence of the document with a digest.

    Lines are not read one by one: it is searched for what the statement has of the digest.

    Raises NotFound if it is not there, VerificationError if its line is no evidence or the file
    is one of something else.
    """
    # As it stands in canonical JSON, and nowhere but in the statement.
    sought = b'"digest":"%s"' % to_hex(digest).encode()
    try:
        with (
            stream.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            return _found(content, sought, stream, digest)
    except OSError as error:
        raise ConfigurationError(f"cannot read {stream}: {error.strerror}") from error
    except ValueError as error:  # an empty file cannot be mapped
        raise _other_file(stream) from error


def _found(content: mmap.mmap, sought: bytes, stream: Path, digest: Digest) -> Found:
    _require_evidence(content, stream)
    place = content.find(sought)
    if place < 0:
        _require_whole(content, content.rfind(b"\n") + 1, stream)
        raise _not_there(stream, digest)
    start = content.rfind(b"\n", 0, place) + 1
    end = content.find(b"\n", place)
    evidence = content[start : end if end >= 0 else len(content)]
    if end < 0:
        _require_whole(content, start, stream)
    line = _count(content, b"\n", start) + 1
    try:
        parsed = parse_evidence(evidence, max_bytes=DEFAULT_MAX_EVIDENCE_BYTES)
    except VerificationError as error:
        raise VerificationError(f"{stream}, line {line:,}: it is no evidence: {error}") from error
    if parsed.document is None or parsed.document.digest != digest:
        raise VerificationError(f"{stream}, line {line:,}: it is of another document")
    times = 1
    while (place := content.find(sought, place + 1)) >= 0:
        times += 1
    return Found(evidence, line, times)


def _require_whole(content: mmap.mmap, start: int, stream: Path) -> None:
    """Raise VerificationError if what begins at a place is a part of a line, cut off at its end."""
    last = content[start : start + DEFAULT_MAX_EVIDENCE_BYTES + 1]
    if last in (b"", _ERASED):
        return
    try:
        parse_evidence(last, max_bytes=DEFAULT_MAX_EVIDENCE_BYTES)
    except VerificationError as error:
        raise VerificationError(
            f"{stream} is incomplete: it is cut off in the middle of its last line; fetch it again"
        ) from error


def holds_many(content: bytes) -> bool:
    """Whether bytes begin with a line that is evidence by itself, and go on after it."""
    first, _, rest = content.partition(b"\n")
    return bool(rest) and _is_evidence(first)


def _is_evidence(line: bytes) -> bool:
    return line == _ERASED or (line.startswith(b"{") and _FORMAT in line)


def _require_evidence(content: mmap.mmap, stream: Path) -> None:
    """Raise VerificationError for a file whose first line is not of the form of evidence."""
    end = content.find(b"\n", 0, DEFAULT_MAX_EVIDENCE_BYTES)
    first = content[: end if end >= 0 else DEFAULT_MAX_EVIDENCE_BYTES]
    if not _is_evidence(first):
        raise _other_file(stream)


def _other_file(stream: Path) -> VerificationError:
    return VerificationError(
        f"{stream} is not a file that sealbook anchor --digests wrote: name the document first, and"
        " then the file with the evidence of many"
    )


def _count(content: mmap.mmap, sought: bytes, end: int) -> int:
    pieces = range(0, end, _PIECE_BYTES)
    return sum(content[at : min(at + _PIECE_BYTES, end)].count(sought) for at in pieces)


def _not_there(stream: Path, digest: Digest) -> NotFound:
    return NotFound(
        f"{stream} has no evidence of the document with the digest {to_hex(digest)}: check that the"
        " document is unchanged, and that it was on the list",
        code="no-evidence",
        digest=to_hex(digest),
    )

"""SHA-256 of documents, read in pieces: alone, or as a process that hashes the files it is told.

Only the standard library is imported, and the file runs by its path: a process is ready in a few
milliseconds. It reads paths, separated by NUL, with their length before them, and answers with a
record for each, and with the reasons why some have none.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from struct import Struct
from typing import IO

_CHUNK_BYTES = 64 * 1024  # as fast as larger ones, and small enough to be reused by the allocator

LENGTH = Struct(">Q")
"""What stands before a list: its number of bytes."""

RECORD = Struct(">32sQ")
"""Digest and size of a file. All is zero for one that has no digest."""

SEPARATOR = b"\0"
"""Between the parts of a list. No path that can be opened holds it."""


def hash_pieces(read: Callable[[int], bytes], max_bytes: int) -> tuple[bytes, int]:
    """Digest and size of what can be read. Raises ValueError if that is nothing or too much."""
    digest = sha256()
    size = 0
    while chunk := read(_CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            raise ValueError(f"the document is larger than {max_bytes} bytes")
        digest.update(chunk)
    if size == 0:
        raise ValueError("the document is empty")
    return digest.digest(), size


def hash_path(path: str | bytes, max_bytes: int) -> tuple[bytes, int]:
    """Digest and size of a file. Raises ValueError, which names the file, if it has none."""
    try:
        # Below the file objects of Python, which cost more than hashing a small file does.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return hash_pieces(partial(os.read, descriptor), max_bytes)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ValueError(f"cannot read {os.fsdecode(path)}: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{os.fsdecode(path)}: {error}") from error


def send(stream: IO[bytes], parts: list[bytes]) -> None:
    """Write a list with its length before it. A separator within a part is written otherwise."""
    content = SEPARATOR.join(parts)
    if content.count(SEPARATOR) >= len(parts) > 0:
        content = SEPARATOR.join(part.replace(SEPARATOR, b"\\0") for part in parts)
    stream.write(LENGTH.pack(len(content)) + content)


def receive(stream: IO[bytes]) -> list[bytes]:
    """Read a list that `send` wrote. Raises EOFError if the other side has ended."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    content = stream.read(*LENGTH.unpack(head))
    return content.split(SEPARATOR) if content else []


def main() -> None:
    """Answer lists of paths until there are no more. The limit in bytes is the one argument."""
    max_bytes = int(sys.argv[1])
    while True:
        try:
            paths = receive(sys.stdin.buffer)
        except EOFError:
            return
        records, reasons = [], []
        for path in paths:
            try:
                record = hash_path(path, max_bytes)
            except ValueError as error:
                record = bytes(32), 0
                reasons.append(os.fsencode(str(error)))
            records.append(RECORD.pack(*record))
        sys.stdout.buffer.write(b"".join(records))
        send(sys.stdout.buffer, reasons)
        sys.stdout.flush()


if __name__ == "__main__":
    main()

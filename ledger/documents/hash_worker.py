"""SHA-256 of documents, read in pieces: alone, or as a process that hashes the files it is told.

Only the standard library is imported, and the file runs by its path: a process is ready in a few
milliseconds. It reads a JSON list of paths a line, and answers each with a JSON list of outcomes,
until its input ends.
"""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256

_CHUNK_BYTES = 64 * 1024  # as fast as larger ones, and small enough to be reused by the allocator

Outcome = tuple[str, int] | str
"""The digest in hex and the size in bytes of a file, or why it has none."""


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


def hash_path(path: str, max_bytes: int) -> Outcome:
    """Digest and size of a file; or the reason, which names the file, why it has none."""
    try:
        # Below the file objects of Python, which cost more than hashing a small file does.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            digest, size = hash_pieces(partial(os.read, descriptor), max_bytes)
        finally:
            os.close(descriptor)
    except OSError as error:
        return f"cannot read {path}: {error.strerror}"
    except ValueError as error:
        return f"{path}: {error}"
    return digest.hex(), size


def main() -> None:
    """Answer lists of paths until there are no more. The limit in bytes is the one argument."""
    max_bytes = int(sys.argv[1])
    for line in sys.stdin:
        answer = json.dumps([hash_path(path, max_bytes) for path in json.loads(line)])
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

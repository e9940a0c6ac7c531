"""Digest and size of documents, read once and in pieces; of many files, on every processor."""

import os
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TypeAlias

from ledger.documents import hash_worker
from ledger.documents.hash_worker import hash_path, hash_pieces
from ledger.errors import DocumentError, SealbookError
from ledger.types import Digest

_FILES_PER_TASK = 500  # telling a process costs as much as hashing a small file
_TASKS_PER_PROCESS = 3  # asked for ahead, so that no process waits for its next one

_Process: TypeAlias = "subprocess.Popen[bytes]"
_Answer = tuple[bytes, list[bytes]]  # records of all files, and reasons for those that have none


@dataclass(frozen=True, slots=True)
class DocumentDigest:
    """What a statement says of a document's bytes.

    digest: SHA-256 of all bytes.
    size: number of bytes.
    """

    digest: Digest
    size: int


def hash_document(source: bytes | BinaryIO, *, max_bytes: int) -> DocumentDigest:
    """Read a document to its end and take its digest.

    Raises DocumentError if it is empty or larger than max_bytes; no more than one piece beyond the
    limit is read.
    """
    stream = BytesIO(source) if isinstance(source, bytes) else source
    try:
        digest, size = hash_pieces(stream.read, max_bytes)
    except ValueError as error:
        raise DocumentError(str(error)) from error
    return DocumentDigest(Digest(digest), size)


def hash_file(path: Path, *, max_bytes: int) -> DocumentDigest:
    """Read a file to its end and take its digest.

    Raises DocumentError, which names the file, if it cannot be read, is empty or larger than
    max_bytes.
    """
    result = _hash_here(os.fspath(path), max_bytes)
    if isinstance(result, DocumentError):
        raise result
    return result


def hash_files(
    paths: Iterable[Path | str], *, max_bytes: int, processes: int | None = None
) -> Iterator[DocumentDigest | DocumentError]:
    """The digests of many files, in the order of their paths, each as `hash_file` takes it.

    A file that has none is answered by the error, which names it, and the others go on. A few
    thousand paths are taken ahead of what was asked for.

    processes: how many hash at once, by default one a processor. Threads would not do: small files
    are opened and read faster than Python lets threads take turns. A few files start no process.

    Raises SealbookError if such a process is ended from outside.
    """
    names = map(str, paths)
    count = processes or os.cpu_count() or 1
    first = list(islice(names, _FILES_PER_TASK))
    if count == 1 or len(first) < _FILES_PER_TASK:
        return (_hash_here(name, max_bytes) for name in chain(first, names))
    return _hash_by_processes(chain(first, names), max_bytes, count)


def _hash_here(name: str, max_bytes: int) -> DocumentDigest | DocumentError:
    try:
        digest, size = hash_path(name, max_bytes)
    except ValueError as error:
        return DocumentError(str(error))
    return DocumentDigest(Digest(digest), size)


def _hash_by_processes(
    names: Iterator[str], max_bytes: int, count: int
) -> Iterator[DocumentDigest | DocumentError]:
    idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
    waiting: deque[Future[_Answer]] = deque()
    with ExitStack() as ending:
        for _ in range(count):
            process = _start(max_bytes)
            ending.callback(_end, process)
            idle.put(process)
        threads = ThreadPoolExecutor(count, thread_name_prefix="sealbook-hash")
        ending.callback(threads.shutdown, cancel_futures=True)
        while True:
            while len(waiting) < count * _TASKS_PER_PROCESS:
                if not (task := list(islice(names, _FILES_PER_TASK))):
                    break
                waiting.append(threads.submit(_ask, idle, task))
            if not waiting:
                return
            records, reasons = waiting.popleft().result()
            errors = iter(reasons)
            for digest, size in hash_worker.RECORD.iter_unpack(records):
                if size:
                    yield DocumentDigest(digest, size)
                else:
                    yield DocumentError(os.fsdecode(next(errors)))


def _start(max_bytes: int) -> _Process:
    # Isolated, and in a session of its own: an interrupt is for the parent, whose end ends it too.
    command = [sys.executable, "-I", "-S", hash_worker.__file__, str(max_bytes)]
    return subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )


def _end(process: _Process) -> None:
    with suppress(BrokenPipeError), process:  # broken if it was ended before, with words unread
        pass


def _ask(idle: queue.SimpleQueue[_Process], task: list[str]) -> _Answer:
    process = idle.get()
    try:
        assert process.stdin and process.stdout  # noqa: S101, PT018 - it was started with pipes
        hash_worker.send(process.stdin, [os.fsencode(name) for name in task])
        process.stdin.flush()
        records = process.stdout.read(len(task) * hash_worker.RECORD.size)
        return records, hash_worker.receive(process.stdout)
    except (BrokenPipeError, EOFError) as error:
        raise SealbookError("a process that hashed files was ended; run it again") from error
    finally:
        idle.put(process)

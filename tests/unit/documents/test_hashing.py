import io
import os
import signal
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from ledger.documents import DocumentDigest, hash_document, hash_file, hash_files, hashing
from ledger.errors import DocumentError, SealbookError
from ledger.types import Digest

ABC = DocumentDigest(
    # NIST's example for SHA-256.
    Digest(bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")),
    3,
)


class Trickle(io.BytesIO):
    """Gives one byte at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1 if size else size)


def test_bytes_and_streams_have_the_same_digest_and_size() -> None:
    assert hash_document(b"abc", max_bytes=3) == ABC
    assert hash_document(io.BytesIO(b"abc"), max_bytes=3) == ABC
    assert hash_document(Trickle(b"abc"), max_bytes=3) == ABC


def test_a_document_of_many_pieces_is_read_to_its_end() -> None:
    content = bytes(range(256)) * 1000
    expected = DocumentDigest(Digest(sha256(content).digest()), len(content))
    assert hash_document(io.BytesIO(content), max_bytes=len(content)) == expected


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(DocumentError, match="the document is empty"):
        hash_document(b"", max_bytes=3)


def test_a_document_over_the_limit_is_refused_without_being_read_on() -> None:
    stream = io.BytesIO(bytes(10_000_000))
    with pytest.raises(DocumentError, match="larger than 5 bytes"):
        hash_document(stream, max_bytes=5)
    assert stream.tell() < 100_000


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert hash_file(path, max_bytes=3) == ABC


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "abc: the document is empty"),
        (b"abcd", "abc: the document is larger than 3 bytes"),
        (None, "cannot read .*abc: No such file or directory"),
    ],
)
def test_a_file_without_digest_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "abc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DocumentError, match=reason):
        hash_file(path, max_bytes=3)


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("size", [7, 1203])
def test_many_files_are_answered_in_order_and_errors_stand_in_their_place(
    tmp_path: Path, size: int, processes: int
) -> None:
    paths = [tmp_path / f"{number}-\N{LATIN SMALL LETTER E WITH ACUTE}" for number in range(size)]
    for number, path in enumerate(paths):
        path.write_bytes(str(number).encode())
    paths[5] = tmp_path / os.fsdecode(b"absent-\xff")
    paths[6] = tmp_path / "no\0path"
    found = list(hash_files(paths, max_bytes=10, processes=processes))
    assert isinstance(found.pop(6), DocumentError)
    error = found.pop(5)
    assert isinstance(error, DocumentError)
    assert str(error) == f"cannot read {paths[5]}: No such file or directory"
    rest = [number for number in range(size) if number not in {5, 6}]
    assert found == [hash_document(str(number).encode(), max_bytes=10) for number in rest]


def test_no_more_paths_are_taken_ahead_than_are_soon_needed(tmp_path: Path) -> None:
    taken = count()
    path = tmp_path / "abc"
    path.write_bytes(b"abc")

    def endless() -> Iterator[Path]:
        while True:
            next(taken)
            yield path

    digests = hash_files(endless(), max_bytes=3, processes=2)
    assert next(digests) == ABC
    assert next(taken) < 5_000


def test_a_hashing_process_that_was_killed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    started = []
    start = hashing._start

    def noting(max_bytes: int) -> "subprocess.Popen[bytes]":
        started.append(start(max_bytes))
        return started[-1]

    monkeypatch.setattr(hashing, "_start", noting)
    digests = hash_files([path] * 20_000, max_bytes=3, processes=2)
    next(digests)
    for process in started:
        os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(SealbookError, match="was ended; run it again"):
        list(digests)

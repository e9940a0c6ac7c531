"""Which of many files a command is about."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ledger.errors import DocumentError

STANDARD_INPUT = Path("-")


def files_from(names: Path) -> Iterator[str]:
    """The files that a file names, one a line; a dash is the standard input.

    Raises DocumentError if it cannot be read, or names no file in a line.
    """
    try:
        with _opened(names) as lines:
            for number, line in enumerate(lines, 1):
                name = line.rstrip(b"\r\n")
                if not name:
                    raise DocumentError(f"{names}, line {number:,}: it names no file")
                yield os.fsdecode(name)
    except OSError as error:
        raise DocumentError(f"cannot read {names}: {error.strerror}") from error


def files_below(
    folder: Path, *, leaving_out: Path | None, refuse: Callable[[str], None]
) -> Iterator[str]:
    """All files in a folder and below it, by their names, each folder's own before those below.

    A link to a file is a file. leaving_out: a file that the command itself writes.

    refuse: is told why a link that leads nowhere or to a folder, or what is neither file nor
    folder, is left out: none is in silence.

    Raises DocumentError for a folder that cannot be read.
    """
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        own = _own_names(place, leaving_out)
        below = []
        for entry in _entries(place):
            if entry.is_dir(follow_symlinks=False):
                below.append(Path(entry.path))
            elif not _is_file(entry):
                refuse(f"{entry.path} is no file that can be hashed: move it elsewhere")
            elif entry.name not in own:
                yield entry.path
        waiting += reversed(below)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise DocumentError(f"cannot read {folder}: {error.strerror}") from error


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads round in a circle, or where one may not look
        return False


def _own_names(folder: Path, leaving_out: Path | None) -> set[str]:
    if leaving_out is None or not folder.samefile(leaving_out.parent):
        return set()
    return {leaving_out.name, f"{leaving_out.name}.part"}


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        yield file

"""Which of many files a command is about."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ledger.errors import DocumentError

STANDARD_INPUT = Path("-")


def files_from(names: Path) -> Iterator[Path]:
    """The files that a file names, one a line; a dash is the standard input.

    Raises DocumentError if it cannot be read, or names no file in a line.
    """
    try:
        with _opened(names) as lines:
            for number, line in enumerate(lines, 1):
                name = line.rstrip(b"\r\n")
                if not name:
                    raise DocumentError(f"{names}, line {number:,}: it names no file")
                yield Path(os.fsdecode(name))
    except OSError as error:
        raise DocumentError(f"cannot read {names}: {error.strerror}") from error


def files_below(folder: Path, *, leaving_out: Path | None) -> Iterator[Path]:
    """All files in a folder and below it, by their names, each folder's own before those below.

    Links to files are files; links to folders are not followed. leaving_out: a file that the
    command itself writes.

    Raises DocumentError for a folder that cannot be read, and for what is neither file nor folder.
    """
    for place, folders, names in os.walk(folder, onerror=_raise_unreadable):
        folders.sort()
        own = _own_names(Path(place), leaving_out)
        for name in sorted(set(names) - own):
            file = Path(place, name)
            if not file.is_file():
                raise DocumentError(f"{file} is no file that can be hashed: move it elsewhere")
            yield file


def _own_names(place: Path, leaving_out: Path | None) -> set[str]:
    if leaving_out is None or not place.samefile(leaving_out.parent):
        return set()
    return {leaving_out.name, f"{leaving_out.name}.part"}


def _raise_unreadable(error: OSError) -> None:
    raise DocumentError(f"cannot read {error.filename}: {error.strerror}") from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        yield file

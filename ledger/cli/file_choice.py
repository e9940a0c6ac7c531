"""Which of many files a command is about."""

import os
import sys
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import click

from ledger.cli.digest_lists import may_be_replaced
from ledger.cli.files import part_of, scratch_file, writing_scratch
from ledger.errors import DocumentError

STANDARD_INPUT = Path("-")

_Place = tuple[int, int] | str


@contextmanager
def named_files(
    files: Iterable[Path], names: Path | None, *, apart_from: Path | None
) -> Iterator[Iterator[str]]:
    """Files, then those that a file names, one a line; a dash is the standard input.

    apart_from: a growing file that the command writes. If it is among them, or is the file that
    names them, UsageError is raised before the block begins, which may then write it. For that all
    names are read first, and are kept on the disk: there may be millions of them.

    Raises DocumentError if the names cannot be read, or a line has none.
    """
    own = [str(path) for path in files]
    if apart_from is None:
        yield chain(own, _names_in(names) if names else ())
        return
    places = {_place(apart_from), _place(part_of(apart_from))}
    for _ in _others([*own, str(names)] if names else own, apart_from, places):
        pass
    with scratch_file() as copy:
        with writing_scratch("a copy of the files' names"):
            for name in _others(_names_in(names) if names else (), apart_from, places):
                copy.write(os.fsencode(name) + b"\n")
            copy.seek(0)
        yield chain(own, (os.fsdecode(line[:-1]) for line in copy))


def require_no_document_replaced(folder: Path, written: Path) -> None:
    """Raise UsageError if a file in a folder or below is no list, and writing one replaces it.

    An earlier list may stand there: it is no document.
    """
    both = (written, part_of(written))
    places = {_place(path) for path in both if not may_be_replaced(path)}
    if places:
        below = files_below(folder, leaving_out=None, refuse=lambda _: None)
        for _ in _others(below, written, places):
            pass


def _others(paths: Iterable[str], written: Path, places: Container[_Place]) -> Iterator[str]:
    """Paths, as long as none is at the places that are written, by whatever name or link."""
    for path in paths:
        if _place(path) in places:
            raise click.UsageError(
                f"{path} is among the files that are read, and writing {written} would replace it:"
                " write the list elsewhere, where it is not among them."
            )
        yield path


def _place(path: str | Path) -> _Place:
    """What two names of one file have in common."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path for each of millions would take its time
    except OSError:  # it is not there yet
        return os.path.realpath(path)
    except ValueError:  # no file can be called so, which is told when it is to be read
        return str(path)
    return found.st_dev, found.st_ino


def _names_in(names: Path) -> Iterator[str]:
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
    return {leaving_out.name, part_of(leaving_out).name}


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        yield file

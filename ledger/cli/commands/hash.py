"""`sealbook hash`."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, tee
from pathlib import Path
from typing import BinaryIO

import click

from ledger.cli.digest_lists import MAX_SIZE_BYTES, list_line
from ledger.cli.file_choice import files_below, named_files, require_no_document_replaced
from ledger.cli.files import growing_file, scratch_file, writing_scratch
from ledger.cli.output import interrupted_with, json_option, tell
from ledger.cli.parameters import FILE
from ledger.cli.progress import progress
from ledger.cli.words import byte_count
from ledger.documents import DocumentDigest, hash_files
from ledger.errors import DocumentError

_REASONS_TOLD = 5
_FILES_PER_NOTE = 100  # writing it costs as much as hashing a small file


@dataclass(slots=True)
class _Tally:
    """What was hashed so far, and what could not be: how many, and the first reasons."""

    files: int = 0
    size_bytes: int = 0
    failed: int = 0
    reasons: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        """Count a file that has no digest."""
        self.files += 1
        self.failed += 1
        if len(self.reasons) < _REASONS_TOLD:
            self.reasons.append(reason)


@click.command(short_help="Take the digests of many files.")
@click.argument("files", type=FILE, metavar="[FILE]...", nargs=-1)
@click.option(
    "--files-from",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="NAMES",
    help="File that names more files, one a line; a dash is the standard input.",
)
@click.option(
    "--recursive",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder whose files are taken too, with those of the folders in it, by their names.",
)
@click.option(
    "--out",
    type=FILE,
    metavar="LIST",
    help="Where the list goes; one that is there is replaced.  [default: standard output]",
)
@json_option
def command(
    files: tuple[Path, ...], files_from: Path | None, recursive: Path | None, out: Path | None
) -> None:
    """Write a list of the SHA-256 digests and the sizes of files.

    Notarise it with sealbook anchor --digests LIST: the documents and their names stay here.

    Each file gets a line {"digest":"0x…","size":N,"file":"…"}, in the order in which they are
    named: each FILE, then those of --files-from, then those of --recursive. All processors are
    used, and nobody is asked.

    If a file is empty or cannot be read, or a link leads to none, it is named, the others are gone
    through all the same, and no list is written. LIST cannot be among the files that are named;
    --recursive leaves out an earlier LIST, and nothing else.

    Exit codes: 0 done, 1 a file has no digest or the list cannot be written, 2 wrong usage.
    """
    if not files and files_from is None and recursive is None:
        raise click.UsageError("name files: as FILE, with --files-from, or with --recursive")
    tally = _Tally()
    with (
        interrupted_with("No list was written."),
        named_files(files, files_from, apart_from=out) as named,
        _list_file(out, recursive) as written,
    ):
        _hash_all(chain(named, _below(recursive, out, tally)), written, tally)
        _require_all(tally)
    if out is not None:
        tell(
            {"digests": str(out), "files": tally.files, "bytes": tally.size_bytes},
            [f"{out} lists {_count(tally.files)}, {byte_count(tally.size_bytes)} in all."],
        )


def _below(folder: Path | None, out: Path | None, tally: _Tally) -> Iterable[str]:
    return files_below(folder, leaving_out=out, refuse=tally.refuse) if folder else ()


@contextmanager
def _list_file(out: Path | None, folder: Path | None) -> Iterator[BinaryIO]:
    """A file for a list, that appears when it is whole; without a name, on the standard output.

    folder: whose files are listed. Raises UsageError if the list would replace one.
    """
    if out is not None:
        if folder is not None:
            require_no_document_replaced(folder, out)
        with growing_file(out) as file:
            yield file
        return
    with scratch_file() as file:
        with writing_scratch("the list"):
            yield file
            file.seek(0)
        shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()  # here, where its error is met, and not at the process's end


def _hash_all(paths: Iterator[str], written: BinaryIO, tally: _Tally) -> None:
    named, hashed = tee(paths)
    results = hash_files(hashed, max_bytes=MAX_SIZE_BYTES)
    with progress("Hashing files", None) as shown:
        for path, result in zip(named, results, strict=True):
            if isinstance(result, DocumentDigest):
                tally.files += 1
                tally.size_bytes += result.size
                written.write(list_line(result, path))
            else:
                tally.refuse(str(result))
            shown.advance(1)
            if not tally.files % _FILES_PER_NOTE:
                shown.note(byte_count(tally.size_bytes))
        shown.note(byte_count(tally.size_bytes))


def _require_all(tally: _Tally) -> None:
    """Raise DocumentError, with the first reasons, if a file has no digest or there is none."""
    if not tally.files:
        raise DocumentError("there are no files")
    if not tally.failed:
        return
    told = "; ".join(tally.reasons)
    if tally.failed > len(tally.reasons):
        told += f"; and {tally.failed - len(tally.reasons):,} more"
    if tally.files > 1:
        have = "has" if tally.failed == 1 else "have"
        told = f"{tally.failed:,} of {tally.files:,} files {have} no digest: {told}"
    raise DocumentError(told)


def _count(files: int) -> str:
    return f"{files:,} file" + ("s" if files > 1 else "")

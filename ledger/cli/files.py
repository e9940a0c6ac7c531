"""Writing files so that a crash leaves the old content or the new, never a part."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ledger.errors import ConfigurationError, Conflict

_EVERYBODY_READS = 0o644
_OWNER_ONLY = 0o600


def write_file(path: Path, content: bytes) -> None:
    """Replace a file in one step. Raises ConfigurationError if that cannot be done."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, _EVERYBODY_READS)
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _cannot_write(path, error) from error


def write_new_evidence(path: Path, evidence: bytes) -> None:
    """Write an evidence file. Raises Conflict if there is a file already."""
    require_new_evidence(path)
    write_file(path, evidence)


def require_new_evidence(path: Path) -> None:
    """Raise Conflict if there is a file already: evidence is never overwritten."""
    if path.exists():
        raise Conflict(
            f"{path} is there already, and evidence is never overwritten: name another file",
            code="evidence-exists",
        )


def part_of(path: Path) -> Path:
    """What a growing file is called until it is whole."""
    return path.with_name(path.name + ".part")


@contextmanager
def growing_file(path: Path) -> Iterator[BinaryIO]:
    """Write a large file piece by piece as PATH.part, and give it its name once it is whole.

    If the block fails, nothing is left; if the process is killed, PATH.part is, and the next run
    begins it anew. Raises ConfigurationError if another process is writing it, or it cannot be
    written.
    """
    part = part_of(path)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, _EVERYBODY_READS)
        with os.fdopen(descriptor, "wb") as file:
            _take(file, part)
            try:
                file.truncate(0)
                yield file
                file.flush()
                os.fsync(file.fileno())
                part.replace(path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise _cannot_write(path, error) from error


def _take(file: BinaryIO, part: Path) -> None:
    """Have a file alone until it is closed. Raises ConfigurationError."""
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever had it before may have given it its name since it was opened here.
        if os.path.samestat(os.fstat(file.fileno()), part.stat()):
            return
    raise ConfigurationError(
        f"another run is writing {part}: wait for its end, or name another file"
    )


@contextmanager
def scratch_file() -> Iterator[BinaryIO]:
    """A file without a name among the temporary ones, for a block.

    What is written to it in the block, is so within `writing_scratch`.
    """
    with writing_scratch("a temporary file"):
        file = tempfile.TemporaryFile(prefix="sealbook-")  # noqa: SIM115 - closed below
    try:
        yield file
    finally:
        with suppress(OSError):  # closing writes again what found no room: that was told
            file.close()


@contextmanager
def writing_scratch(what: str) -> Iterator[None]:
    """Raise ConfigurationError where a scratch file cannot be written. what: what it is to hold."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"cannot write {what}: {error.strerror}; make room for temporary files, or name another"
            " folder for them in TMPDIR"
        ) from error


def write_secret(path: Path, secret: str) -> None:
    """Write a secret to a new file that only its owner can read.

    Raises ConfigurationError if there is a file already, or none can be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret + "\n")
            file.flush()
            os.fsync(descriptor)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is there already, and a secret is never overwritten; name another file"
        ) from error
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"cannot write {path}: {error.strerror}")

"""Writing files so that a crash leaves the old content or the new, never a part."""

import os
import tempfile
from pathlib import Path


def make_private_directory(directory: Path) -> None:
    """Make a directory that only its owner can enter (mode 0700), and those above it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sync_directory(directory.parent)


def write_durably(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace a file in one step; it is on disk when this returns."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

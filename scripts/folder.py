"""The folder that a consortium is kept in: taken only if empty or its own, never emptied."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ledger.errors import ConfigurationError

DEFAULT_FOLDER = Path("var/demo")

_MARKER = ".sealbook-demo"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other demos and serves away from a folder, also while it is renamed.

    Raises ConfigurationError if another one works on it, with its process id.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.parent / f".{folder.name}.lock"
    with lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise ConfigurationError(
                f"process {file.read().strip()} works on {folder}: end it first (Ctrl-C), or name"
                " another folder, for example DIR=var/another"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def claim(folder: Path) -> None:
    """Make a folder and mark it as a consortium's.

    Raises ConfigurationError if it holds anything and is not marked, or cannot be made.
    """
    _refuse_if_foreign(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARKER).touch()
        for name in ("keys", "api-keys"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be used: {error.strerror}") from error


def set_aside(folder: Path) -> Path | None:
    """Rename what an earlier run left to FOLDER-TIME (UTC); None if it left nothing.

    Raises ConfigurationError if the folder is not a consortium's, or cannot be renamed.
    """
    _refuse_if_foreign(folder)
    if not _holds_anything(folder):
        return None
    aside = folder.with_name(f"{folder.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    try:
        return folder.rename(aside)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be renamed: {error.strerror}") from error


def _refuse_if_foreign(folder: Path) -> None:
    if _holds_anything(folder) and not (folder / _MARKER).exists():
        raise ConfigurationError(
            f"{folder} is not empty, and neither `make demo` nor `make serve` made it; "
            "name another folder, for example DIR=var/another"
        )


def _holds_anything(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())

"""Writing files so that a crash leaves the old content or the new, never a part."""

import os
import tempfile
from pathlib import Path

from ledger.errors import ConfigurationError

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

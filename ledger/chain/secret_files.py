"""Files that hold a secret: keys and passphrases, which only their owner may read."""

import os
import stat
from pathlib import Path

from ledger.errors import ConfigurationError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LONGEST_BYTES = 64 * 1024


def read_secret(path: Path, what: str) -> str:
    """The text of a file without its line end.

    what: what is in it, for the message. Raises ConfigurationError if the file cannot be read, is
    no text, or is open to others.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LONGEST_BYTES + 1)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the {what} {path}: {error}") from error
    if os.name == "posix" and mode & _OTHERS:
        raise ConfigurationError(f"others can read the {what} {path}: run chmod 600 {path}")
    if len(content) > _LONGEST_BYTES:
        raise ConfigurationError(f"the {what} {path} is too long to be one")
    return text.rstrip("\r\n")

"""Operator keys from their files."""

from pathlib import Path

from ledger.chain.signer import Signer, load_key
from ledger.errors import ConfigurationError


def open_signer(key: Path, passphrase_file: Path | None) -> Signer:
    """An operator key from its file. Raises ConfigurationError."""
    passphrase = None if passphrase_file is None else _read_line(passphrase_file)
    return load_key(key, passphrase=passphrase)


def _read_line(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the passphrase file {path}: {error}") from error

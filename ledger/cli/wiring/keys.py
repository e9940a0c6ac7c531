"""Operator keys from their files."""

from pathlib import Path

from ledger.chain.secret_files import read_secret
from ledger.chain.signer import Signer, load_key


def open_signer(key: Path, passphrase_file: Path | None) -> Signer:
    """An operator key from its file. Raises ConfigurationError."""
    passphrase = None
    if passphrase_file is not None:
        passphrase = read_secret(passphrase_file, "passphrase file")
    return load_key(key, passphrase=passphrase)

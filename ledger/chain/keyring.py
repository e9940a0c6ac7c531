"""Which operator key signs for which member."""

from pathlib import Path
from typing import Protocol

from ledger.chain.signer import KeySigner, Signer, load_key
from ledger.errors import ConfigurationError
from ledger.types import MemberId

_Stamp = tuple[int, int, int]


class Keyring(Protocol):
    """The operator keys that a service holds."""

    def signer(self, member: MemberId) -> Signer | None:
        """The key that signs for a member; None if this service holds none."""
        ...


class DirectoryKeyring:
    """Key files in one directory, named after their members: `lei:X` is in `lei-X.key`.

    A file is read when its key is needed for the first time and after it was replaced, and not
    each time, as a keystore's passphrase takes a second to try.
    """

    def __init__(self, directory: Path, *, passphrase: str | None = None) -> None:
        self._directory = directory
        self._passphrase = passphrase
        self._signers: dict[MemberId, tuple[_Stamp, KeySigner]] = {}

    def signer(self, member: MemberId) -> Signer | None:
        """The key that signs for a member; None if there is no file for it.

        Raises ConfigurationError if there is one that cannot be used.
        """
        path = key_file(self._directory, member)
        # Stamped before it is read: if it is replaced meanwhile, it is read again next time.
        stamp = _stamp(path)
        if stamp is None:
            return None
        known = self._signers.get(member)
        if known is None or known[0] != stamp:
            known = stamp, load_key(path, passphrase=self._passphrase)
            self._signers[member] = known
        return known[1]


def key_file(directory: Path, member: MemberId) -> Path:
    """Where a member's operator key is kept."""
    return directory / (member.replace(":", "-", 1) + ".key")


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"cannot read the key file {path}: {error}") from error
    return found.st_mtime_ns, found.st_size, found.st_ino

"""Which operator key signs for which member."""

from pathlib import Path
from typing import Protocol

from ledger.chain.signer import KeySigner, Signer, load_key
from ledger.types import MemberId


class Keyring(Protocol):
    """The operator keys that a service holds."""

    def signer(self, member: MemberId) -> Signer | None:
        """The key that signs for a member; None if this service holds none."""
        ...


class DirectoryKeyring:
    """Key files in one directory, named after their members: `lei:X` is in `lei-X.key`.

    A file is read when its key is first needed, as a keystore's passphrase takes a second to try.
    """

    def __init__(self, directory: Path, *, passphrase: str | None = None) -> None:
        self._directory = directory
        self._passphrase = passphrase
        self._signers: dict[MemberId, KeySigner] = {}

    def signer(self, member: MemberId) -> Signer | None:
        """The key that signs for a member; None if there is no file for it.

        Raises ConfigurationError if there is one that cannot be used.
        """
        if member not in self._signers:
            path = key_file(self._directory, member)
            if not path.exists():
                return None
            self._signers[member] = load_key(path, passphrase=self._passphrase)
        return self._signers[member]


def key_file(directory: Path, member: MemberId) -> Path:
    """Where a member's operator key is kept."""
    return directory / (member.replace(":", "-", 1) + ".key")

"""The development accounts: fresh random keys, made on first start and kept as files.

One file for each account, `account-<n>.key`, holds the private key in hex; the files are readable
by their owner only. They are on disk before the genesis block is, so no chain is ever without its
keys.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from eth_keys.datatypes import PrivateKey
from eth_utils.exceptions import ValidationError

from devnet.errors import DevnetError
from devnet.files import make_private_directory, write_durably


@dataclass(frozen=True, slots=True)
class Account:
    """A development account.

    address: EIP-55 checksummed.
    private_key: 32 bytes; worth nothing outside this chain.
    """

    address: str
    private_key: bytes = field(repr=False)

    @classmethod
    def from_private_key(cls, private_key: bytes) -> "Account":
        """Derive the address; DevnetError when the bytes are no secp256k1 private key."""
        try:
            public_key = PrivateKey(private_key).public_key
        except (ValidationError, ValueError) as exc:
            raise DevnetError("a private key is 32 bytes below the order of secp256k1") from exc
        return cls(public_key.to_checksum_address(), private_key)

    @property
    def canonical_address(self) -> bytes:
        """The address as 20 bytes."""
        return bytes.fromhex(self.address[2:])


def make_accounts(count: int) -> tuple[Account, ...]:
    """Make accounts with keys from the operating system's randomness."""
    return tuple(_make_account() for _ in range(count))


def ensure_accounts(directory: Path, count: int) -> tuple[Account, ...]:
    """Read the accounts whose files are there and make the missing ones.

    A start that was killed after some files, and before the genesis block, is thus taken up again.
    """
    make_private_directory(directory)
    return tuple(_ensure_account(_key_file(directory, index)) for index in range(count))


def load_accounts(directory: Path, addresses: tuple[str, ...]) -> tuple[Account, ...]:
    """Read the accounts of an existing chain.

    DevnetError when a file is missing or holds the key of another address.
    """
    accounts = []
    for index, address in enumerate(addresses):
        path = _key_file(directory, index)
        account = _read_account(path) if path.exists() else None
        if account is None or account.address != address:
            raise DevnetError(
                f"{path} must hold the private key of {address}: restore the file, or remove the"
                " whole data directory to start a new chain"
            )
        accounts.append(account)
    return tuple(accounts)


def _key_file(directory: Path, index: int) -> Path:
    return directory / f"account-{index}.key"


def _make_account() -> Account:
    while True:
        try:
            return Account.from_private_key(os.urandom(32))
        except DevnetError:  # about one in 2**128 draws is not below the curve's order
            continue


def _ensure_account(path: Path) -> Account:
    if path.exists():
        return _read_account(path)
    account = _make_account()
    write_durably(path, f"0x{account.private_key.hex()}\n".encode(), mode=0o600)
    return account


def _read_account(path: Path) -> Account:
    try:
        private_key = bytes.fromhex(path.read_text("ascii").strip().removeprefix("0x"))
        return Account.from_private_key(private_key)
    except (ValueError, DevnetError) as exc:
        raise DevnetError(f"{path} must hold one private key: 0x and 64 hex digits") from exc

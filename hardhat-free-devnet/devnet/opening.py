"""Opening a chain: the first start makes keys and the genesis block, later ones continue."""

import fcntl
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devnet.accounts import Account, ensure_accounts, load_accounts, make_accounts
from devnet.database import Database
from devnet.errors import DevnetError
from devnet.evm import Backend
from devnet.files import make_private_directory
from devnet.index import Index
from devnet.nodes import NodeStore

DEFAULT_CHAIN_ID: Final = 1_337_702
DEFAULT_ACCOUNTS: Final = 10
GENESIS_BALANCE_WEI: Final = 1_000_000 * 10**18

_DATABASE_FILE: Final = "chain.sqlite3"
_LOCK_FILE: Final = "lock"
_CHAIN_ID: Final = "chain_id"
# Above this, wallets that compute v = 2 * chain id + 36 in JavaScript numbers go wrong.
_GREATEST_CHAIN_ID: Final = 4_503_599_627_370_476
_MOST_ACCOUNTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class OpenChain:
    """The parts of a chain that was opened; `close` gives them back."""

    in_memory: bool
    chain_id: int
    accounts: tuple[Account, ...]
    database: Database
    store: NodeStore
    index: Index
    backend: Backend
    resources: ExitStack

    def close(self) -> None:
        """Close the database, then let other processes open the directory."""
        self.resources.close()


def key_directory(directory: Path) -> Path:
    """Where the accounts' keys lie in a data directory."""
    return directory / "keys"


def open_chain(directory: Path | None, *, chain_id: int | None, accounts: int | None) -> OpenChain:
    """Open the chain in a data directory, or make it there; None makes one in memory.

    chain_id, accounts: for the first start; later they are None or say what the chain has.
    Raises DevnetError when they do not, when keys are missing, when another process has the chain
    open, or when the directory cannot be used.
    """
    try:
        return _open(directory, chain_id, accounts)
    except OSError as exc:
        raise DevnetError(
            f"the data directory {directory} cannot be used ({exc}): make it writable, or use"
            " another one"
        ) from exc


def _open(directory: Path | None, chain_id: int | None, accounts: int | None) -> OpenChain:
    with ExitStack() as resources:
        if directory is not None:
            make_private_directory(directory)
            resources.callback(os.close, _lock(directory))
        database = Database.open(None if directory is None else directory / _DATABASE_FILE)
        resources.callback(database.close)
        if directory is None or database.setting(_CHAIN_ID) is None:
            known = _first_start(database, directory, chain_id, accounts)
        else:
            known = _later_start(database, directory, chain_id, accounts)
        store = NodeStore(database)
        backend = Backend(store, *known)
        return OpenChain(
            directory is None,
            *known,
            database,
            store,
            Index(database),
            backend,
            resources.pop_all(),
        )


def _first_start(
    database: Database, directory: Path | None, chain_id: int | None, count: int | None
) -> tuple[int, tuple[Account, ...]]:
    chain_id = DEFAULT_CHAIN_ID if chain_id is None else chain_id
    count = DEFAULT_ACCOUNTS if count is None else count
    if not 1 <= chain_id <= _GREATEST_CHAIN_ID:
        raise DevnetError(f"a chain id is a number from 1 to {_GREATEST_CHAIN_ID}, not {chain_id}")
    if not 1 <= count <= _MOST_ACCOUNTS:
        raise DevnetError(f"a chain starts with 1 to {_MOST_ACCOUNTS} accounts, not {count}")
    if directory is None:
        accounts = make_accounts(count)
    else:
        accounts = ensure_accounts(key_directory(directory), count)
    _write_genesis(database, chain_id, accounts)
    return chain_id, accounts


def _write_genesis(database: Database, chain_id: int, accounts: tuple[Account, ...]) -> None:
    store = NodeStore(database)
    genesis = Backend.make_genesis(
        store, chain_id, accounts, balance_wei=GENESIS_BALANCE_WEI, timestamp=int(time.time())
    )
    with database.transaction():
        store.flush()
        Index(database).add(genesis)
        database.set_setting(_CHAIN_ID, str(chain_id))
        database.execute_many(
            "INSERT INTO accounts VALUES (?, ?)",
            enumerate(account.address for account in accounts),
        )


def _later_start(
    database: Database, directory: Path, chain_id: int | None, count: int | None
) -> tuple[int, tuple[Account, ...]]:
    stored_chain_id = int(database.setting(_CHAIN_ID) or 0)
    rows = database.execute("SELECT address FROM accounts ORDER BY position")
    addresses = tuple(row[0] for row in rows)
    for name, wanted, stored in (
        ("chain id", chain_id, stored_chain_id),
        ("number of accounts", count, len(addresses)),
    ):
        if wanted not in (None, stored):
            raise DevnetError(
                f"the chain in {directory} has {name} {stored}, not {wanted}: leave the option"
                " away, or use another data directory"
            )
    return stored_chain_id, load_accounts(key_directory(directory), addresses)


def _lock(directory: Path) -> int:
    descriptor = os.open(directory / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        os.close(descriptor)
        raise DevnetError(
            f"another process runs the chain in {directory}: stop it, or use another data directory"
        ) from exc
    return descriptor

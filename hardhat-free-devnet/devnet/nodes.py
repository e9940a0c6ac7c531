"""py-evm's key/value store (state tries, code, headers, receipts) over the database.

Keys are hashes of their values, save for a few names such as the head of the chain. Nothing is
pruned, so the state after every block stays readable.
"""

from eth.db.atomic import AtomicDB
from eth.db.backends.base import BaseDB
from eth.db.batch import BatchDB

from devnet.database import Database


class NodeStore(AtomicDB):
    """Reads from the database; gathers writes in memory until they are flushed or discarded."""

    def __init__(self, database: Database) -> None:
        self._unsealed = BatchDB(_NodeTable(database))
        super().__init__(self._unsealed)

    def flush(self) -> None:
        """Write what gathered in memory; the caller is inside a database transaction."""
        self._unsealed.commit()

    def discard(self) -> None:
        """Forget what gathered in memory."""
        self._unsealed.clear()


class _NodeTable(BaseDB):
    def __init__(self, database: Database) -> None:
        self._database = database

    def __getitem__(self, key: bytes) -> bytes:
        row = self._database.execute("SELECT value FROM nodes WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        value: bytes = row[0]
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._database.execute(
            "INSERT INTO nodes VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def __delitem__(self, key: bytes) -> None:
        if self._database.execute("DELETE FROM nodes WHERE key = ?", (key,)).rowcount == 0:
            raise KeyError(key)

    def _exists(self, key: bytes) -> bool:
        row = self._database.execute("SELECT 1 FROM nodes WHERE key = ?", (key,)).fetchone()
        return row is not None

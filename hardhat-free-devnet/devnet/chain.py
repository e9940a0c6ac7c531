"""The devnet as one object: open it, ask it JSON-RPC requests, close it."""

import threading
from pathlib import Path
from types import TracebackType

from devnet.accounts import Account
from devnet.node import Node
from devnet.opening import OpenChain, open_chain
from devnet.rpc.dispatch import all_methods
from devnet.rpc.values import Json


class Devnet:
    """A development chain, for one process and any number of its threads.

    Make one with `Devnet.open`; it is also a context manager.
    """

    def __init__(self, chain: OpenChain, node: Node) -> None:
        self._chain = chain
        self._node = node
        self._methods = all_methods()
        self._lock = threading.RLock()

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        chain_id: int | None = None,
        accounts: int | None = None,
        auto_seal: bool = True,
    ) -> "Devnet":
        """Open the chain in a data directory, or make it there; None makes one in memory.

        chain_id, accounts: for the first start; later they are None or say what the chain has.
        auto_seal: seal each transaction at once; otherwise they wait for `seal` or `evm_mine`.
        Raises DevnetError when the chain cannot be opened.
        """
        chain = open_chain(path, chain_id=chain_id, accounts=accounts)
        return cls(chain, Node.load(chain, auto_seal=auto_seal))

    @property
    def chain_id(self) -> int:
        """The chain's id (EIP-155)."""
        return self._chain.chain_id

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts that the genesis block funds."""
        return self._chain.accounts

    def request(self, method: str, params: list[Json]) -> Json:
        """Answer a JSON-RPC request; RpcError when it is refused."""
        with self._lock:
            return self._methods.call(self._node, method, params)

    def seal(self) -> None:
        """Seal what waits as a block; nothing is sealed when nothing waits."""
        with self._lock:
            self._node.seal()

    def close(self) -> None:
        """Release the database and the directory. What waits for a block is lost."""
        with self._lock:
            self._chain.close()

    def __enter__(self) -> "Devnet":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

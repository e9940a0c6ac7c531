"""One node, asked about one block: what steps 6 to 8 share."""

from dataclasses import dataclass

from ledger.errors import ChainMismatch, TransportError
from ledger.evidence.view import ChainView
from ledger.types import BlockRef, ChainId


@dataclass(frozen=True, slots=True)
class PinnedNode:
    """A node of the expected chain, and its head when it was first asked."""

    view: ChainView
    head: BlockRef


class NodeAccess:
    """The node of one verification. It is asked for its chain and head once, when first needed.

    So a dead node is waited for once, and all answers of a live one describe the same block.
    """

    def __init__(self, view: ChainView | None, chain: ChainId) -> None:
        self._view = view
        self._chain = chain
        self._node: PinnedNode | TransportError | None = None

    def require(self) -> PinnedNode:
        """The node.

        Raises TransportError if there is none or it does not answer, ChainMismatch if it is on
        another chain.
        """
        if self._node is None:
            try:
                self._node = self._connect()
            except TransportError as error:
                self._node = error
        if isinstance(self._node, TransportError):
            raise self._node
        return self._node

    def _connect(self) -> PinnedNode:
        if self._view is None:
            raise TransportError("no node was asked")
        if (actual := self._view.chain_id()) != self._chain:
            raise ChainMismatch(f"the node is on {actual}: name a node of {self._chain}")
        return PinnedNode(self._view, self._view.head())

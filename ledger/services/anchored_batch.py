"""The final anchor of a batch, from which evidence of what is in the batch is made."""

from dataclasses import dataclass
from uuid import UUID

import rlp

from ledger.errors import Conflict
from ledger.evidence import Anchor, EventProof
from ledger.merkle import MerkleTree
from ledger.services.context import Ledger
from ledger.store import batches
from ledger.types import AccountName, MemberId


@dataclass(frozen=True, slots=True)
class AnchoredBatch:
    """A final batch: its tree, and what shows that its root is on the chain.

    leaf: where in the tree what was asked for begins. header: of the anchor's block, in RLP.
    """

    leaf: int
    tree: MerkleTree
    anchor: Anchor
    event: EventProof
    header: bytes


def anchored_batch(
    ledger: Ledger, member: MemberId, batch: UUID | None, leaf: int | None, *, what: str
) -> AnchoredBatch:
    """The batch and the leaf of what a member has. Raises Conflict while they are not final.

    batch, leaf: as they are kept, None before it is batched. what: as in "the document".
    """
    if batch is None or leaf is None:
        raise _not_final(what)
    with ledger.store.reading() as connection:
        stored = batches.anchor(connection, batch)
        if stored is None:
            raise _not_final(what)
        tree = ledger.trees.of(batch, lambda: batches.leaves(connection, batch))
    notary = AccountName(ledger.deployment.chain, ledger.deployment.notary)
    nodes = tuple(rlp.decode(stored.nodes))
    return AnchoredBatch(
        leaf=leaf,
        tree=tree,
        anchor=Anchor(notary, member, tree.root),
        event=EventProof(stored.transaction_index, stored.log_index, nodes),
        header=stored.header,
    )


def _not_final(what: str) -> Conflict:
    return Conflict(
        f"{what} is accepted and its anchor is not final yet; ask again in a moment",
        code="not-final-yet",
    )

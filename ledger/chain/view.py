"""Answers the Verifier's questions from a node, each pinned to a block."""

from ledger.chain.deployment import Deployment
from ledger.chain.holdings import read_holdings
from ledger.chain.invoice_book import InvoiceBook
from ledger.chain.invoice_forms import InvoiceState
from ledger.chain.notary import Notary
from ledger.chain.port import Chain, Reverted
from ledger.chain.record_forms import Freeze
from ledger.chain.wiring import check_deployment
from ledger.evidence.view import FreezeCause, Holding, Receivable, ReceivableStatus, Standing
from ledger.types import BlockRef, ChainId, Digest, MemberId, RecordId

_STATUS = {
    InvoiceState.REGISTERED: ReceivableStatus.REGISTERED,
    InvoiceState.ACCEPTED: ReceivableStatus.ACCEPTED,
    InvoiceState.REJECTED: ReceivableStatus.REJECTED,
    InvoiceState.CANCELLED: ReceivableStatus.CANCELLED,
    InvoiceState.SETTLED: ReceivableStatus.SETTLED,
    InvoiceState.VOIDED: ReceivableStatus.VOIDED,
}
_CAUSES = {
    Freeze.COUNCIL: FreezeCause.COUNCIL,
    Freeze.KEEPER: FreezeCause.KEEPER,
    Freeze.DISPUTE: FreezeCause.DISPUTE,
    Freeze.LOSS: FreezeCause.LOSS,
}


class NodeView:
    """The port `ledger.evidence.view.ChainView`, over a node and a deployment."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        self._chain = chain
        self._deployment = deployment
        self._notary = Notary(chain, deployment.notary)
        self._book = InvoiceBook(chain, deployment.invoice_book)

    def chain_id(self) -> ChainId:
        """The chain that the node is on, once it is known to be the deployment's.

        Raises ChainMismatch if the node is on another chain, though it may have the same id.
        """
        check_deployment(self._chain, self._deployment)
        return self._deployment.chain

    def head(self) -> BlockRef:
        """The newest block."""
        return self._chain.head().ref

    def canonical_hash(self, number: int) -> bytes | None:
        """Hash of the canonical block at a height; None above the head."""
        block = self._chain.block(number)
        return None if block is None else block.ref.hash

    def anchor_exists(self, member: MemberId, root: Digest, *, at: BlockRef) -> bool:
        """Whether the notary's state holds the member's anchor of the root."""
        return self._notary.is_anchored(member, root, at=at)

    def standing(self, member: MemberId, leaf_hash: Digest, *, at: BlockRef) -> Standing:
        """Whether the member revoked or superseded a leaf of its anchors."""
        revocation = self._notary.revocation_of(member, leaf_hash, at=at)
        return Standing(revocation.at, revocation.successor)

    def receivable(self, record: RecordId, *, at: BlockRef) -> Receivable | None:
        """A record of the invoice book; None if the book has none of this name."""
        try:
            found = self._book.record(record, at=at)
        except Reverted:
            return None
        held = read_holdings(
            self._book,
            record,
            holder=found.supplier,
            outstanding=found.outstanding,
            first_block=self._deployment.first_block,
            at=at,
        )
        return Receivable(
            commitment=found.commitment,
            supplier=found.supplier,
            buyer=found.buyer,
            status=_STATUS[found.state],
            freezes=tuple(_CAUSES[cause] for cause in found.freezes),
            disputed=found.disputed,
            undertaken_at=found.undertaken_at,
            overdue=found.overdue,
            strict_keys=frozenset(self._book.strict_keys(record, at=at)),
            total=found.total,
            retired=found.retired,
            holdings=tuple(
                Holding(member, position.free, position.reserved, position.pledged)
                for member, position in held.positions.items()
                if position.total
            ),
            history=self._book.history(record, at=at).digest,
        )

    def strict_key_holder(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        """The record that holds a strict key; None if the key is free."""
        return self._book.strict_key_holder(key, at=at)

    def alert_key_first(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        """The first record that noted an alert key; None if none did."""
        return self._book.alert_key_first(key, at=at)

    def alert_repeats(self, key: bytes, *, at: BlockRef) -> int:
        """How often an alert key was seen again after the first record that noted it."""
        return self._book.alert_repeats(key, at=at)

"""What the caller of a verification trusts, and what it asks for."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.invoices.read import DEFAULT_MAX_BYTES
from ledger.types import Address, ChainId

DEFAULT_MAX_EVIDENCE_BYTES = 1024 * 1024


class Scope(StrEnum):
    """How far a verification goes."""

    DOCUMENT = "document"
    """The document and its anchor: steps 0 to 7."""

    RECEIVABLE = "receivable"
    """As above, and for invoices the receivable on the chain: step 8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """Trust roots and limits of a verification. Nothing of it comes from the evidence.

    chain: the chain that anchors must be on.
    notaries: the notary contracts whose events count.
    invoice_book: the contract that keeps receivables; None if none is trusted.
    min_depth: blocks that must stand on top of a block before a node's word makes it final.
    pinned_block_hashes: blocks that the caller knows to be final, by their 32-byte hashes.
    is_development: whether the chain is one that anybody could have made up.
    require_standing: whether an answer is incomplete without the present standing (step 7).
    scope: how far to go.
    max_evidence_bytes, max_invoice_bytes: what is read into memory at most.
    """

    chain: ChainId
    notaries: frozenset[Address]
    invoice_book: Address | None
    min_depth: int
    is_development: bool
    pinned_block_hashes: frozenset[bytes] = frozenset()
    require_standing: bool = True
    scope: Scope = Scope.RECEIVABLE
    max_evidence_bytes: int = DEFAULT_MAX_EVIDENCE_BYTES
    max_invoice_bytes: int = DEFAULT_MAX_BYTES

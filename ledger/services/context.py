"""What the use cases work with."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ledger.anchoring.observer import SILENT, Observer
from ledger.chain.deployment import Deployment
from ledger.chain.invoice_book import InvoiceBook
from ledger.chain.keyring import Keyring
from ledger.chain.membership import Membership
from ledger.chain.notary import Notary
from ledger.chain.port import Chain
from ledger.invoices import Fingerprints
from ledger.invoices.read import DEFAULT_MAX_BYTES
from ledger.services.remembered import OneAsker, Remembered
from ledger.services.trees import RecentTrees
from ledger.store.engine import Store
from ledger.store.group_commit import GroupCommit
from ledger.types import MemberId, UnixTime

Clock = Callable[[], UnixTime]

OPERATOR_SECONDS = 2.0
"""How long documents are accepted after the chain was last asked whether a member's key may act."""

# For the two questions that a check takes: slower nodes have documents kept unchecked.
_PATIENCE_SECONDS = 1.0
_MOST_MEMBERS = 10_000
_TREES_LEAVES = 2**19  # 32 MiB


def system_clock() -> UnixTime:
    """The machine's time."""
    return UnixTime(int(time.time()))


@dataclass(frozen=True, slots=True)
class Ledger:
    """One service: its store, its node, its keys and its limits.

    intake: through which all that is accepted is kept.
    max_document_bytes: largest document that is accepted.
    observer: hears of what was accepted.
    operators: members whose operator key was lately found to act, or could not be asked about.
    asking: the one question about each member's key that is under way.
    max_bundle_bytes: most that is read of files which one request hands in.
    trees: of batches whose evidence was asked for lately.
    """

    store: Store
    intake: GroupCommit
    chain: Chain
    deployment: Deployment
    keyring: Keyring
    fingerprints: Fingerprints
    max_document_bytes: int
    max_bundle_bytes: int
    clock: Clock = system_clock
    observer: Observer = SILENT
    operators: Remembered[MemberId, bool] = field(
        default_factory=lambda: Remembered(seconds=OPERATOR_SECONDS, most=_MOST_MEMBERS)
    )
    asking: OneAsker[MemberId] = field(
        default_factory=lambda: OneAsker(patience_seconds=_PATIENCE_SECONDS)
    )
    trees: RecentTrees = field(default_factory=lambda: RecentTrees(max_leaves=_TREES_LEAVES))

    @property
    def max_invoice_bytes(self) -> int:
        """Largest invoice that is read: no larger than what every verifier reads."""
        return min(self.max_document_bytes, DEFAULT_MAX_BYTES)

    @property
    def membership(self) -> Membership:
        """The deployment's Membership."""
        return Membership(self.chain, self.deployment.membership)

    @property
    def notary(self) -> Notary:
        """The deployment's Notary."""
        return Notary(self.chain, self.deployment.notary)

    @property
    def book(self) -> InvoiceBook:
        """The deployment's InvoiceBook."""
        return InvoiceBook(self.chain, self.deployment.invoice_book)

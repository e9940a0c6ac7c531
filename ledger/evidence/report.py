"""What a verification found."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Generic, TypeVar

from ledger.documents import Disclosure, Statement
from ledger.evidence.receipts import AnchoredEvent
from ledger.evidence.view import Receivable, Standing
from ledger.invoices import Invoice
from ledger.types import BlockRef, ChainId, RecordId, UnixTime


class Verdict(StrEnum):
    """The answer, never stronger than its proof."""

    VERIFIED = "verified"
    """Every step that the policy asks for passed."""

    REFUTED = "refuted"
    """A step failed: this evidence does not show what it claims of this document."""

    REVOKED = "revoked"
    """It was notarised, and does not stand now: the statement was revoked or superseded; or the
    receivable was rejected, cancelled, voided or settled, or is frozen."""

    UNDETERMINED = "undetermined"
    """Nothing speaks against it, and something that the policy asks for could not be found out."""

    @property
    def exit_code(self) -> int:
        """Exit status of programs that give this answer; 2 is left for wrong usage."""
        return _EXIT_CODES[self]


_EXIT_CODES = {
    Verdict.VERIFIED: 0,
    Verdict.REFUTED: 1,
    Verdict.UNDETERMINED: 3,
    Verdict.REVOKED: 4,
}


class Step(Enum):
    """The steps of a verification, in order: number and what is asked."""

    FORM = (0, "the evidence is well formed")
    DOCUMENT = (1, "the document is the one stated")
    COMMITMENT = (2, "fields, statement and salt give a commitment")
    INCLUSION = (3, "the commitment is in the tree")
    EVENT = (4, "the notary recorded the tree for this member")
    RECEIPT = (5, "the record is in the block")
    FINALITY = (6, "the block is final")
    STANDING = (7, "the statement still stands")
    RECEIVABLE = (8, "the receivable stands")

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title


class Outcome(StrEnum):
    """What became of a step. One that failed or found a revocation is the last one taken."""

    PASSED = "passed"
    FAILED = "failed"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step: which, what became of it, and why, in a sentence for a person."""

    step: Step
    outcome: Outcome
    sentence: str


Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Finding(Generic[Facts]):
    """What a step came to: outcome, a sentence for a person, and what it established."""

    outcome: Outcome
    sentence: str
    facts: Facts


class FinalityBasis(StrEnum):
    """What the finality of a block rests on."""

    PINNED = "pinned block"
    DEPTH = "depth at a node"
    DEVELOPMENT = "development chain"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Finality:
    """How sure it is that the block stays, and by whose word, in a sentence for a person."""

    basis: FinalityBasis
    sentence: str


@dataclass(frozen=True, slots=True)
class AnchorFacts:
    """What the event in the block says, once steps 4 and 5 passed.

    not_after: time of the block: the document existed then, as its proposer's clock had it.
    """

    chain: ChainId
    event: AnchoredEvent
    block: BlockRef
    not_after: UnixTime


@dataclass(frozen=True, slots=True)
class AlertKeyFacts:
    """What the chain knows of an alert key that was computed from the invoice.

    first: the first record that noted it; None if none did.
    repeats: how often it was seen again after that.
    """

    key: bytes
    first: RecordId | None
    repeats: int

    def counted_for(self, record: RecordId) -> int:
        """Repeats as a clearance of `record` counts them: one or more if another noted it first."""
        return self.repeats if self.first in (None, record) else max(self.repeats, 1)


@dataclass(frozen=True, slots=True)
class ReceivableFacts:
    """The receivable on the chain, once supplier and commitment were found to be right.

    seen_at: the block whose state is described.
    alert_keys: of the invoice; None unless its identity was found to be the record's.
    unchecked_keys: number of the record's strict keys that are beside the invoice's: as many again,
        under a version of the fingerprint key that the caller does not hold.
    """

    record: RecordId
    receivable: Receivable
    seen_at: BlockRef
    alert_keys: tuple[AlertKeyFacts, ...] | None
    unchecked_keys: int = 0

    @property
    def alerts(self) -> tuple[RecordId, ...]:
        """Other records that noted one of the alert keys before; they block nothing."""
        first = (found.first for found in self.alert_keys or ())
        return tuple(dict.fromkeys(other for other in first if other not in (None, self.record)))

    @property
    def repeats(self) -> int:
        """How often any of the alert keys was seen again, at most, as a clearance counts it."""
        return max((found.counted_for(self.record) for found in self.alert_keys or ()), default=0)

    @property
    def left_out(self) -> int:
        """Number of alert keys that no registration named, so that no clearance passes."""
        return sum(found.first is None for found in self.alert_keys or ())


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to one verification.

    steps: all nine in order.
    finality: what the answer rests on.
    statement, anchor, standing, receivable: what was established; None where a step before it was
        not passed.
    fields: those of the statement that are shown; None, too, if it has none. They are the member's
        word, which only the document itself can confirm (step 1).
    invoice: what the document itself says, once its bytes were found to be those stated (step 1);
        None if it is no invoice, or one that cannot be read. Nobody vouches for what it says.
    """

    verdict: Verdict
    steps: tuple[StepResult, ...]
    finality: Finality
    statement: Statement | None
    fields: Disclosure | None
    anchor: AnchorFacts | None
    standing: Standing | None
    receivable: ReceivableFacts | None
    invoice: Invoice | None

    @property
    def saw_document(self) -> bool:
        """Whether the document was looked at, and was found to be the one stated."""
        return self.steps[Step.DOCUMENT.number].outcome is Outcome.PASSED

    @property
    def failed(self) -> StepResult | None:
        """The step that refutes; None for every other verdict."""
        return next((step for step in self.steps if step.outcome is Outcome.FAILED), None)

"""Evidence files, the proofs in them, and the Verifier. Pure: no network and no database.

SPEC.md describes the file and what a verifier must do with it.
"""

from ledger.evidence.headers import BlockHeader, decode_header
from ledger.evidence.model import (
    Anchor,
    EventProof,
    Evidence,
    Inclusion,
    RecordName,
)
from ledger.evidence.parsing import parse_evidence
from ledger.evidence.policy import Scope, TrustPolicy
from ledger.evidence.receipt_trie import prove_receipt, verify_receipt
from ledger.evidence.receipts import (
    ANCHORED_TOPIC,
    AnchoredEvent,
    ReceiptLog,
    decode_anchored,
    decode_receipt,
)
from ledger.evidence.receivable import FINGERPRINT_DOUBT
from ledger.evidence.report import (
    AlertKeyFacts,
    AnchorFacts,
    Finality,
    FinalityBasis,
    Outcome,
    ReceivableFacts,
    Report,
    Step,
    StepResult,
    Verdict,
)
from ledger.evidence.template import EvidenceTemplate
from ledger.evidence.verifier import Verifier
from ledger.evidence.view import (
    ChainView,
    FreezeCause,
    Holding,
    Receivable,
    ReceivableStatus,
    Standing,
)

__all__ = [
    "ANCHORED_TOPIC",
    "FINGERPRINT_DOUBT",
    "AlertKeyFacts",
    "Anchor",
    "AnchorFacts",
    "AnchoredEvent",
    "BlockHeader",
    "ChainView",
    "EventProof",
    "Evidence",
    "EvidenceTemplate",
    "Finality",
    "FinalityBasis",
    "FreezeCause",
    "Holding",
    "Inclusion",
    "Outcome",
    "ReceiptLog",
    "Receivable",
    "ReceivableFacts",
    "ReceivableStatus",
    "RecordName",
    "Report",
    "Scope",
    "Standing",
    "Step",
    "StepResult",
    "TrustPolicy",
    "Verdict",
    "Verifier",
    "decode_anchored",
    "decode_header",
    "decode_receipt",
    "parse_evidence",
    "prove_receipt",
    "verify_receipt",
]

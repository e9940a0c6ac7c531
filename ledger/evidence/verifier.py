"""The Verifier: document, if there is one, and evidence in, report out.

The steps are numbered as in SPEC.md, and each says no more than what it looked at. Reading the
chain is left to a ChainView; without one, whatever only the chain knows is reported as unknown.
"""

from contextlib import suppress
from typing import BinaryIO

from ledger.evidence.document import judge_document
from ledger.evidence.finality import judge_finality
from ledger.evidence.model import Evidence
from ledger.evidence.node import NodeAccess
from ledger.evidence.parsing import parse_evidence
from ledger.evidence.policy import TrustPolicy
from ledger.evidence.proof import match_event, match_fields, match_receipt, match_root
from ledger.evidence.receivable import InvoiceInHand, judge_receivable
from ledger.evidence.report import AnchorFacts, Outcome, Report, Step
from ledger.evidence.standing import judge_standing
from ledger.evidence.trail import Stopped, Trail
from ledger.evidence.view import ChainView
from ledger.invoices import Fingerprints, Invoice


class Verifier:
    """Checks documents against their evidence under one policy. Holds no state between calls.

    policy: what is trusted, and what is asked for.
    view: the node to ask; None to verify without one.
    fingerprints: the members' keyed functions for identity keys; None if the caller lacks them.
    """

    def __init__(
        self,
        policy: TrustPolicy,
        view: ChainView | None,
        fingerprints: Fingerprints | None = None,
    ) -> None:
        self._policy = policy
        self._view = view
        self._fingerprints = fingerprints

    def verify(self, document: bytes | BinaryIO | None, evidence: bytes) -> Report:
        """Check a document, given as bytes or as a stream that is read once, and its evidence.

        Without a document the answer is about the statement and the fields that are shown. What is
        wrong with document and evidence stands in the report. Nothing is raised but what reading
        the stream raises by itself.
        """
        trail = Trail()
        with suppress(Stopped):
            self._examine(trail, document, evidence)
        return trail.report()

    def _examine(self, trail: Trail, document: bytes | BinaryIO | None, encoded: bytes) -> None:
        # 0. Parse strictly.
        with trail.step(Step.FORM) as note:
            evidence = parse_evidence(encoded, max_bytes=self._policy.max_evidence_bytes)
            note(Outcome.PASSED, "The evidence is well formed.")
        # 1. Document bytes to digest, size and fields.
        with trail.step(Step.DOCUMENT) as note:
            found = judge_document(
                document, evidence, max_invoice_bytes=self._policy.max_invoice_bytes
            )
            invoice = InvoiceInHand(found.facts, self._fingerprints)
            trail.invoice = found.facts if isinstance(found.facts, Invoice) else None
            note(found.outcome, found.sentence)
        # 2. Fields, salt and statement to the commitment.
        with trail.step(Step.COMMITMENT) as note:
            match_fields(evidence)
            note(Outcome.PASSED, f"The commitment is 0x{evidence.opening.commitment.hex()}.")
        # 3. Commitment to leaf to Merkle root.
        with trail.step(Step.INCLUSION) as note:
            match_root(evidence)
            index, size = evidence.inclusion.index, evidence.inclusion.size
            note(Outcome.PASSED, f"The commitment is leaf {index} of a tree of {size}.")
        # 4. Root, size and member to the event of the expected contract on the expected chain.
        with trail.step(Step.EVENT) as note:
            event = match_event(evidence, self._policy)
            note(Outcome.PASSED, f"The trusted notary recorded the tree for {event.member}.")
        # 5. Event to receipt to the receipts root.
        with trail.step(Step.RECEIPT) as note:
            match_receipt(evidence)
            block = evidence.block
            trail.statement = evidence.opening.statement
            trail.fields = evidence.fields
            trail.anchor = AnchorFacts(self._policy.chain, event, block.ref, block.timestamp)
            note(Outcome.PASSED, f"The event is in block {block.ref.number}.")
        self._ask_node(trail, evidence, invoice)

    def _ask_node(self, trail: Trail, evidence: Evidence, invoice: InvoiceInHand) -> None:
        node = NodeAccess(self._view, self._policy.chain)
        # 6. Header hash and finality under the caller's policy.
        with trail.step(Step.FINALITY) as note:
            finality = judge_finality(evidence.block.ref, self._policy, node)
            trail.finality = finality.facts
            note(finality.outcome, finality.sentence)
        # 7. Standing now.
        with trail.step(Step.STANDING) as note:
            standing = judge_standing(evidence, self._policy, node)
            trail.standing = standing.facts
            note(standing.outcome, standing.sentence)
        # 8. The receivable.
        with trail.step(Step.RECEIVABLE) as note:
            receivable = judge_receivable(evidence, invoice, self._policy, node)
            trail.receivable = receivable.facts
            note(receivable.outcome, receivable.sentence)

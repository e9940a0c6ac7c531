"""Verifying the sample invoice as a receivable."""

from dataclasses import replace

from ledger.evidence import (
    Evidence,
    Outcome,
    Report,
    Scope,
    TrustPolicy,
    Verdict,
    Verifier,
)
from ledger.invoices import Fingerprints
from ledger.types import RecordId
from tests.unit.evidence.ledger_world import (
    FINGERPRINTS,
    INVOICE,
    INVOICE_EVIDENCE,
    POLICY,
    HeldChain,
)

OTHER_RECORD = RecordId(b"\x0f" * 32)
DOCUMENT_ONLY = replace(POLICY, scope=Scope.DOCUMENT)


def held() -> HeldChain:
    return HeldChain.holding(INVOICE_EVIDENCE)


def verify(
    view: HeldChain | None,
    *,
    evidence: Evidence = INVOICE_EVIDENCE,
    document: bytes = INVOICE,
    policy: TrustPolicy = POLICY,
    fingerprints: Fingerprints | None = FINGERPRINTS,
) -> Report:
    return Verifier(policy, view, fingerprints).verify(document, evidence.serialise())


def assert_step_8(
    report: Report,
    verdict: Verdict,
    outcome: Outcome,
    reason: str,
    *,
    document: Outcome = Outcome.PASSED,
) -> None:
    assert report.verdict is verdict
    assert report.steps[1].outcome is document
    others = (report.steps[0], *report.steps[2:8])
    assert [result.outcome for result in others] == [Outcome.PASSED] * 7
    assert report.steps[8].outcome is outcome
    assert reason in report.steps[8].sentence


def assert_refuted(report: Report, reason: str) -> None:
    assert_step_8(report, Verdict.REFUTED, Outcome.FAILED, reason)
    assert report.receivable is None

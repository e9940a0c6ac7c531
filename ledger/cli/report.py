"""The report of a verification, as lines for a person."""

import click

from ledger.cli.evidence_stream import holds_many
from ledger.cli.output import printable, sentence
from ledger.cli.report_fields import field_lines
from ledger.documents import DocumentDigest, Statement
from ledger.evidence import (
    FINGERPRINT_DOUBT,
    AnchorFacts,
    FinalityBasis,
    Outcome,
    Report,
    Step,
    StepResult,
    Verdict,
)
from ledger.invoices import Invoice, Party
from ledger.services.settings import FINGERPRINT_KEY_VARIABLE
from ledger.types import to_hex, utc_text

_MARK_WIDTH = max(len(outcome.value) for outcome in Outcome)
_COLOURS = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.REVOKED: "red",
    Outcome.UNKNOWN: "yellow",
}
_VERDICT_COLOURS = {Verdict.VERIFIED: "green", Verdict.UNDETERMINED: "yellow"}
_RESTS_ON = {
    FinalityBasis.PINNED: "by a block that you pinned",
    FinalityBasis.DEPTH: "by the word of the node that was asked",
    FinalityBasis.DEVELOPMENT: (
        "on a development chain (nobody seals its blocks, and who runs it can rewrite it)"
    ),
}
_FINGERPRINT_KEY_HINT = (
    "The fingerprint key is the one that all members hold; here it comes from"
    f" ${FINGERPRINT_KEY_VARIABLE}, else from key_file in the table [fingerprint] of the"
    " configuration file."
)
_SCOPE_HINT = (
    "Whether a receivable is the document's cannot be known without it: --scope document asks for"
    " the statement and its fields alone."
)
_MANY_HINT = "This is the evidence of many documents: take one out with sealbook pick."
# What is said of a file that is no JSON: text, other bytes, or more than evidence ever has.
_NO_JSON = ("not json", "not utf-8", "json text of")
# The outcome that decides each verdict but the good one.
_DECIDES = {
    Verdict.REFUTED: Outcome.FAILED,
    Verdict.REVOKED: Outcome.REVOKED,
    Verdict.UNDETERMINED: Outcome.UNKNOWN,
}


def report_lines(report: Report, evidence: bytes) -> list[str]:
    """Every step with its number, a mark and a sentence, then the verdict, and what it is about.

    evidence: the file that was verified, or its beginning.
    """
    return [
        *map(_step_line, report.steps),
        "",
        _verdict_line(report),
        *_explanation(report),
        *([] if report.invoice is None else [_invoice_line(report.invoice)]),
        *field_lines(report),
        *hints(report, evidence),
    ]


def _step_line(result: StepResult) -> str:
    mark = result.outcome.value.ljust(_MARK_WIDTH)
    colour = _COLOURS.get(result.outcome)
    shown = click.style(mark, dim=True) if colour is None else click.style(mark, fg=colour)
    return f"{result.step.number}  {shown}  {sentence(result.sentence)}"


def _verdict_line(report: Report) -> str:
    word = click.style(
        report.verdict.value.upper(), fg=_VERDICT_COLOURS.get(report.verdict, "red"), bold=True
    )
    rests_on = _RESTS_ON.get(report.finality.basis)
    if report.verdict is Verdict.VERIFIED or report.verdict is Verdict.REVOKED:
        word = f"{word} {rests_on}" if rests_on else word
    if report.verdict is Verdict.VERIFIED:
        return f"{word}."
    return f"{word} at {_deciding_steps(report)}."


def _deciding_steps(report: Report) -> str:
    decisive = _DECIDES[report.verdict]
    steps = [result.step for result in report.steps if result.outcome is decisive]
    return ", and ".join(f"step {step.number} (whether {step.title})" for step in steps)


def _explanation(report: Report) -> list[str]:
    if report.verdict is not Verdict.VERIFIED:
        return [_MEANINGS[report.verdict]]
    lines = []
    if report.statement is not None and report.anchor is not None:
        lines.append(_notarisation(report, report.statement, report.anchor))
        lines += _unseen(report, report.statement)
    if report.standing is None:
        lines.append("Whether it was revoked since was not asked.")
    return lines


_MEANINGS = {
    Verdict.REFUTED: "The evidence does not show what it claims of this document.",
    Verdict.REVOKED: "It was notarised, and it does not stand now.",
    Verdict.UNDETERMINED: "Nothing speaks against it, and not all that was asked is known.",
}


def _notarisation(report: Report, statement: Statement, anchor: AnchorFacts) -> str:
    kind = statement.kind.value
    return (
        f"{statement.member} notarised {'this' if report.saw_document else _INDEFINITE[kind]}"
        f" {kind} not after {utc_text(anchor.not_after)}, in block {anchor.block.number} of"
        f" {anchor.chain}."
    )


_INDEFINITE = {"document": "a", "invoice": "an"}


def _unseen(report: Report, statement: Statement) -> list[str]:
    """What a verdict without the document does not say."""
    if report.saw_document:
        return []
    said = "No document was looked at"
    if isinstance(statement.content, DocumentDigest):
        size, digest = statement.content.size, to_hex(statement.content.digest)
        said += f": it is stated to have {size:,} bytes and the SHA-256 digest {digest}"
        return [f"{said}."]
    return [f"{said}: this is about the member's statement alone."]


def _invoice_line(invoice: Invoice) -> str:
    return printable(
        f"The document itself says: invoice {invoice.number} of {invoice.issue_date.isoformat()},"
        f" {invoice.gross.amount:,f} {invoice.gross.currency}, seller {_name(invoice.seller)},"
        f" buyer {_name(invoice.buyer)}."
    )


def _name(party: Party) -> str:
    return party.name or "without a name"


def hints(report: Report, evidence: bytes) -> list[str]:
    """What else than bad evidence may be the cause, and what can be asked instead.

    evidence: the file that was verified, or its beginning.
    """
    failed = report.failed
    if failed is None:
        return _scope_hint(report)
    if failed.step is Step.FORM and holds_many(evidence):
        return [_MANY_HINT]
    if failed.step is Step.FORM and any(words in failed.sentence.lower() for words in _NO_JSON):
        return ["Is this the evidence file? DOCUMENT comes first."]
    if FINGERPRINT_DOUBT in failed.sentence:
        return [_FINGERPRINT_KEY_HINT]
    return []


def _scope_hint(report: Report) -> list[str]:
    unknown = [step.step for step in report.steps if step.outcome is Outcome.UNKNOWN]
    if unknown == [Step.RECEIVABLE] and not report.saw_document:
        return [_SCOPE_HINT]
    return []

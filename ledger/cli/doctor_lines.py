"""What `sealbook doctor` prints of its findings."""

import textwrap
from collections.abc import Sequence

import click

from ledger.cli.output import JsonObject, printable
from ledger.services.doctor.findings import Finding, Status

_MARKS = {
    Status.OK: ("ok", "green"),
    Status.WARNING: ("warning", "yellow"),
    Status.WRONG: ("wrong", "red"),
    Status.NOT_REACHED: ("unknown", "yellow"),
}
_MARK_COLUMNS = 9
_INDENT = " " * (_MARK_COLUMNS + 2)


def finding_lines(finding: Finding, *, width: int) -> list[str]:
    """One finding: what is so, and what to do about it."""
    word, colour = _MARKS[finding.status]
    mark = click.style(word.ljust(_MARK_COLUMNS), fg=colour, bold=finding.status is Status.WRONG)
    first, *rest = _wrapped(f"{finding.check}: {finding.says}", width)
    lines = [f"  {mark}{first}", *(_INDENT + line for line in rest)]
    if finding.remedy is not None:
        lines += [f"{_INDENT}→ {line}" for line in _wrapped(finding.remedy, width - 2)[:1]]
        lines += [f"{_INDENT}  {line}" for line in _wrapped(finding.remedy, width - 2)[1:]]
    return lines


def summary(findings: Sequence[Finding]) -> str:
    """How it stands as a whole."""
    counted = {status: sum(item.status is status for item in findings) for status in Status}
    if counted[Status.OK] == len(findings):
        return f"All is well: {_checks(len(findings))}."
    words = {
        Status.WRONG: "wrong",
        Status.NOT_REACHED: "not known",
        Status.WARNING: "to be looked at",
        Status.OK: "well",
    }
    parts = [f"{counted[status]} {word}" for status, word in words.items() if counted[status]]
    return f"{_checks(len(findings))}: {', '.join(parts)}."


def findings_json(findings: Sequence[Finding], exit_code: int) -> JsonObject:
    """All findings for programs."""
    return {
        "healthy": exit_code == 0,
        "findings": [
            {
                "check": item.check,
                "status": item.status.value,
                "says": item.says,
                "remedy": item.remedy,
            }
            for item in findings
        ],
    }


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        printable(text), width - len(_INDENT), break_long_words=False, break_on_hyphens=False
    )


def _checks(count: int) -> str:
    return f"{count} check{'' if count == 1 else 's'}"

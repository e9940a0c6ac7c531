"""The fields of a statement in the report of a verification: shown or hidden, and by whose word."""

import json

from ledger.cli.output import JsonObject, printable
from ledger.cli.words import table
from ledger.documents import FieldOrigin
from ledger.evidence import FinalityBasis, Report, Verdict

_INDENT = "  "


def field_lines(report: Report) -> list[str]:
    """What was proved of the fields, with their values, and which are hidden."""
    fields = report.fields
    if fields is None or report.verdict is Verdict.REFUTED:
        return []
    rows = [(name, _shown(field.value)) for name, field in fields.shown.items()]
    lines = [_heading(report), *(_INDENT + line for line in table(rows))] if rows else []
    if fields.hidden_names:
        lines.append(f"Hidden: {', '.join(fields.hidden_names)}.")
    return lines


def fields_json(report: Report) -> JsonObject | None:
    """The fields for programs; None if the statement has none, or was not established."""
    fields, statement = report.fields, report.statement
    if fields is None or statement is None or statement.origin is None:
        return None
    return {
        "origin": statement.origin.value,
        "compared_with_document": statement.origin is FieldOrigin.READ and report.saw_document,
        "shown": {name: field.value for name, field in fields.shown.items()},
        "hidden": list(fields.hidden_names),
    }


def _heading(report: Report) -> str:
    """By whose word the values stand. Nothing is proved before the block is final."""
    word = "Stated" if report.finality.basis is FinalityBasis.NONE else "Proved"
    statement = report.statement
    member = "" if statement is None else statement.member
    if statement is not None and statement.origin is FieldOrigin.DECLARED:
        return f"{word} fields, declared by {member}, which the document does not prove:"
    if report.saw_document:
        return f"{word} fields, as the document itself says:"
    return f"{word} fields, which {member} states to have read from the document:"


def _shown(value: object) -> str:
    if value is None or value == []:
        return "(none)"
    if isinstance(value, list):
        return "; ".join(printable(str(item)) for item in value)
    if isinstance(value, dict):
        return printable(json.dumps(value, ensure_ascii=False))
    return printable(str(value))

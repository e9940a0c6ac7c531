"""A screening as lines for a person: verdicts with their points, findings with their evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.cli.output import printable
from ledger.cli.screening_answer import (
    ScreeningAnswer,
    ShownExhibit,
    ShownFile,
    ShownFinding,
    ShownRecord,
)
from ledger.cli.words import units

_VERDICTS: Mapping[str | None, str] = {
    "blocked": "is BLOCKED",
    "review": "is FOR REVIEW",
    "clear": "is CLEAR",
    None: "could NOT be read",
}


def screening_lines(answer: ScreeningAnswer) -> list[str]:
    """Each file, then the records that were named, then what all of it was read at."""
    lines = [line for file in answer.files for line in (*_file(file), "")]
    if answer.records:
        lines += ["Records:", *(f"  {_record(record)}" for record in answer.records), ""]
    read = "none" if answer.projected_to is None else f"block {answer.projected_to}"
    lines.append(
        f"Read at block {answer.block} ({answer.time}); events up to {read}. Trade in circles was"
        f" looked for among the registrations that you may see: {units(answer.trades)}. From"
        f" {answer.review_from} points on, a person should look."
    )
    return [printable(line) for line in lines]


def _file(file: ShownFile) -> Iterator[str]:
    if file.verdict is None:
        yield f"{file.name} {_VERDICTS[None]}: {file.problem}"
        return
    yield f"{file.name} {_VERDICTS[file.verdict]}: {_score(file)}"
    yield f"  {file.invoice}"
    for finding in file.findings:
        yield from _finding(finding)
    for note in file.not_looked_at:
        yield f"  Not looked at: {note}"


def _score(file: ShownFile) -> str:
    parts = [str(finding.points) for finding in file.findings if finding.points]
    if not parts:
        return "0 points"
    return (
        f"{file.score} points" if len(parts) == 1 else f"{file.score} points = {' + '.join(parts)}"
    )


def _finding(finding: ShownFinding) -> Iterator[str]:
    yield f"  {finding.points:>3}  {finding.kind}: {finding.sentence}"
    for told in _told(finding.exhibits):
        yield f"         {told}"


def _told(exhibits: Sequence[ShownExhibit]) -> Iterator[str]:
    """What each thing says, with the keys of one place in one line."""
    rules: dict[str, dict[str, None]] = {}
    for exhibit in exhibits:
        met = rules.setdefault(_place(exhibit), {})
        if exhibit.rule is not None:
            met[exhibit.rule] = None
    for place, met in rules.items():
        shared = f"shares {', '.join(sorted(met))}" if met else ""
        yield ": ".join(part for part in (place, shared) if part)


def _place(exhibit: ShownExhibit) -> str:
    return ", ".join(_parts(exhibit))


def _parts(exhibit: ShownExhibit) -> Iterator[str]:
    if exhibit.traders is not None:
        yield " → ".join(exhibit.traders)
    if exhibit.file is not None:
        yield f"file {exhibit.file}"
    if exhibit.seen is not None:
        number, day, seen_at = exhibit.seen
        yield f"{number} of {day}, seen at {seen_at}"
    if exhibit.record is not None:
        yield f"record {exhibit.record}"
    if exhibit.units is not None:
        yield f"{units(exhibit.units)} units"
    if exhibit.block is not None:
        yield f"block {exhibit.block} ({exhibit.time})"


def _record(record: ShownRecord) -> str:
    told = (
        f"{record.id}: {record.state}, {units(record.total)} units of {record.supplier} for"
        f" {record.buyer}"
    )
    if record.retired:
        told += f", {units(record.retired)} of them retired"
    return told if record.holders is None else f"{told}; {_holders(record.holders)}"


def _holders(holders: Iterable[tuple[str, int]]) -> str:
    held = ", ".join(f"{member} {units(amount)}" for member, amount in holders)
    return f"held by {held}" if held else "nobody holds any"

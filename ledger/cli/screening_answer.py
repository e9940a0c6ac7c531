"""A screening as it goes to a service and comes back, in the forms of its API."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

import click

from ledger.cli.output import JsonObject, printable
from ledger.errors import ConfigurationError, TransportError
from ledger.types import MemberId, RecordId, to_hex

_VERDICTS = frozenset({"blocked", "review", "clear", None})


@dataclass(frozen=True, slots=True)
class FileToScreen:
    """A file, the record that it was offered as, and the members that its parties are, if known.

    name: by which the service calls it, which need not know in which folder it is (`names_of`).
    """

    path: Path
    name: str
    record: RecordId | None
    supplier: MemberId | None
    buyer: MemberId | None

    def form(self) -> JsonObject:
        """As the API takes it. Raises ConfigurationError if the file cannot be read."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise ConfigurationError(f"cannot read {self.path}: {error.strerror}") from error
        named = {
            "record": None if self.record is None else to_hex(self.record),
            "supplier": self.supplier,
            "buyer": self.buyer,
        }
        return {
            "name": self.name,
            "content_base64": base64.b64encode(content).decode(),
            **{name: value for name, value in named.items() if value is not None},
        }


def names_of(paths: Iterable[Path]) -> list[str]:
    """The files' own names, numbered from the second on where several have the same."""
    names: dict[str, None] = {}
    for path in paths:
        own = printable(click.format_filename(path.name))
        numbered = (f"{own} ({number})" for number in count(2))
        names[next(name for name in chain([own], numbered) if name not in names)] = None
    return list(names)


@dataclass(frozen=True, slots=True)
class ShownExhibit:
    """One thing that a finding rests on. seen: number, date and time of an earlier sighting."""

    record: str | None
    rule: str | None
    block: int | None
    time: str | None
    units: int | None
    traders: tuple[str, str] | None
    file: str | None
    seen: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """What was found, and what it weighs."""

    kind: str
    sentence: str
    points: int
    exhibits: tuple[ShownExhibit, ...]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """The answer for one file.

    verdict: blocked, review or clear; None for a file that could not be read, whose problem says
    why. invoice: which one it is, in words.
    """

    name: str
    verdict: str | None
    score: int
    invoice: str | None
    findings: tuple[ShownFinding, ...]
    not_looked_at: tuple[str, ...]
    problem: str | None


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record that findings name. holders: who holds how much, where that was asked."""

    id: str
    state: str
    supplier: str
    buyer: str
    total: int
    retired: int
    holders: tuple[tuple[str, int], ...] | None


@dataclass(frozen=True, slots=True)
class ScreeningAnswer:
    """What a service answered. form: all of it, as it came."""

    form: JsonObject
    block: int
    time: str
    projected_to: int | None
    trades: int
    review_from: int
    files: tuple[ShownFile, ...]
    records: tuple[ShownRecord, ...]


def read_answer(content: bytes, asked: Iterable[FileToScreen] = ()) -> ScreeningAnswer:
    """Read what a service answered, and call the files that it was asked for by their paths again.

    Sentences keep the names that were sent. Raises TransportError if the answer is not of the API's
    form.
    """
    try:
        form = json.loads(content)
        _call_by_path(form, {file.name: _path_text(file.path) for file in asked})
        return ScreeningAnswer(
            form=form,
            block=int(form["block"]["number"]),
            time=str(form["block"]["time"]),
            projected_to=form.get("projected_to"),
            trades=int(form["trades"]),
            review_from=int(form["review_from"]),
            files=tuple(_file(file) for file in form["files"]),
            records=tuple(_record(record) for record in form["records"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TransportError(
            "the service's answer is not a screening; is this the URL of a Sealbook service?"
        ) from error


def _call_by_path(form: Mapping[str, Any], paths: Mapping[str, str]) -> None:
    for file in form["files"]:
        file["name"] = paths.get(file["name"], file["name"])
        for exhibit in (exhibit for found in file["findings"] for exhibit in found["evidence"]):
            if "file" in exhibit:
                exhibit["file"] = paths.get(exhibit["file"], exhibit["file"])


def _path_text(path: Path) -> str:
    return printable(click.format_filename(path))


def _file(form: Mapping[str, Any]) -> ShownFile:
    return ShownFile(
        name=str(form["name"]),
        verdict=_verdict(form),
        score=int(form["score"]),
        invoice=_invoice(form["invoice"]) if "invoice" in form else None,
        findings=tuple(
            ShownFinding(
                kind=str(found["kind"]),
                sentence=str(found["sentence"]),
                points=int(found["points"]),
                exhibits=tuple(_exhibit(exhibit) for exhibit in found["evidence"]),
            )
            for found in form["findings"]
        ),
        not_looked_at=tuple(str(note) for note in form["not_looked_at"]),
        problem=form.get("problem"),
    )


def _verdict(form: Mapping[str, Any]) -> str | None:
    found: str | None = form.get("verdict")
    if found not in _VERDICTS:
        raise ValueError(found)
    return found


def _invoice(form: Mapping[str, Any]) -> str:
    return (
        f"{form['number']} of {form['issue_date']}, {form['gross_amount']} {form['currency']},"
        f" from {form['seller']} to {form['buyer']}"
    )


def _exhibit(form: Mapping[str, Any]) -> ShownExhibit:
    seen = form.get("seen")
    return ShownExhibit(
        record=form.get("record"),
        rule=form.get("rule"),
        block=form.get("block"),
        time=form.get("time"),
        units=form.get("units"),
        traders=(str(form["supplier"]), str(form["buyer"])) if "supplier" in form else None,
        file=form.get("file"),
        seen=None
        if seen is None
        else (str(seen["number"]), str(seen["issue_date"]), str(seen["seen_at"])),
    )


def _record(form: Mapping[str, Any]) -> ShownRecord:
    holders = form.get("holders")
    return ShownRecord(
        id=str(form["id"]),
        state=str(form["state"]),
        supplier=str(form["supplier"]),
        buyer=str(form["buyer"]),
        total=int(form["total"]),
        retired=int(form["retired"]),
        holders=None
        if holders is None
        else tuple((str(held["member"]), int(held["units"])) for held in holders),
    )

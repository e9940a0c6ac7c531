from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ledger.services.screening import FindingKind, ScreeningUpload, Verdict
from tests.support.consortium import Consortium
from tests.support.screening import Desk, encoded, finding, kinds, refers_to, running_desk
from tests.unit.invoices.samples import party_id, ubl

MOST_VARIABLES = 500
MOST_IDENTIFIERS = 32
MOST_OF_REGISTERS = 6
MOST_REFERENCES = 100


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def largest(number: str) -> str:
    """A file with as many identifiers and references as are read."""
    sellers, buyers = (
        "".join(
            party_id(f"{side}{place}", "0088" if place < MOST_OF_REGISTERS else "")
            for place in range(MOST_IDENTIFIERS)
        )
        for side in (1000, 2000)
    )
    more = "".join(refers_to(f"{number}-{place}") for place in range(MOST_REFERENCES))
    return ubl(number=number, seller=sellers, buyer=buyers, more=more)


@contextmanager
def watched(desk: Desk) -> Iterator[list[int]]:
    """How many variables each query of the store has, from here on."""
    engine = desk.service.ledger.store.engine
    variables: list[int] = []

    def note(*arguments: Any) -> None:
        statement, parameters = arguments[2], arguments[3]
        if statement.startswith("SELECT"):
            variables.append(len(parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield variables
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_file_that_refers_to_many_takes_no_more_queries_than_another(desk: Desk) -> None:
    with watched(desk) as few:
        desk.screen_one(ubl(number="S-1"))
    with watched(desk) as many:
        assert desk.screen_one(largest("L-1")).refusal is None
    assert len(many) == len(few)
    assert max(many) <= MOST_VARIABLES


def test_no_query_of_many_files_has_more_variables_than_a_database_takes(desk: Desk) -> None:
    uploads = [ScreeningUpload(str(place), encoded(largest(f"M-{place}"))) for place in range(5)]
    with watched(desk) as variables:
        screening = desk.screen(*uploads)
    assert [file.refusal for file in screening.files] == [None] * len(uploads)
    assert max(variables) <= MOST_VARIABLES


def test_all_of_many_references_that_are_looked_for_are_found(desk: Desk) -> None:
    for number in ("R-0", "R-19", "R-20"):
        desk.screen_one(ubl(number=number, issue_date="2024-01-01"))
    more = "".join(refers_to(f"R-{place}") for place in range(MOST_REFERENCES))
    file = desk.screen_one(ubl(number="F-1", more=more))
    seen = {
        item.seen.fields.number
        for found in file.findings
        if found.kind is FindingKind.REFERS_TO
        for item in found.exhibits
        if item.seen is not None
    }
    assert seen == {"R-0", "R-19"}
    assert "80 of the invoices that it refers to, after the first 20" in file.not_looked_at


def test_records_are_found_by_keys_of_every_part_of_a_long_question(desk: Desk) -> None:
    records = {}
    for number, day in (("A-1", "2024-03-18"), ("Z-999", "2024-03-19")):
        records[number] = desk.register(ubl(number=number, issue_date=day))
    fillers = [
        ScreeningUpload(f"filler {place}", encoded(largest(f"P{place}"))) for place in range(5)
    ]
    first = ScreeningUpload("first", encoded(ubl(number="A-1")))
    last = ScreeningUpload("last", encoded(ubl(number="Z-999", issue_date="2024-03-19")))
    found = {file.name: file for file in desk.screen(first, *fillers, last).files}
    for name, number in (("first", "A-1"), ("last", "Z-999")):
        assert found[name].verdict is Verdict.BLOCKED, kinds(found[name])
        shown = finding(found[name], FindingKind.REGISTERED)
        assert shown.records == (records[number],)
        assert all(exhibit.block is not None for exhibit in shown.exhibits)

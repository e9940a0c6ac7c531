from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.services.screening import (
    FindingKind,
    Verdict,
)
from ledger.types import Units
from tests.support.consortium import BUYER, SUPPLIER, Consortium
from tests.support.screening import (
    Desk,
    credit_note,
    finding,
    kinds,
    refers_to,
    running_desk,
    total,
)
from tests.unit.invoices.samples import ubl


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def correction() -> str:
    dated = {"number": "A-900", "type_code": "384", "issue_date": "2024-04-01"}
    return ubl(**dated, more=refers_to("A-1"), **total("9"))


def test_a_correction_of_a_registered_invoice_is_for_review(desk: Desk) -> None:
    record = desk.register(ubl())
    file = desk.screen_one(correction())
    assert file.verdict is Verdict.REVIEW
    found = finding(file, FindingKind.REFERS_TO_REGISTERED)
    assert {exhibit.record for exhibit in found.exhibits} == {record}
    assert "takes the place" in finding(file, FindingKind.DOCUMENT_TYPE).sentence


def test_a_reference_to_what_nobody_registered_is_told(desk: Desk) -> None:
    file = desk.screen_one(ubl(more=refers_to("Z-5")))
    assert file.verdict is Verdict.CLEAR
    assert "no record is known" in finding(file, FindingKind.REFERS_TO).sentence


def test_a_reference_to_a_cancelled_invoice_is_no_double(desk: Desk) -> None:
    record = desk.register(ubl())
    desk.consortium.act(SUPPLIER, desk.consortium.book.cancel(record))
    desk.service.settle()
    file = desk.screen_one(correction())
    assert file.verdict is Verdict.CLEAR
    assert "whose record has ended" in finding(file, FindingKind.REFERS_TO).sentence


def test_an_invoice_with_a_credit_note_that_was_seen_is_for_review(desk: Desk) -> None:
    record = desk.register(ubl())
    note = desk.screen_one(credit_note())
    assert note.verdict is Verdict.BLOCKED
    told = finding(note, FindingKind.REFERS_TO)
    assert "which is registered" in told.sentence
    assert {exhibit.record for exhibit in told.exhibits} == {record}

    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.REVIEW
    (exhibit,) = finding(file, FindingKind.REFERRED_TO).exhibits
    assert exhibit.seen is not None
    assert exhibit.seen.fields.number == "C-1"
    assert finding(file, FindingKind.REFERRED_TO).sentence.startswith("A credit note")


def test_credit_notes_on_the_record_are_told_with_their_units(desk: Desk) -> None:
    record = desk.register(ubl())
    book = desk.consortium.book
    desk.consortium.act(BUYER, book.accept(record))
    commitment = book.record(record, at=desk.consortium.chain.head().ref).commitment
    desk.consortium.act(SUPPLIER, book.credit(record, Units(250), commitment))
    desk.service.settle()
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.CLEAR
    found = finding(file, FindingKind.CREDITED)
    assert "250 of 1,000 units" in found.sentence
    assert [(exhibit.record, exhibit.units) for exhibit in found.exhibits] == [(record, 250)]


def test_more_references_than_are_looked_for_are_told(desk: Desk) -> None:
    file = desk.screen_one(ubl(more="".join(refers_to(f"R-{n}") for n in range(23))))
    assert kinds(file) == [FindingKind.REFERS_TO] * 20
    told = "3 of the invoices that it refers to, after the first 20"
    assert told in file.not_looked_at


def test_a_reference_without_letter_or_digit_names_nothing(desk: Desk) -> None:
    file = desk.screen_one(ubl(more=refers_to("---")))
    assert "no record is known" in finding(file, FindingKind.REFERS_TO).sentence


def test_a_reference_with_records_that_were_not_read_is_for_review(desk: Desk) -> None:
    record = desk.register(ubl())
    desk.consortium.act(SUPPLIER, desk.consortium.book.cancel(record))
    desk.service.settle()
    desk.register_unread(ubl(issue_date="2024-03-19"))
    file = desk.screen_one(correction())
    assert file.verdict is Verdict.REVIEW
    assert "whose record has ended" in finding(file, FindingKind.REFERS_TO).sentence
    assert finding(file, FindingKind.UNREAD_EVENTS).exhibits
    desk.service.settle()
    assert FindingKind.REFERS_TO_REGISTERED in kinds(desk.screen_one(correction()))


def test_a_correction_with_the_number_of_its_own_record_is_no_double(desk: Desk) -> None:
    corrected = ubl(type_code="384", more=refers_to("A-1"))
    record = desk.register(corrected)
    desk.offer(record)
    file = desk.screen_one(corrected, record=record)
    assert file.verdict is Verdict.CLEAR
    assert "the record that it was offered as" in finding(file, FindingKind.REFERS_TO).sentence

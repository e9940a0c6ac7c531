from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.errors import InvalidRequest
from ledger.services.screening import (
    MAX_FILES,
    FindingKind,
    ScreeningUpload,
    Verdict,
    screen_invoices,
)
from tests.support.consortium import Consortium
from tests.support.screening import (
    FINANCIERS_DESK,
    Desk,
    credit_note,
    finding,
    kinds,
    running_desk,
    together,
)
from tests.unit.invoices.samples import ubl


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def test_the_same_receivable_twice_in_a_portfolio_is_blocked_by_both_names(desk: Desk) -> None:
    files = together(desk, one=ubl(), two=ubl(number="a-1"), three=ubl(number="A-900"))
    assert [file.verdict for file in files.values()][:2] == [Verdict.BLOCKED, Verdict.BLOCKED]
    found = finding(files["one"], FindingKind.SAME_INVOICE_HERE)
    assert "one and two are the same invoice" in found.sentence
    assert {exhibit.file for exhibit in found.exhibits} == {"two"}
    assert FindingKind.SAME_INVOICE_HERE not in kinds(files["three"])


def test_the_same_file_twice_in_a_portfolio_is_called_that(desk: Desk) -> None:
    files = together(desk, one=ubl(), two=ubl())
    sentence = finding(files["two"], FindingKind.SAME_INVOICE_HERE).sentence
    assert "two and one are the very same file" in sentence


def test_numbers_that_fold_alike_in_a_portfolio_are_told_as_such(desk: Desk) -> None:
    files = together(desk, one=ubl(number="1/23"), two=ubl(number="12/3"))
    sentence = finding(files["one"], FindingKind.SAME_INVOICE_HERE).sentence
    assert "where they are divided" in sentence


def test_a_changed_copy_in_a_portfolio_is_for_review(desk: Desk) -> None:
    files = together(desk, one=ubl(), two=ubl(number="A-2"))
    found = finding(files["two"], FindingKind.SAME_AMOUNT)
    assert found.sentence.startswith("one has the same seller, buyer, total and date")
    assert files["two"].verdict is Verdict.REVIEW


def test_a_portfolio_of_honest_invoices_is_clear(desk: Desk) -> None:
    months = {
        f"m{month}": ubl(number=f"2024-00{month}", issue_date=f"2024-0{month}-18")
        for month in range(1, 7)
    }
    assert {file.verdict for file in together(desk, **months).values()} == {Verdict.CLEAR}
    assert {file.verdict for file in together(desk, **months).values()} == {Verdict.CLEAR}


def test_a_portfolio_that_is_screened_again_gets_the_same_scores(desk: Desk) -> None:
    portfolio = {
        "one": ubl(),
        "changed": ubl(issue_date="2024-03-19"),
        "renumbered": ubl(number="A-2"),
        "note": credit_note(),
    }
    scores = [
        {name: file.score for name, file in together(desk, **portfolio).items()} for _ in range(3)
    ]
    assert scores[0] == scores[1] == scores[2]
    backwards = together(desk, **dict(reversed(portfolio.items())))
    assert {name: file.score for name, file in backwards.items()} == scores[0]
    assert scores[0]["changed"] == 50 + 40
    desk.screen_one(ubl(issue_date="2024-03-20"))
    assert together(desk, **portfolio)["changed"].score == 50 + 40 + 50


def test_a_file_that_cannot_be_read_does_not_keep_the_others(desk: Desk) -> None:
    files = together(desk, one="<html/>", two=ubl())
    assert files["one"].verdict is None
    assert "no e-invoice" in str(files["one"].refusal)
    assert files["two"].verdict is Verdict.CLEAR


def test_a_screening_has_files_with_names_of_their_own(desk: Desk) -> None:
    one = ScreeningUpload("one", ubl().encode())
    for uploads in ([], [one, one], [replace(one, name=str(n)) for n in range(MAX_FILES + 1)]):
        with pytest.raises(InvalidRequest):
            screen_invoices(desk.service.ledger, FINANCIERS_DESK, uploads)


def test_a_credit_note_in_the_same_portfolio_is_told(desk: Desk) -> None:
    files = together(desk, invoice=ubl(), note=credit_note(), other=ubl(number="B-500"))
    (exhibit,) = finding(files["invoice"], FindingKind.REFERRED_TO).exhibits
    assert exhibit.file == "note"
    assert [exhibit.file for exhibit in finding(files["note"], FindingKind.REFERS_TO).exhibits] == [
        "invoice"
    ]
    assert FindingKind.REFERRED_TO not in kinds(files["other"])

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.chain.contract import ContractCall
from ledger.chain.membership import Role
from ledger.chain.record_forms import Security
from ledger.services.finance import NO_TERMS
from ledger.services.principals import Principal
from ledger.services.screening import FindingKind, ScreenedFile, Verdict
from ledger.types import Digest, MemberId, RecordId, Units, UnixTime
from tests.support.consortium import (
    BUYER,
    COUNCIL,
    FINANCIER,
    OTHER_FINANCIER,
    SUPPLIER,
    Consortium,
)
from tests.support.screening import TOTAL, Desk, finding, kinds, running_desk
from tests.unit.invoices.samples import ubl

HOUR = 3600
NOTE = Digest(b"\x11" * 32)


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def in_an_hour() -> UnixTime:
    return UnixTime(int(time.time()) + HOUR)


def offer_of(desk: Desk, record: RecordId, to: MemberId, units: int) -> ContractCall:
    return desk.consortium.book.offer(record, to, Units(units), in_an_hour(), NO_TERMS)


def act(desk: Desk, *acts: tuple[MemberId, ContractCall]) -> None:
    for member, call in acts:
        desk.consortium.act(member, call)
    desk.service.settle()


def accepted(desk: Desk, content: str | None = None) -> RecordId:
    record = desk.register(content or ubl())
    act(desk, (BUYER, desk.consortium.book.accept(record)))
    return record


def new_kinds(file: ScreenedFile) -> list[FindingKind]:
    """What was found beside that it is the record and was screened before."""
    usual = {FindingKind.THE_RECORD, FindingKind.SEEN_BEFORE}
    return [kind for kind in kinds(file) if kind not in usual]


def test_an_accepted_invoice_with_an_offer_to_the_member_is_clear_and_says_the_offer(
    desk: Desk,
) -> None:
    record = desk.register(ubl())
    desk.offer(record)
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, file.score) == (Verdict.CLEAR, 0)
    assert new_kinds(file) == [FindingKind.OFFERED]
    found = finding(file, FindingKind.OFFERED)
    assert found.sentence.startswith(f"Offered to you are 10 units of {SUPPLIER} until 2")
    assert [(item.record, item.units) for item in found.exhibits] == [(record, 10)]


def test_an_invoice_that_its_buyer_has_not_accepted_is_for_review(desk: Desk) -> None:
    record = desk.register(ubl())
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, new_kinds(file)) == (Verdict.REVIEW, [FindingKind.NOT_ACCEPTED])
    assert f"{BUYER} has not accepted it" in finding(file, FindingKind.NOT_ACCEPTED).sentence


def test_an_invoice_of_which_nothing_is_offered_to_the_member_says_so(desk: Desk) -> None:
    record = accepted(desk)
    act(desk, (SUPPLIER, offer_of(desk, record, OTHER_FINANCIER, 400)))
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, file.score) == (Verdict.CLEAR, 5)
    assert "its supplier has 600 free" in finding(file, FindingKind.NOT_OFFERED).sentence


def test_an_invoice_that_is_all_offered_to_another_bank_is_blocked(desk: Desk) -> None:
    record = accepted(desk)
    act(desk, (SUPPLIER, offer_of(desk, record, OTHER_FINANCIER, TOTAL)))
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, new_kinds(file)) == (Verdict.BLOCKED, [FindingKind.NOTHING_LEFT])

    act(desk, (SUPPLIER, desk.consortium.book.withdraw_offer(record, 0)))
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, new_kinds(file)) == (Verdict.CLEAR, [FindingKind.NOT_OFFERED])


def test_an_invoice_that_another_bank_bought_can_be_taken_if_that_bank_offers_it(
    desk: Desk,
) -> None:
    record, book = accepted(desk), desk.consortium.book
    act(
        desk,
        (SUPPLIER, offer_of(desk, record, OTHER_FINANCIER, TOTAL)),
        (OTHER_FINANCIER, book.accept_offer(record, 0)),
    )
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, new_kinds(file)) == (Verdict.BLOCKED, [FindingKind.NOTHING_LEFT])

    act(
        desk,
        (OTHER_FINANCIER, offer_of(desk, record, FINANCIER, TOTAL)),
    )
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, new_kinds(file)) == (Verdict.CLEAR, [FindingKind.OFFERED])
    assert f"units of {OTHER_FINANCIER} until" in finding(file, FindingKind.OFFERED).sentence


def test_what_the_member_holds_is_said_and_is_no_block_if_it_is_all(desk: Desk) -> None:
    record, book = accepted(desk), desk.consortium.book
    act(
        desk,
        (SUPPLIER, offer_of(desk, record, FINANCIER, 999)),
        (FINANCIER, book.accept_offer(record, 0)),
        (SUPPLIER, offer_of(desk, record, OTHER_FINANCIER, 1)),
    )
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.BLOCKED
    assert new_kinds(file) == [FindingKind.NOTHING_LEFT, FindingKind.YOU_HOLD]
    act(
        desk,
        (SUPPLIER, book.withdraw_offer(record, 1)),
        (SUPPLIER, offer_of(desk, record, FINANCIER, 1)),
        (FINANCIER, book.accept_offer(record, 2)),
    )
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, new_kinds(file)) == (Verdict.CLEAR, [FindingKind.YOU_HOLD])
    assert "You hold 1,000 of 1,000" in finding(file, FindingKind.YOU_HOLD).sentence


def test_an_offer_that_is_over_is_none(desk: Desk) -> None:
    record = accepted(desk)
    act(desk, (SUPPLIER, offer_of(desk, record, FINANCIER, TOTAL)))
    assert FindingKind.OFFERED in kinds(desk.screen_one(ubl(), record=record))
    devnet = desk.consortium.devnet
    devnet.request("evm_increaseTime", [2 * HOUR])
    devnet.request("evm_mine", [])
    desk.service.settle()
    file = desk.screen_one(ubl(), record=record)
    assert (file.verdict, new_kinds(file)) == (Verdict.BLOCKED, [FindingKind.NOTHING_LEFT])


def test_pledged_and_retired_units_weigh_beside_the_offer(desk: Desk) -> None:
    record, book = accepted(desk), desk.consortium.book
    security = Security(OTHER_FINANCIER, Units(100), in_an_hour(), NO_TERMS)
    act(
        desk,
        (SUPPLIER, book.credit(record, Units(200), NOTE)),
        (SUPPLIER, book.pledge(record, security)),
        (SUPPLIER, offer_of(desk, record, FINANCIER, 10)),
    )
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.REVIEW
    assert "100 of 1,000 units" in finding(file, FindingKind.PLEDGED).sentence
    assert "200 of 1,000 units" in finding(file, FindingKind.PART_RETIRED).sentence
    assert FindingKind.OFFERED in kinds(file)


def test_an_overdue_invoice_is_for_review_and_one_that_is_due_later_is_clear(desk: Desk) -> None:
    for issued, due, verdict in (
        ("2024-04-01", "2024-05-01", Verdict.REVIEW),
        ("2025-04-01", "2099-05-01", Verdict.CLEAR),
    ):
        more = f"<cbc:DueDate>{due}</cbc:DueDate>"
        content = ubl(number=issued, issue_date=issued, more=more)
        record = accepted(desk, content)
        act(desk, (SUPPLIER, offer_of(desk, record, FINANCIER, 10)))
        file = desk.screen_one(content, record=record)
        assert file.verdict is verdict
        assert (FindingKind.OVERDUE in kinds(file)) is (verdict is Verdict.REVIEW)


def test_who_takes_no_units_is_told_of_no_offers(desk: Desk) -> None:
    record = accepted(desk)
    act(desk, (SUPPLIER, offer_of(desk, record, OTHER_FINANCIER, TOTAL)))
    for principal in (
        Principal(SUPPLIER, Role.SUPPLIER),
        Principal(COUNCIL[0], Role.COUNCIL),
        Principal(FINANCIER, Role.AUDITOR),
    ):
        file = desk.screen_one(ubl(), record=record, principal=principal)
        assert (file.verdict, new_kinds(file)) == (Verdict.CLEAR, [])


def test_the_record_of_another_invoice_says_nothing_of_what_can_be_taken(desk: Desk) -> None:
    record = desk.register(ubl())
    file = desk.screen_one(ubl(number="Z-9", issue_date="2023-01-01"), record=record)
    assert kinds(file) == [FindingKind.OTHER_RECORD]


def test_offers_that_are_too_old_to_be_read_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.chain.record_book.NEWEST_SHOWN", 1)
    record = accepted(desk)
    act(desk, *((SUPPLIER, offer_of(desk, record, OTHER_FINANCIER, 10)) for _ in range(3)))
    notes = desk.screen_one(ubl(), record=record).not_looked_at
    assert "Whether the 2 oldest offers of its record are to you, and still open" in notes

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.chain.membership import Role
from ledger.errors import InvalidRequest
from ledger.services.screening import FindingKind, Verdict
from tests.support.consortium import BUYER, Consortium
from tests.support.screening import Desk, finding, kinds, running_desk
from tests.unit.invoices.samples import VAT_ID, party_id, ubl

OTHER_VAT = VAT_ID.replace("DE123456789", "DE987654321")


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def test_a_member_whose_name_is_the_sellers_identifier_registers_and_is_clear(desk: Desk) -> None:
    member = desk.admit("vat:DE123456789", Role.SUPPLIER)
    buyer = desk.admit("vat:DE987654321", Role.BUYER)
    content = ubl(buyer=OTHER_VAT)
    record = desk.register(content, supplier=member, buyer=buyer)
    desk.offer(record)
    file = desk.screen_one(content, record=record)
    assert kinds(file) == [FindingKind.THE_RECORD, FindingKind.OFFERED]
    assert (file.verdict, file.not_looked_at) == (Verdict.CLEAR, ())


@pytest.mark.parametrize("type_code", ["380", "389"])
def test_a_member_whose_name_contradicts_the_seller_cannot_register(
    desk: Desk, type_code: str
) -> None:
    member = desk.admit("vat:FR11999999998", Role.SUPPLIER)
    own = VAT_ID.replace("DE123456789", "FR11999999998")
    content = ubl(type_code=type_code, buyer=own)
    with pytest.raises(InvalidRequest, match="another identifier than vat:FR11999999998") as info:
        desk.register(content, supplier=member)
    assert info.value.rule == "not-the-seller"
    desk.register(ubl(type_code=type_code, seller=own, buyer=VAT_ID), supplier=member)


def test_a_record_of_a_member_that_is_not_the_seller_is_for_review(desk: Desk) -> None:
    member = desk.admit("vat:FR11999999998", Role.SUPPLIER)
    record = desk.register_unread(ubl(), supplier=member)
    desk.offer(record)
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.REVIEW
    found = finding(file, FindingKind.OTHER_SUPPLIER)
    assert found.sentence.startswith(f"{member}, who registered it, is not its seller:")
    assert found.records == (record,)
    assert file.not_looked_at == (
        f"Whether the member {BUYER} is the buyer, which is not known from its name",
    )


def test_a_record_for_a_member_that_is_not_the_buyer_is_for_review(desk: Desk) -> None:
    buyer = desk.admit("lei:5493001KJTIIGC8Y1R12", Role.BUYER)
    content = ubl(buyer=party_id("529900T8BM49AURSDO55", "0199"))
    record = desk.register(content, buyer=buyer)
    desk.offer(record)
    file = desk.screen_one(content, record=record)
    assert file.verdict is Verdict.REVIEW
    assert finding(file, FindingKind.OTHER_BUYER).points == 60


def test_of_names_that_no_register_gave_it_is_said_that_nothing_is_known(desk: Desk) -> None:
    supplier = desk.admit("org:seller", Role.SUPPLIER)
    record = desk.register(ubl(), supplier=supplier)
    desk.offer(record)
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.CLEAR
    assert [note for note in file.not_looked_at if "which is not known from its name" in note] == [
        "Whether the member org:seller is the seller, which is not known from its name",
        f"Whether the member {BUYER} is the buyer, which is not known from its name",
    ]
    unregistered = desk.screen_one(ubl(number="Z-9", issue_date="2023-01-01"))
    assert not any("from its name" in note for note in unregistered.not_looked_at)

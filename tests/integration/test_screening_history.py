from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.chain.membership import Role
from ledger.invoices import Fingerprints, HmacFingerprint, read_invoice
from ledger.services.erase import erase_opening
from ledger.services.notarise import list_documents
from ledger.services.principals import Principal
from ledger.services.screening import (
    FindingKind,
    Verdict,
)
from ledger.services.screening.gather import MAX_HISTORY
from ledger.services.sightings import links_of, seen_fields
from ledger.store import schema, seen_invoices
from ledger.store.seen_forms import How
from ledger.types import Digest, RecordId, UnixTime
from tests.support.consortium import FINANCIER, OTHER_FINANCIER, SUPPLIER, Consortium
from tests.support.screening import (
    Desk,
    finding,
    kinds,
    refers_to,
    running_desk,
    total,
)
from tests.unit.invoices.samples import VAT_ID, legal_name, party_id, ubl

OTHER_DESK = Principal(OTHER_FINANCIER, Role.FINANCIER)
SUPPLIERS_DESK = Principal(SUPPLIER, Role.SUPPLIER)


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def test_the_same_file_again_is_the_same_sighting_and_weighs_nothing(desk: Desk) -> None:
    desk.screen_one(ubl())
    for _ in range(2):
        file = desk.screen_one(ubl())
        assert (file.verdict, file.score) == (Verdict.CLEAR, 0)
        (exhibit,) = finding(file, FindingKind.SEEN_BEFORE).exhibits
        assert exhibit.seen is not None
        assert exhibit.seen.how is How.SCREENED
    assert (
        "This very file was screened by you on " in finding(file, FindingKind.SEEN_BEFORE).sentence
    )


def test_another_rendering_of_an_invoice_seen_before_weighs_nothing(desk: Desk) -> None:
    desk.screen_one(ubl())
    file = desk.screen_one(ubl(number="a 1"))
    assert (file.verdict, file.score) == (Verdict.CLEAR, 0)
    assert "in another file" in finding(file, FindingKind.SEEN_BEFORE).sentence


def test_a_number_that_is_divided_elsewhere_is_another_number(desk: Desk) -> None:
    desk.screen_one(ubl(number="1/23"))
    file = desk.screen_one(ubl(number="12/3", issue_date="2024-04-18"))
    assert FindingKind.SEEN_OTHERWISE not in kinds(file)


@pytest.mark.parametrize("changed", [total("120.00"), {"issue_date": "2024-03-19"}])
def test_a_number_that_was_seen_with_other_terms_is_for_review(
    desk: Desk, changed: dict[str, str]
) -> None:
    desk.screen_one(ubl())
    file = desk.screen_one(ubl(**changed))
    assert file.verdict is Verdict.REVIEW
    (exhibit,) = finding(file, FindingKind.SEEN_OTHERWISE).exhibits
    assert exhibit.seen is not None
    assert exhibit.seen.fields.number == "A-1"


@pytest.mark.parametrize("number", ["A-2", "another series 77"])
def test_an_invoice_seen_under_another_number_is_for_review(desk: Desk, number: str) -> None:
    desk.screen_one(ubl())
    file = desk.screen_one(ubl(number=number))
    assert file.verdict is Verdict.REVIEW
    assert kinds(file) == [FindingKind.SAME_AMOUNT_SAME_DAY]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"issue_date": "2024-04-18"}, FindingKind.NEAR_NUMBER_SAME_AMOUNT),
        (total("7.00"), FindingKind.NEAR_NUMBER_SAME_DAY),
        ({"issue_date": "2024-04-18", **total("7.00")}, FindingKind.NEAR_NUMBER),
    ],
)
def test_a_near_number_only_weighs_and_never_decides(
    desk: Desk, changed: dict[str, str], kind: FindingKind
) -> None:
    for number in ("A-2", "A-3", "A-4"):
        desk.screen_one(ubl(number=number))
    file = desk.screen_one(ubl(number="A-5", **changed))
    assert (file.verdict, kinds(file)) == (Verdict.CLEAR, [kind])
    assert len(finding(file, kind).exhibits) == 3


def test_numbers_of_other_parties_are_not_compared(desk: Desk) -> None:
    desk.screen_one(ubl())
    other = VAT_ID.replace("DE123456789", "DE987654321")
    name = "<cbc:RegistrationName>Another Seller</cbc:RegistrationName>"
    assert kinds(desk.screen_one(ubl(seller=other, seller_name=name, number="A-2"))) == []


def test_any_identifier_that_two_invoices_share_joins_their_history(desk: Desk) -> None:
    both = VAT_ID + party_id("4000001123452", "0088")
    desk.screen_one(ubl(seller=both))
    renamed = "<cbc:RegistrationName>Seller Group</cbc:RegistrationName>"
    gln = party_id("4000001123452", "0088")
    file = desk.screen_one(ubl(seller=gln, seller_name=renamed, **total("120.00")))
    assert FindingKind.SEEN_OTHERWISE in kinds(file)


def test_a_total_out_of_all_proportion_is_told(desk: Desk) -> None:
    for month in (1, 2, 3):
        desk.screen_one(ubl(number=f"2024-{month}000", issue_date=f"2024-0{month}-18"))
    usual = desk.screen_one(ubl(number="2024-4000", issue_date="2024-04-18", **total("1190.00")))
    assert FindingKind.UNUSUAL_AMOUNT not in kinds(usual)
    file = desk.screen_one(ubl(number="2024-9000", issue_date="2024-05-18", **total("1190.01")))
    assert FindingKind.UNUSUAL_AMOUNT in kinds(file)
    assert file.verdict is Verdict.CLEAR


def test_nobody_learns_what_another_member_saw(desk: Desk) -> None:
    desk.screen_one(ubl(), principal=OTHER_DESK)
    assert kinds(desk.screen_one(ubl())) == []
    assert kinds(desk.screen_one(ubl(number="A-2"))) == [FindingKind.SAME_AMOUNT_SAME_DAY]
    assert kinds(desk.screen_one(ubl(number="A-3"), principal=OTHER_DESK)) == [
        FindingKind.SAME_AMOUNT_SAME_DAY
    ]


def test_what_a_member_registered_is_in_its_history(desk: Desk) -> None:
    record = desk.register(ubl())
    file = desk.screen_one(ubl(), record=record, principal=SUPPLIERS_DESK)
    (exhibit,) = finding(file, FindingKind.SEEN_BEFORE).exhibits
    assert exhibit.seen is not None
    assert (exhibit.seen.how, exhibit.record) == (How.REGISTERED, record)


def test_a_screened_invoice_that_is_registered_then_counts_as_registered(desk: Desk) -> None:
    desk.screen_one(ubl(), principal=SUPPLIERS_DESK)
    record = desk.register(ubl())
    file = desk.screen_one(ubl(), record=record, principal=SUPPLIERS_DESK)
    assert "handed in for registration" in finding(file, FindingKind.SEEN_BEFORE).sentence


def test_what_was_erased_is_not_remembered(desk: Desk) -> None:
    ledger = desk.service.ledger
    record = desk.register(ubl(more=refers_to("Z-1")))
    desk.screen_one(ubl(number="a 1"), record=record, principal=SUPPLIERS_DESK)
    desk.screen_one(ubl(number="K-900", **total("7")), principal=SUPPLIERS_DESK)
    (document,) = list_documents(ledger, SUPPLIERS_DESK, after=None, limit=2)
    erase_opening(ledger, SUPPLIERS_DESK, document.id)
    changed = ubl(issue_date="2024-03-19")
    assert FindingKind.SEEN_OTHERWISE not in kinds(
        desk.screen_one(changed, principal=SUPPLIERS_DESK)
    )
    other = desk.screen_one(ubl(number="K-900", **total("8")), principal=SUPPLIERS_DESK)
    assert FindingKind.SEEN_OTHERWISE in kinds(other)


def rotated(desk: Desk, *, keep_previous: bool) -> Desk:
    """The desk after the consortium changed its key."""
    ledger = desk.service.ledger
    new = HmacFingerprint(b"\x07" * 32, version=2)
    previous = ledger.fingerprints.current if keep_previous else None
    changed = replace(ledger, fingerprints=Fingerprints(new, previous))
    return replace(desk, service=replace(desk.service, ledger=changed))


def test_records_of_the_previous_key_are_found_during_a_rotation(desk: Desk) -> None:
    record: RecordId = desk.register(ubl())
    desk.offer(record)
    during = rotated(desk, keep_previous=True)
    assert during.screen_one(ubl()).verdict is Verdict.BLOCKED
    assert during.screen_one(ubl(), record=record).verdict is Verdict.CLEAR
    tampered = during.screen_one(ubl(issue_date="2024-03-19"))
    assert FindingKind.SAME_NUMBER in kinds(tampered)


def test_the_members_own_history_survives_any_change_of_the_key(desk: Desk) -> None:
    desk.screen_one(ubl())
    after = rotated(desk, keep_previous=False)
    assert kinds(after.screen_one(ubl(number="A-2"))) == [FindingKind.SAME_AMOUNT_SAME_DAY]


def self_billed(seller: str, **parts: str) -> str:
    """An invoice that the buyer wrote, with a number of its own series."""
    named = {"seller": party_id(seller), "seller_name": legal_name(seller)}
    return ubl(type_code="389", buyer=VAT_ID, **{**named, **parts})


def test_a_self_billed_number_is_of_the_buyers_series(desk: Desk) -> None:
    desk.screen_one(self_billed("seller-17"))
    same = desk.screen_one(self_billed("seller-18", **total("120.00")))
    assert FindingKind.SEEN_OTHERWISE in kinds(same)
    assert "self-billed" in finding(same, FindingKind.DOCUMENT_TYPE).sentence
    own = ubl(seller=party_id("seller-17"), seller_name=legal_name("seller-17"), **total("5"))
    assert FindingKind.SEEN_OTHERWISE not in kinds(desk.screen_one(own))


def test_a_buyer_without_name_is_told_to_have_no_history(desk: Desk) -> None:
    nameless = ubl().replace("Buyer AG", "&#xA0;")
    assert any("neither a name" in note for note in desk.screen_one(nameless).not_looked_at)


def test_history_that_was_cut_is_told(desk: Desk) -> None:
    first = read_invoice(ubl().encode(), max_bytes=10**6)
    fields, links = seen_fields(first), links_of(first)
    with desk.service.ledger.store.writing() as connection:
        for number in range(MAX_HISTORY):
            seen = replace(fields, file=Digest(number.to_bytes(32)), folded_number=str(number))
            seen_invoices.note(
                connection,
                FINANCIER,
                replace(seen, issue_date=date(1999, 1, 1), minor_units=number),
                links,
                how=How.SCREENED,
                record=None,
                now=UnixTime(1),
            )
    notes = desk.screen_one(ubl(number="B-7")).not_looked_at
    assert "What you saw of its seller and buyer before the newest 1,000" in notes


def test_a_record_that_a_file_is_not_is_not_remembered_with_it(desk: Desk) -> None:
    record = desk.register(ubl(number="R-1"))
    desk.screen_one(ubl(number="R-2"), record=record)
    with desk.service.ledger.store.reading() as connection:
        rows = connection.execute(
            select(schema.seen_invoices.c.number, schema.seen_invoices.c.record)
        ).all()
    assert ("R-2", None) in [tuple(row) for row in rows]


def test_what_a_record_shows_does_not_weigh_once_more_because_it_was_seen(desk: Desk) -> None:
    desk.register(ubl(number="D-1"))
    file = desk.screen_one(ubl(number="D-1", issue_date="2024-03-19"), principal=SUPPLIERS_DESK)
    assert kinds(file) == [FindingKind.SAME_NUMBER]

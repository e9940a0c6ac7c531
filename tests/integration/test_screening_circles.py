from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.chain.membership import Role
from ledger.errors import InvalidRequest
from ledger.services.principals import Principal
from ledger.services.screening import (
    FindingKind,
    ScreenedFile,
    ScreeningUpload,
    Verdict,
)
from ledger.services.screening.gather import MAX_TRADES
from ledger.store import events
from ledger.store.events import ChainEvent
from ledger.types import MemberId, RecordId, UnixTime
from tests.support.consortium import (
    BUYER,
    COUNCIL,
    FINANCIER,
    OTHER_FINANCIER,
    SUPPLIER,
    Consortium,
)
from tests.support.screening import FINANCIERS_DESK, Desk, encoded, finding, kinds, running_desk
from tests.unit.invoices.samples import legal_name, party_id, ubl

TRADES = Role.SUPPLIER | Role.BUYER
COUNCILS_DESK = Principal(COUNCIL[0], Role.COUNCIL)


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


@pytest.fixture
def traders(desk: Desk) -> tuple[MemberId, MemberId, MemberId]:
    """Three members that sell and buy: one whose name is an LEI, one a VAT number, one neither."""
    return (
        desk.admit("lei:5493001KJTIIGC8Y1R12", TRADES),
        desk.admit("vat:DE123456789", TRADES),
        desk.admit("org:carol", TRADES),
    )


def invoice(number: str, **parts: str) -> str:
    """An invoice of which only its members have to do with any other."""
    seller = {"seller": party_id(f"seller-of-{number}-1"), "seller_name": legal_name(number)}
    return ubl(**{"number": number, **seller, **parts})


def trade(desk: Desk, supplier: MemberId, buyer: MemberId, number: str) -> RecordId:
    """An invoice that the financier is offered units of."""
    record = desk.register(invoice(number), supplier=supplier, buyer=buyer)
    desk.offer(record)
    return record


def screened(
    desk: Desk,
    supplier: MemberId | None,
    buyer: MemberId | None,
    *,
    content: str | None = None,
    principal: Principal = FINANCIERS_DESK,
) -> ScreenedFile:
    upload = ScreeningUpload(
        "new.xml", encoded(content or invoice("N-77")), supplier=supplier, buyer=buyer
    )
    return desk.screen(upload, principal=principal).files[0]


def test_a_circle_of_three_is_for_review_and_shown_with_its_records(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, carol = traders
    second, third = trade(desk, bob, carol, "B-1"), trade(desk, carol, alice, "C-1")
    file = screened(desk, alice, bob)
    assert (file.verdict, kinds(file)) == (Verdict.REVIEW, [FindingKind.CIRCULAR_TRADE])
    found = finding(file, FindingKind.CIRCULAR_TRADE)
    assert found.sentence.endswith(f"{alice} → {bob} → {carol} → {alice}")
    shown = [(item.record, item.supplier, item.buyer, item.units) for item in found.exhibits]
    assert shown == [(second, bob, carol, 1000), (third, carol, alice, 1000)]
    assert all(item.block and item.time for item in found.exhibits)


def test_trade_that_does_not_come_back_is_no_circle(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, carol = traders
    trade(desk, bob, carol, "B-1")
    trade(desk, alice, carol, "A-1")
    file = screened(desk, alice, bob)
    assert (file.verdict, kinds(file), file.not_looked_at) == (Verdict.CLEAR, [], ())


def test_trade_between_two_in_both_directions_weighs_less(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, _carol = traders
    trade(desk, bob, alice, "B-1")
    file = screened(desk, alice, bob)
    assert (file.verdict, kinds(file)) == (Verdict.CLEAR, [FindingKind.MUTUAL_TRADE])


def test_a_record_that_was_taken_back_is_no_trade(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, _carol = traders
    record = desk.register(invoice("B-1"), supplier=bob, buyer=alice)
    desk.consortium.act(bob, desk.consortium.book.cancel(record))
    desk.service.settle()
    assert kinds(screened(desk, alice, bob, principal=COUNCILS_DESK)) == []


def test_only_records_that_the_member_may_see_make_circles(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, _carol = traders
    record = desk.register(invoice("B-1"), supplier=bob, buyer=alice)
    circle = [FindingKind.MUTUAL_TRADE]
    for principal, seen in (
        (FINANCIERS_DESK, []),
        (Principal(alice, Role.BUYER), circle),
        (Principal(bob, Role.SUPPLIER), circle),
        (COUNCILS_DESK, circle),
    ):
        content = invoice(f"N-{principal.member}")
        assert kinds(screened(desk, alice, bob, content=content, principal=principal)) == seen
    desk.offer(record, to=FINANCIER)
    assert kinds(screened(desk, alice, bob, content=invoice("M-1"))) == circle
    other = Principal(OTHER_FINANCIER, Role.FINANCIER)
    assert kinds(screened(desk, alice, bob, principal=other)) == []


def test_members_that_are_named_by_what_the_invoice_names_are_found(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, _carol = traders
    trade(desk, bob, alice, "B-1")
    sold = invoice(
        "N-5",
        seller=party_id("5493001KJTIIGC8Y1R12", "0199"),
        buyer="<cac:PartyTaxScheme><cbc:CompanyID>DE 123 456 789</cbc:CompanyID>"
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>",
    )
    file = screened(desk, None, None, content=sold)
    assert kinds(file) == [FindingKind.MUTUAL_TRADE]
    assert file.not_looked_at == ()


def test_parties_that_are_no_known_members_are_told_and_not_passed_over(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    _alice, bob, _carol = traders
    content = invoice("N-9")
    for supplier, buyer, who in (
        (None, bob, "member its seller is:"),
        (bob, None, "member its buyer is:"),
        (None, None, "members its seller and its buyer are:"),
    ):
        (note,) = screened(desk, supplier, buyer, content=content).not_looked_at
        assert note.startswith(
            f"Trade in circles through the ledger, because it is not known which {who}"
        )


def test_the_record_of_the_invoice_says_who_its_parties_are(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, _carol = traders
    trade(desk, bob, alice, "B-1")
    own = invoice("N-6")
    record = desk.register(own, supplier=alice, buyer=bob)
    desk.offer(record)
    file = desk.screen_one(own, record=record)
    assert kinds(file) == [FindingKind.MUTUAL_TRADE, FindingKind.THE_RECORD, FindingKind.OFFERED]
    assert not any(note.startswith("Trade in circles") for note in file.not_looked_at)


def test_the_files_of_a_portfolio_make_circles_among_themselves(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    alice, bob, carol = traders
    pairs = {"one": (alice, bob), "two": (bob, carol), "three": (carol, alice)}
    uploads = [
        ScreeningUpload(name, encoded(invoice(name)), supplier=supplier, buyer=buyer)
        for name, (supplier, buyer) in pairs.items()
    ]
    one, two, _three = desk.screen(*uploads).files
    found = finding(one, FindingKind.CIRCULAR_TRADE)
    assert [exhibit.file for exhibit in found.exhibits] == ["two", "three"]
    assert two.verdict is Verdict.REVIEW
    assert {file.verdict for file in desk.screen(*uploads[:2]).files} == {Verdict.CLEAR}


def test_trade_that_was_cut_is_told(desk: Desk) -> None:
    trade_of_old = [
        ChainEvent(
            block_number=1,
            log_index=10_000 + number,
            transaction_hash=bytes(32),
            timestamp=UnixTime(1),
            contract="InvoiceBook",
            name="InvoiceRegistered",
            record=RecordId(number.to_bytes(32)),
            arguments={"supplier": SUPPLIER, "buyer": BUYER, "units": 1},
        )
        for number in range(MAX_TRADES)
    ]
    with desk.service.ledger.store.writing() as connection:
        events.add(connection, [], trade_of_old)
    file = screened(desk, SUPPLIER, BUYER, principal=COUNCILS_DESK)
    assert file.not_looked_at == (
        "Trade in circles among more than the newest 20,000 registrations",
    )


def test_a_circle_that_is_too_long_to_be_shown_is_not_passed_over(desk: Desk) -> None:
    for file in desk.screen(*round_trip(7)).files:
        assert FindingKind.CIRCULAR_TRADE not in kinds(file)
        assert file.not_looked_at[0].startswith("The circle of more than 6 members")


def round_trip(count: int) -> list[ScreeningUpload]:
    """Invoices from each of some companies, none of which is a member, to the next one."""
    gln = [party_id(f"40000011234{place}8", "0088") for place in range(count)]
    return [
        ScreeningUpload(
            f"{place}.xml",
            encoded(invoice(f"L-{place}00", seller=gln[place], buyer=gln[(place + 1) % count])),
        )
        for place in range(count)
    ]


def test_companies_that_are_no_members_trade_in_circles_too(desk: Desk) -> None:
    for file in desk.screen(*round_trip(3)).files:
        assert finding(file, FindingKind.CIRCULAR_TRADE).sentence.count("0088:4000001123") == 4
        assert file.verdict is Verdict.REVIEW


def test_a_seller_that_is_the_buyer_too_is_for_review(desk: Desk) -> None:
    (upload,) = round_trip(1)
    (file,) = desk.screen(upload).files
    assert FindingKind.SAME_PARTIES in kinds(file)
    assert file.verdict is Verdict.REVIEW


def test_nobody_is_taken_for_a_trader_who_was_never_a_member(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    with pytest.raises(InvalidRequest, match="org:no-such was never a member"):
        screened(desk, MemberId("org:no-such"), None)
    with pytest.raises(InvalidRequest, match="cannot be supplier and buyer"):
        screened(desk, traders[0], traders[0])


def test_a_trader_is_not_refused_while_its_admission_may_not_have_been_read(
    desk: Desk, traders: tuple[MemberId, MemberId, MemberId]
) -> None:
    consortium, newcomer = desk.consortium, MemberId("org:newcomer")
    operator = consortium.spare.pop().address
    consortium.decide(consortium.membership.admit(newcomer, Role.SUPPLIER, operator))
    screened(desk, newcomer, traders[0])
    desk.service.settle()
    screened(desk, newcomer, traders[0])
    with pytest.raises(InvalidRequest, match="org:no-such was never a member"):
        screened(desk, MemberId("org:no-such"), traders[0])

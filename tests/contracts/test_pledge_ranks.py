import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import FINANCIER, reverts
from tests.contracts.pledges import (
    ENFORCED,
    EXTINGUISHED,
    OPEN,
    RELEASED,
    TERMS,
    Pledge,
    pledge,
    pledge_behind,
    pledge_of,
    pledged_of,
    standing,
)
from tests.contracts.receivables import UNITS, offer, position

LATER = 1_900_000_000


def test_a_pledge_behind_another_locks_nothing_more(ledger: Ledger, record: bytes) -> None:
    supplier, second = ledger.supplier, ledger.other_financier
    pledge(ledger, record, 50)
    senior = pledge(ledger, record, 600)
    behind = ledger.invoices.functions.pledgeBehind(record, senior, second.id, 599, LATER, TERMS)
    events = enact(ledger, record, supplier, behind)
    assert events == [
        (
            "Pledged",
            {
                "record": record,
                "pledge": 2,
                "pledgor": supplier.id,
                "pledgee": second.id,
                "units": 599,
                "enforceableFrom": LATER,
                "lot": 1,
                "rank": 2,
                "terms": TERMS,
            },
        )
    ]
    assert pledge_of(ledger, record, 2) == Pledge(
        supplier.id, second.id, TERMS, 599, LATER, lot=1, rank=2, state=OPEN
    )
    assert position(ledger, record, supplier) == (350, 0, 650)
    assert pledged_of(ledger, record) == 650


def test_whichever_pledge_of_the_lot_is_named_the_new_one_stands_last(
    ledger: Ledger, record: bytes
) -> None:
    first = pledge(ledger, record, 600)
    second = pledge_behind(ledger, record, first, 600)
    third = pledge_behind(ledger, record, first, 500)
    fourth = pledge_behind(ledger, record, third, 1, to=ledger.financier)
    ranks = [pledge_of(ledger, record, number).rank for number in (first, second, third, fourth)]
    assert ranks == [1, 2, 3, 4]
    assert {pledge_of(ledger, record, number).lot for number in range(4)} == {0}
    assert pledged_of(ledger, record) == 600


def test_a_pledge_behind_secures_with_no_more_than_the_lot_holds(
    ledger: Ledger, record: bytes
) -> None:
    first = pledge(ledger, record, 600)
    second = pledge_behind(ledger, record, first, 500)
    with reverts("RecordBookPledgeTooSmall", record, second, 600, 601):
        pledge_behind(ledger, record, second, 601)
    with reverts("RecordBookNoUnits"):
        pledge_behind(ledger, record, first, 0)
    third = pledge_behind(ledger, record, second, 600)
    assert pledge_of(ledger, record, third).rank == 3


def test_a_lot_has_at_most_eight_ranks(ledger: Ledger, record: bytes) -> None:
    pledge(ledger, record, 100)
    first = pledge(ledger, record, 600)
    juniors = [pledge_behind(ledger, record, first, 10) for _ in range(7)]
    assert pledge_of(ledger, record, juniors[-1]).rank == 8
    with reverts("RecordBookTooManyRanks", record, 1, 8):
        pledge_behind(ledger, record, first, 10)
    ledger.act(
        ledger.other_financier, ledger.invoices.functions.releasePledge(record, juniors[3], 10)
    )
    last = pledge_behind(ledger, record, first, 10)
    assert pledge_of(ledger, record, last).rank == 8


def test_only_the_pledgor_pledges_behind(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    ledger.act(financier, book.acceptOffer(record, offer(ledger, record, 300)))
    senior = pledge(ledger, record, 600)
    for member in (financier, ledger.other_supplier, ledger.buyer):
        with reverts("RecordBookNotParty", record, member.id):
            pledge_behind(ledger, record, senior, 1, by=member)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        pledge_behind(ledger, record, senior, 1)
    with reverts("MembershipUnknownKey", ledger.spare_keys[0].lower()):
        call = book.pledgeBehind(record, senior, financier.id, 1, 0, TERMS)
        ledger.chain.send(ledger.spare_keys[0], call)


def test_only_other_active_financiers_are_secured_behind(ledger: Ledger, record: bytes) -> None:
    senior = pledge(ledger, record, 600)
    with reverts("RecordBookSelfPledge", ledger.supplier.id):
        pledge_behind(ledger, record, senior, 1, to=ledger.supplier)
    with reverts("MembershipMissingRole", ledger.buyer.id, FINANCIER):
        pledge_behind(ledger, record, senior, 1, to=ledger.buyer)
    ledger.suspend(ledger.other_financier)
    with reverts("MembershipNotActive", ledger.other_financier.id, 2):
        pledge_behind(ledger, record, senior, 1)


def test_nothing_stands_behind_a_pledge_that_is_unknown_or_closed(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    with reverts("RecordBookUnknownPledge", record, 0):
        pledge_behind(ledger, record, 0, 1)
    released, enforced = pledge(ledger, record, 10), pledge(ledger, record, 10)
    extinguished = pledge_behind(ledger, record, enforced, 10)
    ledger.act(ledger.financier, book.releasePledge(record, released, 10))
    ledger.act(ledger.financier, book.enforcePledge(record, enforced, 10))
    ended = {released: RELEASED, enforced: ENFORCED, extinguished: EXTINGUISHED}
    for number, state in ended.items():
        pledgee = ledger.other_financier if number == extinguished else ledger.financier
        with reverts("RecordBookPledgeNotOpen", record, number, state):
            pledge_behind(ledger, record, number, 1)
        for taking in (book.releasePledge, book.enforcePledge):
            with reverts("RecordBookPledgeNotOpen", record, number, state):
                ledger.act(pledgee, taking(record, number, 1))


@pytest.mark.parametrize(
    ("released", "ranks", "pledged"),
    [(0, [0, 1, 2], 500), (1, [1, 0, 2], 600), (2, [1, 2, 0], 600)],
)
def test_those_behind_a_released_pledge_move_up(
    ledger: Ledger, record: bytes, released: int, ranks: list[int], pledged: int
) -> None:
    pledge(ledger, record, 600)
    pledge_behind(ledger, record, 0, 500)
    pledge_behind(ledger, record, 0, 300, to=ledger.financier)
    units = (600, 500, 300)[released]
    pledgee = ledger.other_financier if released == 1 else ledger.financier
    ledger.act(pledgee, ledger.invoices.functions.releasePledge(record, released, units))
    assert [rank for rank, _, _ in standing(ledger, record)] == ranks
    assert position(ledger, record, ledger.supplier) == (UNITS - pledged, 0, pledged)
    assert pledged_of(ledger, record) == pledged


def test_a_release_frees_only_what_no_other_pledge_of_the_lot_needs(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    senior = pledge(ledger, record, 600)
    junior = pledge_behind(ledger, record, senior, 500)
    events = enact(ledger, record, ledger.financier, book.releasePledge(record, senior, 50))
    unlocked = {"record": record, "lot": 0, "pledgor": ledger.supplier.id}
    assert events[1:] == [("UnitsUnlocked", {**unlocked, "units": 50})]
    events = enact(ledger, record, ledger.financier, book.releasePledge(record, senior, 250))
    assert events[1:] == [("UnitsUnlocked", {**unlocked, "units": 50})]
    events = enact(ledger, record, ledger.other_financier, book.releasePledge(record, junior, 100))
    assert events[1:] == [("UnitsUnlocked", {**unlocked, "units": 100})]
    events = enact(ledger, record, ledger.financier, book.releasePledge(record, senior, 300))
    assert events[1:] == []
    assert standing(ledger, record) == [(0, 0, RELEASED), (1, 400, OPEN)]
    assert position(ledger, record, ledger.supplier) == (600, 0, 400)


def test_a_junior_in_the_middle_gives_up_a_part_and_keeps_its_rank(
    ledger: Ledger, record: bytes
) -> None:
    pledge(ledger, record, 300)
    pledge_behind(ledger, record, 0, 200)
    pledge_behind(ledger, record, 0, 100, to=ledger.financier)
    release = ledger.invoices.functions.releasePledge(record, 1, 150)
    events = enact(ledger, record, ledger.other_financier, release)
    assert [name for name, _ in events] == ["PledgeReleased"]
    assert standing(ledger, record) == [(1, 300, OPEN), (2, 50, OPEN), (3, 100, OPEN)]
    assert pledged_of(ledger, record) == 300


def test_what_is_unlocked_can_be_pledged_anew_and_what_is_locked_not(
    ledger: Ledger, record: bytes
) -> None:
    pledge(ledger, record, UNITS)
    pledge_behind(ledger, record, 0, 400)
    ledger.act(ledger.financier, ledger.invoices.functions.releasePledge(record, 0, UNITS))
    with reverts("RecordBookInsufficientUnits", record, ledger.supplier.id, 600, 601):
        pledge(ledger, record, 601)
    pledge(ledger, record, 600)
    with reverts("RecordBookPledgeTooSmall", record, 1, 400, 401):
        pledge_behind(ledger, record, 1, 401, to=ledger.financier)

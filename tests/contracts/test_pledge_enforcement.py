import pytest

from tests.contracts.acts import Events, enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, reverts
from tests.contracts.pledges import (
    ENFORCED,
    EXTINGUISHED,
    OPEN,
    pledge,
    pledge_behind,
    pledge_of,
    pledged_of,
    standing,
)
from tests.contracts.receivables import UNITS, offer, position


def enforce(
    ledger: Ledger, record: bytes, number: int, units: int, *, by: Member | None = None
) -> Events:
    call = ledger.invoices.functions.enforcePledge(record, number, units)
    return enact(ledger, record, by or ledger.financier, call)


def test_an_enforced_pledge_gives_its_units_to_the_pledgee(ledger: Ledger, record: bytes) -> None:
    pledge(ledger, record, 100)
    number = pledge(ledger, record, 600)
    assert enforce(ledger, record, number, 600) == [
        (
            "PledgeEnforced",
            {
                "record": record,
                "pledge": number,
                "pledgee": ledger.financier.id,
                "pledgor": ledger.supplier.id,
                "units": 600,
            },
        )
    ]
    assert standing(ledger, record) == [(1, 100, OPEN), (0, 0, ENFORCED)]
    assert position(ledger, record, ledger.supplier) == (300, 0, 100)
    assert position(ledger, record, ledger.financier) == (600, 0, 0)
    assert pledged_of(ledger, record) == 100


def test_a_pledge_is_enforced_from_its_date_on(ledger: Ledger, record: bytes) -> None:
    number = pledge(ledger, record, 600, after=100)
    date = pledge_of(ledger, record, number).enforceable_from
    ledger.chain.pass_time(date - ledger.chain.now() - 2)
    with reverts("RecordBookPledgeNotEnforceable", record, number, date):
        enforce(ledger, record, number, 1)
    assert ledger.chain.now() == date - 1
    enforce(ledger, record, number, 1)
    assert ledger.chain.now() == date
    ledger.chain.pass_time(1000)
    enforce(ledger, record, number, 1)
    assert position(ledger, record, ledger.financier) == (2, 0, 0)


def test_a_pledge_enforced_in_part_secures_with_the_rest(ledger: Ledger, record: bytes) -> None:
    number = pledge(ledger, record, 600)
    enforce(ledger, record, number, 200)
    assert standing(ledger, record) == [(1, 400, OPEN)]
    assert position(ledger, record, ledger.supplier) == (400, 0, 400)
    assert position(ledger, record, ledger.financier) == (200, 0, 0)
    with reverts("RecordBookPledgeTooSmall", record, number, 400, 401):
        enforce(ledger, record, number, 401)
    enforce(ledger, record, number, 399)
    assert standing(ledger, record) == [(1, 1, OPEN)]
    enforce(ledger, record, number, 1)
    assert standing(ledger, record) == [(0, 0, ENFORCED)]
    assert pledged_of(ledger, record) == 0


def test_only_the_first_rank_is_enforced(ledger: Ledger, record: bytes) -> None:
    second = ledger.other_financier
    pledge(ledger, record, 600)
    pledge_behind(ledger, record, 0, 400)
    pledge_behind(ledger, record, 0, 300)
    for number in (1, 2):
        with reverts("RecordBookPledgeNotFirst", record, number, number + 1):
            enforce(ledger, record, number, 1, by=second)
    ledger.act(ledger.financier, ledger.invoices.functions.releasePledge(record, 0, 600))
    with reverts("RecordBookPledgeNotFirst", record, 2, 2):
        enforce(ledger, record, 2, 1, by=second)
    enforce(ledger, record, 1, 400, by=second)
    assert position(ledger, record, second) == (400, 0, 0)


def test_each_lot_has_a_first_rank_of_its_own(ledger: Ledger, record: bytes) -> None:
    pledge(ledger, record, 100)
    pledge(ledger, record, 200, to=ledger.other_financier)
    enforce(ledger, record, 1, 200, by=ledger.other_financier)
    assert standing(ledger, record) == [(1, 100, OPEN), (0, 0, ENFORCED)]
    assert pledged_of(ledger, record) == 100


def test_juniors_are_cut_to_what_the_lot_still_holds(ledger: Ledger, record: bytes) -> None:
    for after_another_lot in (50, 600):
        pledge(ledger, record, after_another_lot)
    for units in (600, 401, 400, 10):
        pledge_behind(ledger, record, 1, units)
    logs = enforce(ledger, record, 1, 200)
    assert logs[1:] == [
        ("PledgeCutTo", {"record": record, "pledge": 2, "units": 400}),
        ("PledgeCutTo", {"record": record, "pledge": 3, "units": 400}),
    ]
    assert standing(ledger, record)[1:] == [
        (1, 400, OPEN),
        (2, 400, OPEN),
        (3, 400, OPEN),
        (4, 400, OPEN),
        (5, 10, OPEN),
    ]
    assert position(ledger, record, ledger.supplier) == (350, 0, 450)
    assert pledged_of(ledger, record) == 450


def test_when_the_first_takes_a_part_the_next_stands_first_with_the_rest(
    ledger: Ledger, record: bytes
) -> None:
    second = ledger.other_financier
    pledge(ledger, record, 600)
    pledge_behind(ledger, record, 0, 600)
    ledger.act(ledger.financier, ledger.invoices.functions.releasePledge(record, 0, 400))
    enforce(ledger, record, 0, 200)
    assert standing(ledger, record) == [(0, 0, ENFORCED), (1, 400, OPEN)]
    enforce(ledger, record, 1, 400, by=second)
    assert position(ledger, record, ledger.supplier) == (400, 0, 0)
    assert position(ledger, record, ledger.financier) == (200, 0, 0)
    assert position(ledger, record, second) == (400, 0, 0)
    assert pledged_of(ledger, record) == 0


def test_an_enforcement_frees_nothing_as_the_rest_is_still_needed(
    ledger: Ledger, record: bytes
) -> None:
    pledge(ledger, record, 150)
    pledge_behind(ledger, record, 0, 100)
    pledge_behind(ledger, record, 0, 20, to=ledger.financier)
    for units, rest in ((120, [30, 30, 20]), (5, [25, 25, 20])):
        names = [name for name, _ in enforce(ledger, record, 0, units)]
        assert names == ["PledgeEnforced", "PledgeCutTo"]
        assert [units for _, units, _ in standing(ledger, record)] == rest
        assert pledged_of(ledger, record) == max(rest)
    assert position(ledger, record, ledger.supplier) == (UNITS - 150, 0, 25)


def test_juniors_of_a_lot_that_is_taken_whole_are_extinguished(
    ledger: Ledger, record: bytes
) -> None:
    pledge(ledger, record, 600)
    pledge_behind(ledger, record, 0, 600)
    pledge_behind(ledger, record, 0, 100, to=ledger.financier)
    ledger.act(ledger.financier, ledger.invoices.functions.releasePledge(record, 0, 350))
    ledger.act(ledger.other_financier, ledger.invoices.functions.releasePledge(record, 1, 590))
    # First 250, second 10, third 100: the lot holds 250.
    assert position(ledger, record, ledger.supplier) == (750, 0, 250)
    assert enforce(ledger, record, 0, 250)[1:] == [
        ("PledgeCutTo", {"record": record, "pledge": 1, "units": 0}),
        ("PledgeCutTo", {"record": record, "pledge": 2, "units": 0}),
    ]
    assert [state for _, _, state in standing(ledger, record)] == [
        ENFORCED,
        EXTINGUISHED,
        EXTINGUISHED,
    ]
    assert position(ledger, record, ledger.supplier) == (750, 0, 0)
    assert pledged_of(ledger, record) == 0


def test_what_a_junior_that_became_first_gives_up_is_unlocked(
    ledger: Ledger, record: bytes
) -> None:
    pledge(ledger, record, 50)
    pledge(ledger, record, 300)
    pledge_behind(ledger, record, 1, 600 - 300)
    pledge_behind(ledger, record, 1, 40)
    release = ledger.invoices.functions.releasePledge
    ledger.act(ledger.financier, release(record, 1, 200))
    # First 100, second 300, third 40: the lot holds 300, and 200 of them after the first took all.
    enforced, cut = enforce(ledger, record, 1, 100)
    assert enforced[0] == "PledgeEnforced"
    assert cut == ("PledgeCutTo", {"record": record, "pledge": 2, "units": 200})
    events = enact(ledger, record, ledger.other_financier, release(record, 2, 199))
    unlocked = {"record": record, "lot": 1, "pledgor": ledger.supplier.id, "units": 160}
    assert events[1] == ("UnitsUnlocked", unlocked)
    # First 1, second 40.
    enforce(ledger, record, 2, 1, by=ledger.other_financier)
    assert standing(ledger, record)[1:] == [(0, 0, ENFORCED), (0, 0, ENFORCED), (1, 39, OPEN)]
    assert position(ledger, record, ledger.supplier) == (UNITS - 50 - 101 - 39, 0, 50 + 39)
    assert pledged_of(ledger, record) == 89


def test_a_pledgee_that_is_no_longer_a_financier_still_enforces(
    ledger: Ledger, record: bytes
) -> None:
    number = pledge(ledger, record, 600)
    ledger.set_roles(ledger.financier, 0)
    enforce(ledger, record, number, 600)
    assert position(ledger, record, ledger.financier) == (600, 0, 0)


@pytest.mark.parametrize("taking", ["releasePledge", "enforcePledge"])
def test_a_suspended_pledgee_neither_releases_nor_enforces(
    ledger: Ledger, record: bytes, taking: str
) -> None:
    number = pledge(ledger, record, 600)
    ledger.suspend(ledger.financier)
    with reverts("MembershipNotActive", ledger.financier.id, 2):
        ledger.act(ledger.financier, ledger.invoices.functions[taking](record, number, 1))


def test_the_pledgors_other_units_and_offers_are_untouched(ledger: Ledger, record: bytes) -> None:
    offer(ledger, record, 200)
    number = pledge(ledger, record, 600)
    enforce(ledger, record, number, 500)
    assert position(ledger, record, ledger.supplier) == (200, 200, 100)
    ledger.act(ledger.financier, ledger.invoices.functions.acceptOffer(record, 0))
    assert position(ledger, record, ledger.financier) == (700, 0, 0)

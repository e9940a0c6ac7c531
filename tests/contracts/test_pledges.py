import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import FINANCIER, Member, reverts
from tests.contracts.pledges import (
    OPEN,
    RELEASED,
    TERMS,
    Pledge,
    pledge,
    pledge_of,
    pledged_of,
    standing,
)
from tests.contracts.receivables import (
    CANCELLED,
    REGISTERED,
    UNITS,
    offer,
    position,
    register,
    register_accepted,
)


def test_a_pledge_locks_its_units_in_the_first_rank_of_a_new_lot(
    ledger: Ledger, record: bytes
) -> None:
    book, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    pledge(ledger, record, 100)
    events = enact(
        ledger, record, supplier, book.pledge(record, financier.id, 600, 1_900_000_000, TERMS)
    )
    assert events == [
        (
            "Pledged",
            {
                "record": record,
                "pledge": 1,
                "pledgor": supplier.id,
                "pledgee": financier.id,
                "units": 600,
                "enforceableFrom": 1_900_000_000,
                "lot": 1,
                "rank": 1,
                "terms": TERMS,
            },
        )
    ]
    assert pledge_of(ledger, record, 1) == Pledge(
        supplier.id, financier.id, TERMS, 600, 1_900_000_000, lot=1, rank=1, state=OPEN
    )
    assert book.pledgeCount(record).call() == 2
    assert position(ledger, record, supplier) == (300, 0, 700)
    assert position(ledger, record, financier) == (0, 0, 0)
    assert pledged_of(ledger, record) == 700


def test_pledging_answers_with_the_pledges_number(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    call = book.pledge(record, financier.id, 1, 0, TERMS)
    assert ledger.chain.simulate(ledger.supplier.key, call) == 0
    pledge(ledger, record, 1)
    assert ledger.chain.simulate(ledger.supplier.key, call) == 1
    behind = book.pledgeBehind(record, 0, financier.id, 1, 0, TERMS)
    assert ledger.chain.simulate(ledger.supplier.key, behind) == 1


def test_pledged_units_are_the_pledgors_but_not_free(ledger: Ledger, record: bytes) -> None:
    supplier = ledger.supplier
    pledge(ledger, record, 600)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 400, 401):
        offer(ledger, record, 401)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 400, 401):
        pledge(ledger, record, 401, to=ledger.other_financier)
    with reverts("InvoiceBookUnitsElsewhere", record):
        ledger.act(supplier, ledger.invoices.functions.cancel(record))
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 400, 401):
        ledger.act(supplier, ledger.invoices.functions.credit(record, 401, TERMS))


def test_all_free_units_and_no_more_can_be_pledged(ledger: Ledger, record: bytes) -> None:
    supplier = ledger.supplier
    with reverts("RecordBookInsufficientUnits", record, supplier.id, UNITS, UNITS + 1):
        pledge(ledger, record, UNITS + 1)
    pledge(ledger, record, UNITS)
    assert position(ledger, record, supplier) == (0, 0, UNITS)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 0, 1):
        pledge(ledger, record, 1)


def test_offered_units_cannot_be_pledged(ledger: Ledger, record: bytes) -> None:
    offer(ledger, record, 600)
    with reverts("RecordBookInsufficientUnits", record, ledger.supplier.id, 400, 401):
        pledge(ledger, record, 401)
    pledge(ledger, record, 400)
    assert position(ledger, record, ledger.supplier) == (0, 600, 400)


def test_a_pledge_of_no_units_is_refused(ledger: Ledger, record: bytes) -> None:
    with reverts("RecordBookNoUnits"):
        pledge(ledger, record, 0)


def test_who_holds_nothing_pledges_nothing(ledger: Ledger, record: bytes) -> None:
    for member in (ledger.buyer, ledger.other_supplier, ledger.financier):
        with reverts("RecordBookInsufficientUnits", record, member.id, 0, 1):
            pledge(ledger, record, 1, by=member, to=ledger.other_financier)


def test_nobody_pledges_to_itself(ledger: Ledger, record: bytes) -> None:
    with reverts("RecordBookSelfPledge", ledger.supplier.id):
        pledge(ledger, record, 1, to=ledger.supplier)


def test_only_active_financiers_are_given_security(ledger: Ledger, record: bytes) -> None:
    for member in (ledger.buyer, ledger.other_supplier, ledger.council[0]):
        with reverts("MembershipMissingRole", member.id, FINANCIER):
            pledge(ledger, record, 1, to=member)
    nobody = Member(b"\x01" * 32, ledger.spare_keys[0])
    with reverts("MembershipUnknownMember", nobody.id):
        pledge(ledger, record, 1, to=nobody)
    ledger.suspend(ledger.financier)
    with reverts("MembershipNotActive", ledger.financier.id, 2):
        pledge(ledger, record, 1)


def test_strangers_and_suspended_members_do_not_pledge(ledger: Ledger, record: bytes) -> None:
    nobody = Member(b"\x01" * 32, ledger.spare_keys[0])
    with reverts("MembershipUnknownKey", nobody.key.lower()):
        pledge(ledger, record, 1, by=nobody)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        pledge(ledger, record, 1)


def test_a_financier_pledges_what_it_took(ledger: Ledger, record: bytes) -> None:
    book, financier = ledger.invoices.functions, ledger.financier
    ledger.act(financier, book.acceptOffer(record, offer(ledger, record, 600)))
    number = pledge(ledger, record, 250, by=financier, to=ledger.other_financier)
    assert pledge_of(ledger, record, number)[:2] == (financier.id, ledger.other_financier.id)
    assert position(ledger, record, financier) == (350, 0, 250)
    assert pledged_of(ledger, record) == 250


def test_only_units_of_an_accepted_invoice_are_pledged(ledger: Ledger) -> None:
    unknown, pledging = b"\x01" * 32, ledger.invoices.functions.pledge
    with reverts("RecordBookUnknownRecord", unknown):
        ledger.act(ledger.supplier, pledging(unknown, ledger.financier.id, 1, 0, TERMS))
    record = register(ledger)
    with reverts("InvoiceBookWrongState", record, REGISTERED):
        pledge(ledger, record, 1)
    ledger.act(ledger.supplier, ledger.invoices.functions.cancel(record))
    with reverts("InvoiceBookWrongState", record, CANCELLED):
        pledge(ledger, record, 1)


def test_a_released_pledge_is_closed_and_its_units_are_free(ledger: Ledger, record: bytes) -> None:
    pledge(ledger, record, 100)
    number = pledge(ledger, record, 600)
    release = ledger.invoices.functions.releasePledge(record, number, 600)
    events = enact(ledger, record, ledger.financier, release)
    parties = {"pledgee": ledger.financier.id, "pledgor": ledger.supplier.id}
    assert events == [
        ("PledgeReleased", {"record": record, "pledge": number, **parties, "units": 600}),
        (
            "UnitsUnlocked",
            {"record": record, "lot": 1, "pledgor": ledger.supplier.id, "units": 600},
        ),
    ]
    assert standing(ledger, record) == [(1, 100, OPEN), (0, 0, RELEASED)]
    assert position(ledger, record, ledger.supplier) == (900, 0, 100)
    assert position(ledger, record, ledger.financier) == (0, 0, 0)
    assert pledged_of(ledger, record) == 100


def test_a_pledge_released_in_part_secures_with_the_rest(ledger: Ledger, record: bytes) -> None:
    number = pledge(ledger, record, 600)
    release = ledger.invoices.functions.releasePledge
    events = enact(ledger, record, ledger.financier, release(record, number, 1))
    assert [arguments["units"] for _, arguments in events] == [1, 1]
    assert standing(ledger, record) == [(1, 599, OPEN)]
    assert position(ledger, record, ledger.supplier) == (401, 0, 599)
    with reverts("RecordBookPledgeTooSmall", record, number, 599, 600):
        ledger.act(ledger.financier, release(record, number, 600))
    ledger.act(ledger.financier, release(record, number, 599))
    assert standing(ledger, record) == [(0, 0, RELEASED)]
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)
    assert pledged_of(ledger, record) == 0


def test_only_the_pledgee_releases_and_enforces(ledger: Ledger, record: bytes) -> None:
    book, number = ledger.invoices.functions, pledge(ledger, record, 600)
    for taking in (book.releasePledge, book.enforcePledge):
        for member in (ledger.supplier, ledger.other_financier, ledger.buyer):
            with reverts("RecordBookNotParty", record, member.id):
                ledger.act(member, taking(record, number, 1))
        with reverts("MembershipUnknownKey", ledger.spare_keys[0].lower()):
            ledger.chain.send(ledger.spare_keys[0], taking(record, number, 1))
    assert standing(ledger, record) == [(1, 600, OPEN)]


@pytest.mark.parametrize("taking", ["releasePledge", "enforcePledge"])
def test_neither_nothing_nor_more_than_is_pledged_is_released_or_enforced(
    ledger: Ledger, record: bytes, taking: str
) -> None:
    function, number = ledger.invoices.functions[taking], pledge(ledger, record, 600)
    with reverts("RecordBookNoUnits"):
        ledger.act(ledger.financier, function(record, number, 0))
    with reverts("RecordBookPledgeTooSmall", record, number, 600, 601):
        ledger.act(ledger.financier, function(record, number, 601))


@pytest.mark.parametrize("function", ["releasePledge", "enforcePledge", "pledgeOf"])
def test_a_pledge_that_was_never_made_is_unknown(
    ledger: Ledger, record: bytes, function: str
) -> None:
    pledge(ledger, record, 1)
    rest = [] if function == "pledgeOf" else [1]
    for target, number in ((record, 1), (b"\x01" * 32, 0)):
        with reverts("RecordBookUnknownPledge", target, number):
            call = ledger.invoices.functions[function](target, number, *rest)
            ledger.chain.simulate(ledger.financier.key, call)


def test_pledges_of_different_records_do_not_mix(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    other = register_accepted(ledger, commitment=b"\xc1" * 32, strict_keys=[b"\x52" * 32])
    number = pledge(ledger, record, 600)
    with reverts("RecordBookUnknownPledge", other, number):
        ledger.act(ledger.financier, book.enforcePledge(other, number, 1))
    assert pledge(ledger, other, 10, to=ledger.other_financier) == number
    ledger.act(ledger.other_financier, book.releasePledge(other, number, 10))
    assert standing(ledger, record) == [(1, 600, OPEN)]
    assert position(ledger, record, ledger.supplier) == (400, 0, 600)
    assert position(ledger, other, ledger.supplier) == (UNITS, 0, 0)


def test_all_units_of_the_greatest_record_are_pledged_and_taken(ledger: Ledger) -> None:
    most = 2**80 - 1
    record = register_accepted(ledger, units=most)
    number = pledge(ledger, record, most)
    assert pledged_of(ledger, record) == most
    ledger.act(ledger.financier, ledger.invoices.functions.enforcePledge(record, number, most))
    assert position(ledger, record, ledger.financier) == (most, 0, 0)
    assert pledged_of(ledger, record) == 0

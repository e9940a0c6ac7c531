import pytest

from tests.contracts.acts import enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, reverts, word
from tests.contracts.receivables import (
    ACCEPTED,
    COUNCIL_FREEZE,
    DISPUTE_FREEZE,
    SETTLED,
    UNITS,
    dispute_of,
    freezes,
    invoice_state,
    offer,
    pledge,
    position,
    retired,
    transfer,
)

REASON = word("the expert's report")
DISPUTED = 100


@pytest.fixture
def disputed(ledger: Ledger, record: bytes) -> bytes:
    """A hundred units in dispute, of an invoice that supplier and financier hold."""
    transfer(ledger, record, 600)
    ledger.act(ledger.buyer, ledger.invoices.functions.dispute(record, DISPUTED, REASON))
    return record


def retired_event(record: bytes, member: Member, units: int) -> tuple[str, dict[str, object]]:
    return ("UnitsRetired", {"record": record, "member": member.id, "units": units})


def test_the_council_upholds_a_dispute_at_the_cost_of_several_holders(
    ledger: Ledger, disputed: bytes
) -> None:
    book, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    reductions = [(supplier.id, 60), (financier.id, 40)]
    events = enact_decision(ledger, disputed, book.decideDispute(disputed, 1, reductions, REASON))
    assert events == [
        ("RecordUnfrozen", {"record": disputed, "cause": 2, "by": bytes(32)}),
        ("DisputeDecided", {"record": disputed, "number": 1, "upheld": 100, "reason": REASON}),
        retired_event(disputed, supplier, 60),
        retired_event(disputed, financier, 40),
    ]
    assert freezes(ledger, disputed) == 0
    assert dispute_of(ledger, disputed) == (0, 1)
    assert position(ledger, disputed, supplier) == (340, 0, 0)
    assert position(ledger, disputed, financier) == (560, 0, 0)
    assert retired(ledger, disputed) == 100
    assert invoice_state(ledger, disputed) == ACCEPTED


def test_the_council_upholds_a_part(ledger: Ledger, disputed: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    call = book.decideDispute(disputed, 1, [(supplier.id, DISPUTED - 1)], REASON)
    events = enact_decision(ledger, disputed, call)
    assert events[1][1]["upheld"] == 99
    assert retired(ledger, disputed) == 99


def test_the_council_dismisses_a_dispute(ledger: Ledger, disputed: bytes) -> None:
    book = ledger.invoices.functions
    events = enact_decision(ledger, disputed, book.decideDispute(disputed, 1, [], REASON))
    assert events == [
        ("RecordUnfrozen", {"record": disputed, "cause": 2, "by": bytes(32)}),
        ("DisputeDecided", {"record": disputed, "number": 1, "upheld": 0, "reason": REASON}),
    ]
    assert freezes(ledger, disputed) == 0
    assert retired(ledger, disputed) == 0
    with reverts("InvoiceDisputesNone", disputed):
        ledger.act(ledger.buyer, book.withdrawDispute(disputed, 1))


def test_no_more_is_upheld_than_was_disputed(ledger: Ledger, disputed: bytes) -> None:
    decide = ledger.invoices.functions.decideDispute
    for reductions, total in (
        ([(ledger.supplier.id, 101)], 101),
        ([(ledger.supplier.id, 60), (ledger.financier.id, 41)], 101),
        ([(ledger.supplier.id, 2**80 - 1)] * 32, 32 * (2**80 - 1)),
    ):
        with reverts("InvoiceDisputesBeyondDispute", disputed, DISPUTED, total):
            ledger.decide(decide(disputed, 1, reductions, REASON))
    ledger.decide(decide(disputed, 1, [(ledger.supplier.id, DISPUTED)], REASON))


def test_only_free_units_retire_by_decision(ledger: Ledger, record: bytes) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    transfer(ledger, record, 600)
    offer(ledger, record, 250)
    pledge(ledger, record, 100)
    ledger.act(ledger.buyer, book.dispute(record, DISPUTED, REASON))
    for reductions, member, free, wanted in (
        ([(supplier.id, 51)], supplier, 50, 51),
        ([(supplier.id, 30), (supplier.id, 21)], supplier, 20, 21),
        ([(supplier.id, 1), (ledger.other_financier.id, 1)], ledger.other_financier, 0, 1),
    ):
        with reverts("RecordBookInsufficientUnits", record, member.id, free, wanted):
            ledger.decide(book.decideDispute(record, 1, reductions, REASON))
    ledger.decide(book.decideDispute(record, 1, [(supplier.id, 30), (supplier.id, 20)], REASON))
    assert position(ledger, record, supplier) == (0, 250, 100)


def test_a_reduction_has_units(ledger: Ledger, disputed: bytes) -> None:
    with reverts("RecordBookNoUnits"):
        reductions = [(ledger.supplier.id, 1), (ledger.financier.id, 0)]
        ledger.decide(ledger.invoices.functions.decideDispute(disputed, 1, reductions, REASON))


def test_a_decision_has_at_most_thirty_two_reductions(ledger: Ledger, disputed: bytes) -> None:
    decide = ledger.invoices.functions.decideDispute
    with reverts("InvoiceDisputesTooManyReductions", 33, 32):
        ledger.decide(decide(disputed, 1, [(ledger.supplier.id, 1)] * 33, REASON))
    ledger.decide(decide(disputed, 1, [(ledger.supplier.id, 1)] * 32, REASON))
    assert retired(ledger, disputed) == 32


def test_a_decision_over_everything_settles_the_invoice(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    transfer(ledger, record, 600)
    ledger.act(ledger.buyer, book.dispute(record, UNITS, REASON))
    snapshot = ledger.chain.snapshot()
    most = [(ledger.supplier.id, 400), (ledger.financier.id, 599)]
    ledger.decide(book.decideDispute(record, 1, most, REASON))
    assert invoice_state(ledger, record) == ACCEPTED
    ledger.chain.restore(snapshot)
    everything = [(ledger.supplier.id, 400), (ledger.financier.id, 600)]
    events = enact_decision(ledger, record, book.decideDispute(record, 1, everything, REASON))
    assert events[-1] == ("InvoiceSettled", {"record": record})
    assert invoice_state(ledger, record) == SETTLED
    assert retired(ledger, record) == UNITS


def test_nobody_decides_a_dispute_alone(ledger: Ledger, disputed: bytes) -> None:
    call = ledger.invoices.functions.decideDispute(disputed, 1, [], REASON)
    for member in (ledger.council[0], ledger.buyer, ledger.supplier):
        with reverts("MembershipNotCouncil", member.key.lower()):
            ledger.act(member, call)
    assert freezes(ledger, disputed) == DISPUTE_FREEZE


def test_there_is_no_decision_without_a_dispute(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    for reductions in ([], [(ledger.supplier.id, 1)]):
        with reverts("InvoiceDisputesNone", record):
            ledger.decide(book.decideDispute(record, 0, reductions, REASON))
        with reverts("InvoiceDisputesNone", record):
            ledger.decide(book.decideDispute(record, 1, reductions, REASON))


def test_a_decision_names_the_dispute_that_it_ends(ledger: Ledger, disputed: bytes) -> None:
    decide = ledger.invoices.functions.decideDispute
    for number in (0, 2, 2**32 - 1):
        with reverts("InvoiceDisputesOther", disputed, 1, number):
            ledger.decide(decide(disputed, number, [], REASON))
    assert dispute_of(ledger, disputed) == (DISPUTED, 1)
    ledger.decide(decide(disputed, 1, [], REASON))
    with reverts("InvoiceDisputesNone", disputed):
        ledger.decide(decide(disputed, 1, [], REASON))


def test_a_decision_about_a_dispute_that_was_withdrawn_does_not_end_the_next_one(
    ledger: Ledger, disputed: bytes
) -> None:
    book, council = ledger.invoices.functions, ledger.membership.functions
    everything = [(ledger.supplier.id, DISPUTED)]
    stale = ledger.propose(book.decideDispute(disputed, 1, everything, REASON))
    ledger.act(ledger.council[1], council.approve(stale))
    snapshot = ledger.chain.snapshot()
    ledger.act(ledger.council[1], council.execute(stale))
    assert retired(ledger, disputed) == DISPUTED
    ledger.chain.restore(snapshot)
    ledger.act(ledger.buyer, book.withdrawDispute(disputed, 1))
    ledger.act(ledger.buyer, book.dispute(disputed, DISPUTED, REASON))
    with reverts("InvoiceDisputesOther", disputed, 2, 1):
        ledger.act(ledger.council[1], council.execute(stale))
    assert (dispute_of(ledger, disputed), retired(ledger, disputed)) == ((DISPUTED, 2), 0)
    assert freezes(ledger, disputed) == DISPUTE_FREEZE
    ledger.decide(book.decideDispute(disputed, 2, everything, REASON))
    assert (dispute_of(ledger, disputed), retired(ledger, disputed)) == ((0, 2), DISPUTED)


def test_the_council_may_dismiss_but_not_uphold_while_it_freezes_the_record(
    ledger: Ledger, disputed: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeze(disputed, REASON))
    with reverts("RecordBookFrozen", disputed, COUNCIL_FREEZE):
        ledger.decide(book.decideDispute(disputed, 1, [(ledger.supplier.id, 1)], REASON))
    ledger.decide(book.decideDispute(disputed, 1, [], REASON))
    assert freezes(ledger, disputed) == COUNCIL_FREEZE


def test_a_suspended_holder_can_be_reduced_by_decision(ledger: Ledger, disputed: bytes) -> None:
    book = ledger.invoices.functions
    ledger.suspend(ledger.financier)
    ledger.decide(book.decideDispute(disputed, 1, [(ledger.financier.id, 1)], REASON))
    assert position(ledger, disputed, ledger.financier) == (599, 0, 0)

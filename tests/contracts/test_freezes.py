from collections.abc import Iterator, Mapping

import pytest
from web3.contract.contract import ContractFunction

from tests.contracts.acts import enact, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.pledges import pledge
from tests.contracts.receivables import CANCELLED, UNITS, offer, position, register
from tests.contracts.rights import RIGHTS, state_changing
from tests.contracts.world import World
from tests.contracts.world_calls import calls_of

COUNCIL_FREEZE, KEEPER_FREEZE, DISPUTE_FREEZE, LOSS_FREEZE = range(4)
"""Causes of a freeze."""

REASON = word("court order 7/26")

STOPPED = (
    "accept",
    "acceptPart",
    "reject",
    "cancel",
    "undertake",
    "credit",
    "offer",
    "acceptOffer",
    "acceptOfferIfClear",
    "pledge",
    "pledgeBehind",
    "enforcePledge",
    "confirmPayment",
    "confirmPayment of a suspended holder",
    "concedeDispute",
    "decideDispute",
)
"""By which units would move, or which would change what they are worth."""

POSSIBLE = (
    "rejectOffer",
    "withdrawOffer",
    "expireOffer",
    "releasePledge",
    "declarePayment",
    "declarePayment of a suspended buyer",
    "denyPayment",
    "withdrawPayment",
    "dispute",
    "withdrawDispute",
    "unfreeze",
    "voidRecord",
)
"""By which promises are taken back, or nothing moves."""

NEVER_FROZEN = ("register", "freeSettledKeys", "multicall", "tryMulticall")
"""On no record, or on one that has ended."""


def freezes_of(ledger: Ledger, record: bytes) -> int:
    found: int = ledger.invoices.functions.record(record).call()[6]
    return found


@pytest.fixture(scope="module")
def calls(world: World) -> Iterator[Mapping[str, ContractFunction]]:
    """Calls on records that the council froze."""
    snapshot = world.ledger.chain.snapshot()
    for record in (world.registered, world.held, world.disputed, world.abandoned):
        world.ledger.decide(world.ledger.invoices.functions.freeze(record, REASON))
    yield calls_of(world)
    world.ledger.chain.restore(snapshot)


def test_the_council_freezes_and_unfreezes_by_decision(ledger: Ledger, record: bytes) -> None:
    book, caused = ledger.invoices.functions, {"record": record, "cause": COUNCIL_FREEZE}
    nobody = {"by": bytes(32)}
    assert enact_decision(ledger, record, book.freeze(record, REASON)) == [
        ("RecordFrozen", {**caused, **nobody, "reason": REASON})
    ]
    assert freezes_of(ledger, record) == 0b001
    assert enact_decision(ledger, record, book.unfreeze(record, COUNCIL_FREEZE)) == [
        ("RecordUnfrozen", {**caused, **nobody})
    ]
    assert freezes_of(ledger, record) == 0
    offer(ledger, record, UNITS)


def test_a_record_is_frozen_and_unfrozen_once(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    with reverts("RecordBookNotFrozen", record, COUNCIL_FREEZE):
        ledger.decide(book.unfreeze(record, COUNCIL_FREEZE))
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookAlreadyFrozen", record, COUNCIL_FREEZE):
        ledger.decide(book.freeze(record, REASON))
    ledger.decide(book.unfreeze(record, COUNCIL_FREEZE))
    with reverts("RecordBookNotFrozen", record, COUNCIL_FREEZE):
        ledger.decide(book.unfreeze(record, COUNCIL_FREEZE))


def test_the_council_lifts_no_freeze_of_an_invoice_but_its_own(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.decide(book.freeze(record, REASON))
    for cause in (DISPUTE_FREEZE, LOSS_FREEZE):
        with reverts("RecordBookForeignFreeze", record, cause):
            ledger.decide(book.unfreeze(record, cause))
    with reverts("RecordBookNotFrozen", record, KEEPER_FREEZE):
        ledger.decide(book.unfreeze(record, KEEPER_FREEZE))
    assert freezes_of(ledger, record) == 0b101


def test_an_invoice_has_no_keeper_that_freezes_it(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    members = (ledger.supplier, ledger.buyer, ledger.financier, ledger.council[0])
    for call in (book.freeze(record, REASON), book.unfreeze(record, COUNCIL_FREEZE)):
        for member in members:
            with reverts("RecordBookNotParty", record, member.id):
                ledger.act(member, call)
        with reverts("MembershipUnknownKey", ledger.spare_keys[0].lower()):
            ledger.chain.send(ledger.spare_keys[0], call)
    assert freezes_of(ledger, record) == 0


def test_a_frozen_record_stays_so_until_every_cause_is_lifted(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.decide(book.freeze(record, REASON))
    assert freezes_of(ledger, record) == 0b101
    with reverts("RecordBookFrozen", record, 0b101):
        offer(ledger, record, 1)
    ledger.decide(book.unfreeze(record, COUNCIL_FREEZE))
    with reverts("RecordBookFrozen", record, 0b100):
        offer(ledger, record, 1)
    with reverts("RecordBookNotFrozen", record, COUNCIL_FREEZE):
        ledger.decide(book.unfreeze(record, COUNCIL_FREEZE))
    ledger.act(ledger.buyer, book.withdrawDispute(record, 1))
    offer(ledger, record, 1)


def test_the_end_of_a_dispute_leaves_the_councils_freeze(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.decide(book.freeze(record, REASON))
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    snapshot = ledger.chain.snapshot()
    for end in (book.withdrawDispute(record, 1), book.decideDispute(record, 1, [], REASON)):
        ledger.chain.restore(snapshot)
        snapshot = ledger.chain.snapshot()
        if end.fn_name == "withdrawDispute":
            ledger.act(ledger.buyer, end)
        else:
            ledger.decide(end)
        assert freezes_of(ledger, record) == 0b001
        with reverts("RecordBookFrozen", record, 0b001):
            offer(ledger, record, 1)


def test_a_dispute_that_cannot_be_conceded_while_frozen_stays_open(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 7, REASON))
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, 0b001):
        ledger.act(ledger.supplier, book.concedeDispute(record, 1))
    assert book.disputeOf(record).call() == (7, 1)
    assert freezes_of(ledger, record) == 0b101


def test_only_live_records_are_frozen_and_unfrozen(ledger: Ledger) -> None:
    book, unknown = ledger.invoices.functions, b"\x01" * 32
    record = register(ledger)
    ledger.decide(book.freeze(record, REASON))
    with reverts("RecordBookFrozen", record, 0b001):
        ledger.act(ledger.buyer, book.accept(record))
    ledger.decide(book.unfreeze(record, COUNCIL_FREEZE))
    ledger.act(ledger.supplier, book.cancel(record))
    for call in (book.freeze(record, REASON), book.unfreeze(record, COUNCIL_FREEZE)):
        with reverts("InvoiceBookWrongState", record, CANCELLED):
            ledger.decide(call)
    for call in (book.freeze(unknown, REASON), book.unfreeze(unknown, COUNCIL_FREEZE)):
        with reverts("RecordBookUnknownRecord", unknown):
            ledger.decide(call)


def test_promises_are_taken_back_while_frozen(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    withdrawn, rejected = offer(ledger, record, 100), offer(ledger, record, 200)
    number = pledge(ledger, record, 300)
    ledger.decide(book.freeze(record, REASON))
    enact(ledger, record, ledger.supplier, book.withdrawOffer(record, withdrawn))
    enact(ledger, record, ledger.financier, book.rejectOffer(record, rejected))
    enact(ledger, record, ledger.financier, book.releasePledge(record, number, 300))
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_it_is_said_of_every_function_whether_a_freeze_stops_it() -> None:
    said = {case.split(" ")[0] for case in (*STOPPED, *POSSIBLE, *NEVER_FROZEN)}
    assert said | {"freeze"} == state_changing("InvoiceBook")


@pytest.mark.parametrize("function", STOPPED)
def test_frozen_means_frozen(
    world: World, calls: Mapping[str, ContractFunction], function: str
) -> None:
    case = f"InvoiceBook.{function}"
    call, actor = calls[case], world.actors[RIGHTS[case].by[0]]
    record: bytes = call.args[0]
    # A dispute is over once it is conceded or decided; what holds still is the council's freeze.
    left = freezes_of(world.ledger, record) & ~(1 << DISPUTE_FREEZE)
    with reverts("RecordBookFrozen", record, left):
        world.ledger.chain.simulate(actor.key, call)


@pytest.mark.parametrize("function", POSSIBLE)
def test_what_moves_nothing_is_possible_while_frozen(
    world: World, calls: Mapping[str, ContractFunction], function: str
) -> None:
    case = f"InvoiceBook.{function}"
    assert freezes_of(world.ledger, calls[case].args[0]) & 0b001
    world.ledger.chain.simulate(world.actors[RIGHTS[case].by[0]].key, calls[case])


def test_another_record_is_not_frozen(ledger: Ledger, record: bytes) -> None:
    other = register(ledger, commitment=b"\xc1" * 32, strict_keys=[b"\x52" * 32])
    ledger.decide(ledger.invoices.functions.freeze(record, REASON))
    ledger.act(ledger.buyer, ledger.invoices.functions.accept(other))
    offer(ledger, other, 1)

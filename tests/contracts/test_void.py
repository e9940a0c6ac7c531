from collections.abc import Iterator, Mapping
from functools import partial

import pytest
from web3.contract.contract import ContractFunction

from tests.contracts.acts import enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.pledges import pledge, pledged_of
from tests.contracts.receivables import (
    CANCELLED,
    REJECTED,
    SETTLED,
    STRICT_KEY,
    UNITS,
    VOIDED,
    invoice_state,
    offer,
    position,
    register,
    register_accepted,
)
from tests.contracts.rights import RIGHTS, state_changing
from tests.contracts.world import World
from tests.contracts.world_calls import calls_of

REASON = word("forged")

STILL_ANSWERED = ("denyPayment", "withdrawPayment")
"""Of a void record: they move nothing, and say what became of a declaration."""

OF_WHAT_IS_SETTLED = ("freeSettledKeys",)
"""Of no live record, and so of none that can be voided."""

OVER = tuple(
    case.removeprefix("InvoiceBook.")
    for case in RIGHTS
    if case.startswith("InvoiceBook.")
    and not case.endswith(("register", "ulticall", *STILL_ANSWERED, *OF_WHAT_IS_SETTLED))
)


@pytest.fixture(scope="module")
def calls(world: World) -> Iterator[Mapping[str, ContractFunction]]:
    """Calls on records that are void."""
    snapshot = world.ledger.chain.snapshot()
    for record in world.live_invoices:
        world.ledger.decide(world.ledger.invoices.functions.voidRecord(record, REASON))
    yield calls_of(world)
    world.ledger.chain.restore(snapshot)


def test_a_void_record_frees_its_strict_keys_and_leaves_its_units(ledger: Ledger) -> None:
    book, keys = ledger.invoices.functions, [b"\x52" * 32, b"\x53" * 32]
    record = register_accepted(ledger, strict_keys=keys)
    offer(ledger, record, 100)
    pledge(ledger, record, 200)
    ledger.act(ledger.financier, book.acceptOffer(record, offer(ledger, record, 300)))
    before = book.record(record).call()
    assert enact_decision(ledger, record, book.voidRecord(record, REASON)) == [
        ("RecordVoided", {"record": record, "reason": REASON}),
        *(("StrictKeyFreed", {"key": key, "record": record}) for key in keys),
    ]
    assert invoice_state(ledger, record) == VOIDED
    assert book.record(record).call() == before
    assert position(ledger, record, ledger.supplier) == (400, 100, 200)
    assert position(ledger, record, ledger.financier) == (300, 0, 0)
    assert pledged_of(ledger, record) == 200


def test_the_keys_of_a_void_record_are_free_for_another(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    with reverts("IdentityKeysTaken", STRICT_KEY, record):
        register(ledger, by=ledger.other_supplier)
    ledger.decide(book.voidRecord(record, REASON))
    assert book.strictKeyHolder(STRICT_KEY).call() == bytes(32)
    successor = register(ledger, by=ledger.other_supplier)
    assert book.strictKeyHolder(STRICT_KEY).call() == successor
    with reverts("RecordBookRecordExists", record):
        register(ledger, strict_keys=[b"\x52" * 32])


def test_only_the_council_voids_and_only_by_decision(ledger: Ledger, record: bytes) -> None:
    call = ledger.invoices.functions.voidRecord(record, REASON)
    for member in (ledger.supplier, ledger.buyer, ledger.financier, *ledger.council):
        with reverts("MembershipNotCouncil", member.key.lower()):
            ledger.act(member, call)
    with reverts("MembershipNotCouncil", ledger.spare_keys[0].lower()):
        ledger.chain.send(ledger.spare_keys[0], call)
    number = ledger.propose(call)
    with reverts("MembershipTooFewApprovals", number, 1, 2):
        ledger.act(ledger.council[0], ledger.membership.functions.execute(number))


def test_a_record_that_only_waits_for_its_buyer_is_voided_too(ledger: Ledger) -> None:
    record = register(ledger)
    ledger.decide(ledger.invoices.functions.voidRecord(record, REASON))
    assert invoice_state(ledger, record) == VOIDED
    with reverts("InvoiceBookWrongState", record, VOIDED):
        ledger.act(ledger.buyer, ledger.invoices.functions.accept(record))


def test_a_frozen_record_is_voided_and_stays_frozen(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.buyer, book.dispute(record, 1, REASON))
    ledger.decide(book.freeze(record, REASON))
    ledger.decide(book.voidRecord(record, REASON))
    assert invoice_state(ledger, record) == VOIDED
    assert book.record(record).call()[6] == 0b101


def test_what_has_ended_is_not_voided(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    with reverts("RecordBookUnknownRecord", b"\x01" * 32):
        ledger.decide(book.voidRecord(b"\x01" * 32, REASON))
    for state, member, end in (
        (REJECTED, ledger.buyer, partial(book.reject, reason=REASON)),
        (CANCELLED, ledger.supplier, book.cancel),
        (SETTLED, ledger.supplier, partial(book.credit, units=UNITS, commitment=REASON)),
    ):
        key = bytes([state]) * 32
        record = register(ledger, commitment=key, strict_keys=[key])
        if state == SETTLED:
            ledger.act(ledger.buyer, book.accept(record))
        ledger.act(member, end(record))
        assert invoice_state(ledger, record) == state
        with reverts("InvoiceBookWrongState", record, state):
            ledger.decide(book.voidRecord(record, REASON))


def test_a_settled_invoice_is_not_voided_and_keeps_its_keys(ledger: Ledger, record: bytes) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.supplier, book.credit(record, UNITS, REASON))
    with reverts("InvoiceBookWrongState", record, SETTLED):
        ledger.decide(book.voidRecord(record, REASON))
    assert invoice_state(ledger, record) == SETTLED
    assert book.strictKeyHolder(STRICT_KEY).call() == record


def test_a_settled_invoice_is_not_voided_either_once_its_keys_are_free(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    ledger.act(ledger.supplier, book.credit(record, UNITS, REASON))
    ledger.decide(book.freeSettledKeys(record, REASON))
    with reverts("InvoiceBookWrongState", record, SETTLED):
        ledger.decide(book.voidRecord(record, REASON))


def test_a_record_is_voided_once(ledger: Ledger, record: bytes) -> None:
    ledger.decide(ledger.invoices.functions.voidRecord(record, REASON))
    with reverts("InvoiceBookWrongState", record, VOIDED):
        ledger.decide(ledger.invoices.functions.voidRecord(record, REASON))


def test_a_void_invoice_is_never_overdue(ledger: Ledger) -> None:
    record = register_accepted(ledger, due_date=ledger.chain.now() + 60)
    ledger.chain.pass_time(60)
    assert ledger.invoices.functions.isOverdue(record).call()
    ledger.decide(ledger.invoices.functions.voidRecord(record, REASON))
    assert not ledger.invoices.functions.isOverdue(record).call()


def test_it_is_said_of_every_function_what_it_does_with_a_void_record() -> None:
    about_a_record = state_changing("InvoiceBook") - {"register", "multicall", "tryMulticall"}
    said = {case.split(" ")[0] for case in (*OVER, *STILL_ANSWERED, *OF_WHAT_IS_SETTLED)}
    assert said == about_a_record


@pytest.mark.parametrize("function", OVER)
def test_nothing_moves_in_a_void_record(
    world: World, calls: Mapping[str, ContractFunction], function: str
) -> None:
    case = f"InvoiceBook.{function}"
    call = calls[case]
    with reverts("InvoiceBookWrongState", call.args[0], VOIDED):
        world.ledger.chain.simulate(world.actors[RIGHTS[case].by[0]].key, call)


@pytest.mark.parametrize("function", STILL_ANSWERED)
def test_declarations_about_a_void_record_are_still_answered(
    world: World, calls: Mapping[str, ContractFunction], function: str
) -> None:
    case = f"InvoiceBook.{function}"
    world.ledger.chain.simulate(world.actors[RIGHTS[case].by[0]].key, calls[case])

import time
from collections.abc import Callable

import pytest

from ledger.chain.contract import ContractCall
from ledger.chain.invoice_forms import Clearance, Reduction, Registration
from ledger.chain.port import Reverted
from ledger.chain.record_forms import Freeze, Security
from ledger.chain.reverts import refusal_of
from ledger.services.finance import NO_TERMS
from ledger.types import Digest, MemberId, RecordId, Units, UnixTime, parse_hex32, to_hex
from tests.cli.commands import Printed, sealbook
from tests.cli.world import VECTORS, World
from tests.support.consortium import BUYER, FINANCIER, OTHER_FINANCIER, SUPPLIER

REASON = b"goods were late".ljust(32, b"\0")
SOON = 3600
SUPPLIERS = 400_000_000
FINANCED = 600_000_000


@pytest.fixture(scope="session")
def waiting(world: World) -> RecordId:
    """An invoice due in 2021 that its buyer has not answered: waiting.xml and its evidence."""
    content = (VECTORS / "kosit__01.20a-INVOICE_ubl.xml").read_bytes()
    renumbered = world.folder / "renumbered.xml"
    renumbered.write_bytes(content.replace(b"<cbc:ID>1234567890<", b"<cbc:ID>1234567891<"))
    return world.register(renumbered, "waiting.xml")


def verify(world: World, name: str, *options: str) -> Printed:
    document = world.folder / name
    evidence = document.with_suffix(".evidence.json")
    return sealbook("verify", document, evidence, "--config", world.config, *options)


def trace(world: World, record: RecordId, *options: str) -> Printed:
    return sealbook("trace", to_hex(record), "--config", world.config, *options)


def pledge(world: World, record: RecordId, holder: MemberId, units: int, **terms: int) -> None:
    start = UnixTime(terms.get("enforceable_from", int(time.time()) + SOON))
    security = Security(OTHER_FINANCIER, Units(units), start, NO_TERMS)
    world.consortium.act(holder, world.consortium.book.pledge(record, security))


def pay(world: World, record: RecordId, holder: MemberId, units: int, payment: int) -> None:
    consortium, book = world.consortium, world.consortium.book
    consortium.act(BUYER, book.declare_payment(record, holder, Units(units), NO_TERMS))
    consortium.act(holder, book.confirm_payment(record, payment))


def assert_not_standing(world: World, name: str, sentence: str) -> None:
    printed = verify(world, name)
    assert printed.code == 4
    assert f"8  revoked         {sentence}\n" in printed.out
    assert " at step 8 (whether the receivable stands).\n" in printed.out
    assert "It was notarised, and it does not stand now.\n" in printed.out
    assert verify(world, name, "--json").json["verdict"] == "revoked"
    assert verify(world, name, "--scope", "document").code == 0


def by_buyer(world: World, make: Callable[[RecordId], ContractCall], record: RecordId) -> None:
    world.consortium.act(BUYER, make(record))


# What ended is nothing to finance.


def test_a_rejected_invoice_does_not_stand(passing: World, waiting: RecordId) -> None:
    assert verify(passing, "waiting.xml").code == 3
    passing.consortium.act(BUYER, passing.consortium.book.reject(waiting, REASON))
    assert_not_standing(passing, "waiting.xml", f"The buyer {BUYER} rejected the invoice.")


def test_a_cancelled_invoice_does_not_stand(passing: World, waiting: RecordId) -> None:
    passing.consortium.act(SUPPLIER, passing.consortium.book.cancel(waiting))
    assert_not_standing(passing, "waiting.xml", f"The supplier {SUPPLIER} cancelled the invoice.")


def test_a_void_record_does_not_stand_and_says_why_in_its_history(
    passing: World, record: RecordId
) -> None:
    passing.consortium.decide(passing.consortium.book.void(record, REASON))
    assert_not_standing(passing, "invoice.xml", "The council declared the record void.")
    told = trace(passing, record).out
    assert "State     voided\n" in told
    assert "the council declared the record void: goods were late\n" in told
    assert "This history is complete" in told


def test_an_invoice_that_was_paid_is_settled_and_nothing_to_finance(
    passing: World, record: RecordId
) -> None:
    pay(passing, record, FINANCIER, FINANCED, 0)
    assert verify(passing, "invoice.xml").code == 0
    pay(passing, record, SUPPLIER, SUPPLIERS, 1)
    assert_not_standing(
        passing,
        "invoice.xml",
        "The invoice is settled: no unit is left, and nothing to finance.",
    )
    told = trace(passing, record).out
    assert "Units     1,000,000,000, of which 1,000,000,000 are retired\n" in told
    assert (
        f"{BUYER} declared that {FINANCIER} was paid for 600,000,000 units (60 %) (payment 0)\n"
    ) in told
    assert (
        f"{FINANCIER} confirmed that {FINANCIER} was paid for 600,000,000 units (60 %)"
        " (payment 0)\n"
    ) in told
    assert "the invoice is settled: no unit is left\n" in told
    assert "This history is complete" in told


def test_keys_that_the_council_freed_of_a_settled_invoice_are_told(
    passing: World, record: RecordId
) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    pay(passing, record, FINANCIER, FINANCED, 0)
    pay(passing, record, SUPPLIER, SUPPLIERS, 1)
    consortium.decide(book.free_settled_keys(record, REASON))
    told = trace(passing, record).out
    assert "State     settled\n" in told
    assert "the council freed the identity keys of the settled invoice: goods were late\n" in told
    assert "another record of it can be made from now on (" in told
    assert "This history is complete" in told


# What is frozen stands again when that is lifted.


def test_a_record_that_the_council_froze_does_not_stand_until_that_is_lifted(
    passing: World, record: RecordId
) -> None:
    consortium = passing.consortium
    consortium.decide(consortium.book.freeze(record, REASON))
    frozen = "The record is frozen by the council: no unit changes hands until that is lifted."
    assert_not_standing(passing, "invoice.xml", frozen)
    assert "Frozen    council\n" in trace(passing, record).out

    consortium.decide(consortium.book.unfreeze(record, Freeze.COUNCIL))
    assert verify(passing, "invoice.xml").code == 0
    told = trace(passing, record).out
    assert "Frozen" not in told
    assert "the council froze the record (council): goods were late\n" in told
    assert "the council lifted the freeze (council)\n" in told
    assert "This history is complete" in told


def test_a_disputed_invoice_does_not_stand_until_the_dispute_is_withdrawn(
    passing: World, record: RecordId
) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    consortium.act(BUYER, book.dispute(record, Units(50_000_000), REASON))
    assert_not_standing(
        passing,
        "invoice.xml",
        f"The record is frozen because the buyer {BUYER} disputes 50,000,000 of 1,000,000,000"
        " units: no unit changes hands until that is lifted.",
    )
    found = verify(passing, "invoice.xml", "--json").json["receivable"]
    assert (found["freezes"], found["disputed"]) == (["dispute"], 50_000_000)
    told = trace(passing, record).out
    assert f"Frozen    dispute\nDisputed  50,000,000 units (5 %) by {BUYER} (dispute 1)\n" in told
    assert f"{BUYER} disputes 50,000,000 units (5 %) (dispute 1)\n" in told
    assert f"{BUYER} froze the record (dispute): goods were late\n" in told

    assert trace(passing, record, "--json").json["dispute"] == 1

    consortium.act(BUYER, book.withdraw_dispute(record, 1))
    assert verify(passing, "invoice.xml").code == 0
    assert f"{BUYER} withdrew dispute 1\n" in trace(passing, record).out
    assert trace(passing, record, "--json").json["dispute"] is None


def test_a_dispute_that_was_conceded_or_decided_is_told_by_its_number(
    passing: World, record: RecordId
) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    consortium.act(BUYER, book.dispute(record, Units(50_000_000), REASON))
    consortium.act(SUPPLIER, book.concede_dispute(record, 1))
    consortium.act(BUYER, book.dispute(record, Units(20_000_000), REASON))
    reduction = Reduction(SUPPLIER, Units(10_000_000))
    consortium.decide(book.decide_dispute(record, 2, [reduction], REASON))
    assert verify(passing, "invoice.xml").code == 0
    told = trace(passing, record).out
    assert f"{SUPPLIER} conceded dispute 1, about 50,000,000 units (5 %)\n" in told
    assert (
        "the council decided dispute 2: 10,000,000 units (1 %) need not be paid: goods were late\n"
    ) in told
    assert "This history is complete" in told


# What stands is told with all that burdens it.


def test_pledged_units_and_their_ranks_are_told(passing: World, record: RecordId) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    pledge(passing, record, FINANCIER, 100_000_000)
    behind = Security(SUPPLIER, Units(40_000_000), UnixTime(1_900_000_000), NO_TERMS)
    consortium.act(FINANCIER, book.pledge_behind(record, 0, behind))

    printed = verify(passing, "invoice.xml")
    assert printed.code == 0
    assert "100,000,000 of them are pledged." in printed.out
    found = verify(passing, "invoice.xml", "--json").json["receivable"]
    assert found["pledged"] == 100_000_000
    told = trace(passing, record).masked
    assert "Units     1,000,000,000, of which 100,000,000 are pledged\n" in told
    assert (
        "Pledges:\n"
        f"  pledge 0: 100,000,000 units (10 %) of {FINANCIER} to {OTHER_FINANCIER} in rank 1 of"
        " lot 0, enforceable from TIME\n"
        f"  pledge 1: 40,000,000 units (4 %) of {FINANCIER} to {SUPPLIER} in rank 2 of lot 0,"
        " enforceable from TIME\n"
    ) in told
    assert (
        f"{FINANCIER} pledged 40,000,000 units (4 %) to {SUPPLIER} in rank 2, enforceable from"
        " TIME (pledge 1)\n"
    ) in told


def test_who_enforced_a_pledge_is_a_holder(passing: World, record: RecordId) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    pledge(passing, record, SUPPLIER, 300_000_000, enforceable_from=0)
    consortium.act(OTHER_FINANCIER, book.enforce_pledge(record, 0, Units(300_000_000)))
    printed = verify(passing, "invoice.xml")
    assert (
        f"held by: {SUPPLIER} 100,000,000, {FINANCIER} 600,000,000, {OTHER_FINANCIER}"
        " 300,000,000.\n"
    ) in printed.out
    told = trace(passing, record).out
    assert "Pledges:" not in told
    assert (
        f"{OTHER_FINANCIER} took 300,000,000 units (30 %) that {SUPPLIER} had pledged (pledge 0)\n"
    ) in told


def test_an_undertaking_and_a_missed_due_date_are_told(passing: World, waiting: RecordId) -> None:
    by_buyer(passing, passing.consortium.book.accept, waiting)
    printed = verify(passing, "waiting.xml")
    assert printed.code == 0
    assert f"The buyer {BUYER} accepted the invoice. Of" in printed.out
    assert ". It is overdue." in printed.out

    by_buyer(passing, passing.consortium.book.undertake, waiting)
    printed = verify(passing, "waiting.xml")
    assert printed.code == 0
    assert (
        f"The buyer {BUYER} accepted the invoice, and undertook irrevocably at TIME to pay it."
    ) in printed.masked
    found = verify(passing, "waiting.xml", "--json").json["receivable"]
    assert found["overdue"] is True
    assert found["undertaken_at"].endswith("Z")
    told = trace(passing, waiting).masked
    assert ", overdue\n" in told
    assert f"Undertaken  irrevocably to be paid by {BUYER}, at TIME\n" in told
    assert f"{BUYER} undertook irrevocably to pay whoever holds the invoice\n" in told


def test_a_part_that_was_not_accepted_and_a_credit_note_are_told(
    passing: World, waiting: RecordId
) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    consortium.act(BUYER, book.accept_part(waiting, Units(900_000_000), REASON))
    consortium.act(SUPPLIER, book.credit(waiting, Units(100_000_000), Digest(b"\x01" * 32)))
    assert "Of 1,000,000,000 units 200,000,000 are retired" in verify(passing, "waiting.xml").out
    told = trace(passing, waiting).out
    assert (
        f"{BUYER} accepted 900,000,000 units (90 %) of the invoice and no more: goods were late\n"
    ) in told
    assert f"{SUPPLIER} entered a credit note for 100,000,000 units (10 %)\n" in told


def test_a_payment_that_awaits_its_holder_is_told(passing: World, record: RecordId) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    consortium.act(BUYER, book.declare_payment(record, FINANCIER, Units(FINANCED), NO_TERMS))
    told = trace(passing, record).masked
    assert (
        "Payments that their holders have not confirmed:\n"
        f"  payment 0: for 600,000,000 units (60 %) of {FINANCIER}, declared at TIME\n"
    ) in told


# What was verified can be relied on when units are taken.


def clearance_of(world: World, units: int, name: str = "invoice.xml") -> Clearance:
    found = verify(world, name, "--json").json["receivable"]["clearance"]
    return Clearance(
        commitment=Digest(parse_hex32(found["commitment"])),
        units=Units(units),
        terms=NO_TERMS,
        strict_keys=tuple(parse_hex32(key) for key in found["strict_keys"]),
        alert_keys=tuple(parse_hex32(key) for key in found["alert_keys"]),
        undertaken=found["undertaken"],
        pledged_at_most=Units(found["pledged_at_most"]),
        repeats_at_most=found["repeats_at_most"],
        history=Digest(parse_hex32(found["history"])),
    )


def test_the_clearance_of_a_verification_holds_until_something_happens(
    passing: World, record: RecordId
) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    passing.offer_directly(record, 1)
    clearance = clearance_of(passing, 1)
    book.require_clear(record, 1, clearance, at=consortium.chain.head().ref)
    passing.offer_directly(record, 1)
    with pytest.raises(Reverted) as moved:
        book.require_clear(record, 1, clearance, at=consortium.chain.head().ref)
    assert refusal_of(moved.value.data).rule == "history-moved"
    again = clearance_of(passing, 1)
    consortium.act(FINANCIER, book.accept_offer_if_clear(record, 1, again))
    held = book.position(record, FINANCIER, at=consortium.chain.head().ref)
    assert held.free == FINANCED + 1


def test_a_similar_invoice_that_was_registered_later_is_noticed(
    passing: World, waiting: RecordId
) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    by_buyer(passing, book.accept, waiting)
    passing.offer_directly(waiting, 1)
    clearance = clearance_of(passing, 1, "waiting.xml")
    book.require_clear(waiting, 0, clearance, at=consortium.chain.head().ref)

    same = tuple((2, key) for key in clearance.alert_keys)
    similar = Registration(Digest(b"\x51" * 32), BUYER, Units(1), None, (b"\x52" * 32,), same)
    consortium.act(SUPPLIER, book.register(similar))
    assert "review them." in verify(passing, "waiting.xml").out
    with pytest.raises(Reverted) as repeated:
        book.require_clear(waiting, 0, clearance, at=consortium.chain.head().ref)
    assert refusal_of(repeated.value.data).rule == "new-alerts"
    again = clearance_of(passing, 1, "waiting.xml")
    assert again.repeats_at_most == clearance.repeats_at_most + 1
    consortium.act(FINANCIER, book.accept_offer_if_clear(waiting, 0, again))


def test_nothing_is_to_be_relied_on_unless_the_invoice_was_found_to_be_the_records(
    passing: World, record: RecordId
) -> None:
    passing.consortium.decide(passing.consortium.book.freeze(record, REASON))
    assert verify(passing, "invoice.xml", "--json").json["receivable"]["clearance"] is None


def test_the_history_names_the_council_where_it_acted_for_a_suspended_member(
    passing: World, record: RecordId
) -> None:
    consortium, book = passing.consortium, passing.consortium.book
    consortium.decide(consortium.membership.suspend(BUYER))
    consortium.decide(book.declare_payment(record, FINANCIER, Units(FINANCED), NO_TERMS))
    consortium.act(FINANCIER, book.confirm_payment(record, 0))
    told = trace(passing, record).out
    assert (
        f"the council declared that {FINANCIER} was paid for 600,000,000 units (60 %) (payment 0)\n"
    ) in told
    assert "This history is complete" in told

"""Each act is carried out once, whoever uses its nonce and whatever a reorganisation takes back."""

from pathlib import Path

import pytest

from ledger.chain.port import Fees
from ledger.merkle import MerkleTree
from ledger.services.evidence import make_evidence
from ledger.services.finance import NO_TERMS, accept_invoice, offer_units
from ledger.services.notarise import get_document
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.submissions import Caller
from ledger.store.outbox import State
from ledger.types import Digest, RecordId, Units, UnixTime
from tests.integration.submission import BUYER_KEY, FINANCIER_KEY, MINUTE, SUPPLIER_KEY, World, lost
from tests.support.consortium import BUYER, OTHER_FINANCIER, SUPPLIER

INVOICE = (
    Path(__file__).parents[1] / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
).read_bytes()


def use_the_key_elsewhere(world: World) -> None:
    world.consortium.act(SUPPLIER, world.consortium.notary.anchor(Digest(b"x" * 32), 1))


@pytest.mark.parametrize("seconds_between", [0, 1, MINUTE])
def test_a_nonce_taken_by_another_use_of_the_key_costs_a_new_attempt(
    world: World, seconds_between: int
) -> None:
    world.once("send", lost)
    document = world.notarise()
    world.steps(1, 0)
    use_the_key_elsewhere(world)
    other = world.notarise(b"of somebody else", FINANCIER_KEY)
    world.steps(20, seconds_between)
    assert world.state(other, FINANCIER_KEY) is State.FINAL, "one item's trouble is its own"
    world.steps(20, MINUTE)
    assert world.state(document) is State.FINAL
    assert world.anchors() == 2


def test_an_anchor_whose_run_failed_waits_for_the_reason_to_go(world: World) -> None:
    # The member is suspended between the estimate and the block.
    world.altered["estimate_gas"] = lambda *_: 200_000
    document = world.notarise()

    def suspended_meanwhile(raw: bytes) -> None:
        world.consortium.decide(world.consortium.membership.suspend(SUPPLIER))
        world.consortium.chain.send(raw)

    world.once("send", suspended_meanwhile)
    world.steps(4)
    del world.altered["estimate_gas"]
    assert world.state(document) is State.QUEUED
    assert world.problem(document) == "member-not-active"
    world.consortium.decide(world.consortium.membership.reinstate(SUPPLIER))
    world.steps(10)
    assert world.state(document) is State.FINAL
    assert world.anchors() == 1


def test_a_nonce_that_was_signed_and_not_sent_is_not_left_out(world: World) -> None:
    test_an_anchor_whose_run_failed_waits_for_the_reason_to_go(world)
    world.once("send", lost)
    first = world.notarise(b"first")
    world.steps(1, 0)
    second = world.notarise(b"second")
    world.steps(20)
    assert (world.state(first), world.state(second)) == (State.FINAL, State.FINAL)
    signer = world.consortium.signers[SUPPLIER]
    chain = world.consortium.chain
    count = chain.sealed_transaction_count(signer.address, at=chain.head().ref)
    assert count == chain.transaction_count(signer.address) == 4


def register_accepted(world: World) -> RecordId:
    upload = InvoiceUpload(INVOICE, "application/xml", BUYER)
    record = register_invoice(world.service.ledger, SUPPLIER_KEY, upload, None).record
    world.steps(3)
    accept_invoice(Caller(world.service.ledger, BUYER_KEY), record)
    world.steps(3)
    return record


def offer(world: World, record: RecordId) -> None:
    offer_units(
        Caller(world.service.ledger, SUPPLIER_KEY),
        record,
        to=OTHER_FINANCIER,
        units=Units(300_000_000),
        terms=NO_TERMS,
        expires_at=UnixTime(2**40),
    )


def test_an_operation_whose_answers_were_lost_is_carried_out_once(world: World) -> None:
    record = register_accepted(world)

    def sent_and_not_told(raw: bytes) -> None:
        world.consortium.chain.send(raw)
        lost()

    world.once("send", sent_and_not_told)
    offer(world, record)
    world.steps(1)
    # A replica that lags: it knows the count and not the receipt.
    world.altered["receipt"] = lambda _hash: None
    world.steps(2)
    del world.altered["receipt"]
    world.steps(20)
    assert len(world.events("Offered")) == 1


def test_a_foreign_use_of_the_nonce_that_is_reorganised_doubles_nothing(world: World) -> None:
    record = register_accepted(world)
    world.confirm_after(2)
    world.once("send", lost)
    offer(world, record)
    world.steps(1)
    fork = world.consortium.devnet.request("evm_snapshot", [])
    use_the_key_elsewhere(world)
    world.steps(10)
    assert world.events("Offered") == [], "a block that may go is no reason to sign again"
    world.consortium.devnet.request("evm_revert", [fork])
    world.steps(10)
    for _ in range(3):
        world.consortium.devnet.request("evm_mine", [])
    world.steps(10)
    assert len(world.events("Offered")) == 1


def test_a_transaction_that_pays_too_little_is_replaced_at_its_nonce(world: World) -> None:
    world.once("fees", lambda: Fees(1, 1))
    document = world.notarise()
    world.steps(1, 0)
    assert world.state(document) is not State.FINAL
    after = world.notarise(b"another")
    world.steps(40)
    assert (world.state(document), world.state(after)) == (State.FINAL, State.FINAL)
    assert world.anchors() == 2


def test_an_anchor_that_the_chain_holds_already_is_adopted_also_after_a_reorganisation(
    world: World,
) -> None:
    document = world.notarise()
    leaf = get_document(world.service.ledger, SUPPLIER_KEY, document).leaf_hash
    fork = world.consortium.devnet.request("evm_snapshot", [])
    world.consortium.act(SUPPLIER, world.consortium.notary.anchor(MerkleTree(leaf).root, 1))
    world.confirm_after(3)
    world.steps(3)
    assert world.state(document) is State.MINED
    assert world.anchors() == 1
    world.consortium.devnet.request("evm_revert", [fork])
    world.steps(5)
    for _ in range(4):
        world.consortium.devnet.request("evm_mine", [])
    world.steps(5)
    assert world.state(document) is State.FINAL
    assert world.anchors() == 1
    assert make_evidence(world.service.ledger, SUPPLIER_KEY, document).inclusion.size == 1

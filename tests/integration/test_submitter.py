"""What can happen between signing and final, besides the straight way."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ledger.chain.keyring import key_file
from ledger.chain.membership import Role
from ledger.chain.port import Fees, Receipt, SendFailure, SendRefused
from ledger.codec import member_to_word
from ledger.errors import NodeError, TransportError
from ledger.merkle import MerkleTree
from ledger.services.evidence import make_evidence
from ledger.services.finance import NO_TERMS, accept_invoice, offer_units
from ledger.services.notarise import get_document, notarise
from ledger.services.principals import Principal
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.submissions import Caller
from ledger.store.outbox import State
from ledger.types import Address, Digest, MemberId, RecordId, Units, UnixTime, to_hex
from tests.support.consortium import (
    BUYER,
    FINANCIER,
    OTHER_FINANCIER,
    SUPPLIER,
    Consortium,
    running_consortium,
)
from tests.support.service import Service, running_service
from tests.support.trouble import altered_chain

SUPPLIER_KEY = Principal(SUPPLIER, Role.SUPPLIER)
BUYER_KEY = Principal(BUYER, Role.BUYER)
FINANCIER_KEY = Principal(FINANCIER, Role.FINANCIER)
INVOICE = (
    Path(__file__).parents[1] / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
).read_bytes()
MINUTE = 60


class World:
    """A service over a chain some of whose answers can be altered, and a clock set by hand."""

    def __init__(self, consortium: Consortium, folder: Path, stack: ExitStack) -> None:
        self.consortium = consortium
        self.folder = folder
        self.now = UnixTime(1_800_000_000)
        self.altered: dict[str, Callable[..., Any]] = {}
        self._stack = stack
        self._confirmations = 0
        self.service = self._start()

    def _start(self) -> Service:
        chain = altered_chain(self.consortium.chain, self.altered)
        running = running_service(
            self.consortium,
            self.folder,
            chain=chain,
            clock=lambda: self.now,
            confirmations=self._confirmations,
        )
        return self._stack.enter_context(running)

    def confirm_after(self, blocks: int) -> None:
        self._confirmations = blocks
        self.service = self._start()

    def steps(self, number: int, seconds_between: int = MINUTE) -> None:
        for _ in range(number):
            self.service.worker.step()
            self.now = UnixTime(self.now + seconds_between)

    def notarise(self, content: bytes = b"a document", who: Principal = SUPPLIER_KEY) -> UUID:
        return notarise(self.service.ledger, who, content, "text/plain", None).id

    def state(self, document: UUID, who: Principal = SUPPLIER_KEY) -> State | None:
        return get_document(self.service.ledger, who, document).state

    def problem(self, document: UUID, who: Principal = SUPPLIER_KEY) -> str:
        text = get_document(self.service.ledger, who, document).problem
        assert text is not None
        return str(json.loads(text)["code"])

    def once(self, method: str, act: Callable[..., Any]) -> None:
        """Alter the next answer to one question."""
        genuine = getattr(self.consortium.chain, method)

        def answer(*arguments: Any, **named: Any) -> Any:
            self.altered[method] = genuine
            return act(*arguments, **named)

        self.altered[method] = answer

    def anchors(self, member: MemberId = SUPPLIER) -> int:
        return [event["member"] for event in self.events("Anchored")].count(word_of(member))

    def events(self, name: str) -> list[dict[str, Any]]:
        chain, deployment = self.consortium.chain, self.consortium.deployment
        abis = (self.consortium.notary.abi, self.consortium.book.abi)
        addresses = (deployment.notary, deployment.invoice_book)
        logs = chain.logs(addresses, 0, chain.head().ref.number)
        decoded = [event for log in logs for abi in abis if (event := abi.decode_log(log))]
        return [dict(event.arguments) for event in decoded if event.name == name]


def word_of(member: MemberId) -> str:
    return to_hex(member_to_word(member))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running_consortium() as consortium, ExitStack() as stack:
        yield World(consortium, tmp_path, stack)


def lost(*_arguments: Any) -> None:
    raise TransportError("the node does not answer")


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


def test_one_question_answered_with_an_error_holds_up_nobody_else(world: World) -> None:
    def refuse(*_arguments: Any) -> Any:
        raise NodeError("the node refused eth_getBlockReceipts: method not found")

    world.altered["receipts"] = refuse
    first = world.notarise()
    world.steps(4)
    second = world.notarise(b"of somebody else", FINANCIER_KEY)
    world.steps(4)
    assert world.state(first) is State.MINED
    assert world.state(second, FINANCIER_KEY) is State.MINED, "it was signed and sent all the same"
    assert world.problem(first) == "node-error"
    del world.altered["receipts"]
    world.steps(4)
    assert world.state(first) is State.FINAL


def test_a_mined_anchor_in_trouble_is_looked_at_ever_more_rarely(world: World) -> None:
    asked: list[UnixTime] = []

    def refuse(*_arguments: Any) -> Any:
        asked.append(world.now)
        raise NodeError("the node refused eth_getBlockReceipts: method not found")

    world.altered["receipts"] = refuse
    document = world.notarise()
    world.steps(60, seconds_between=1)
    assert 3 <= len(asked) <= 8
    del world.altered["receipts"]
    world.steps(2)
    assert world.state(document) is State.FINAL


def test_a_defect_met_by_one_holds_up_nobody_else(world: World) -> None:
    genuine = world.consortium.chain.estimate_gas
    poor = world.consortium.signers[SUPPLIER].address

    def answer(sender: Address, *arguments: Any) -> int:
        if sender == poor:
            raise ZeroDivisionError
        return genuine(sender, *arguments)

    world.altered["estimate_gas"] = answer
    first, second = world.notarise(), world.notarise(b"other", FINANCIER_KEY)
    world.steps(5)
    assert world.state(second, FINANCIER_KEY) is State.FINAL
    assert world.state(first) is State.QUEUED
    del world.altered["estimate_gas"]
    world.steps(5)
    assert world.state(first) is State.FINAL


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


def test_a_key_file_with_another_members_key_signs_nothing(world: World) -> None:
    document = world.notarise()
    world.consortium.write_key(world.folder / "keys", SUPPLIER, world.consortium.signers[FINANCIER])
    assert key_file(world.folder / "keys", SUPPLIER).exists()
    world.confirm_after(0)  # a service that has not read the old file
    world.steps(5)
    assert world.state(document) is State.QUEUED
    assert world.problem(document) == "configuration"
    assert world.anchors(FINANCIER) == 0


def test_evidence_that_would_not_verify_is_never_final(world: World) -> None:
    genuine = world.consortium.chain.receipts

    def altered(block: Any) -> tuple[Receipt, ...]:
        return tuple(replace(item, encoded=item.encoded + b"\x00") for item in genuine(block))

    world.altered["receipts"] = altered
    document = world.notarise()
    world.steps(5)
    assert world.state(document) is State.MINED
    del world.altered["receipts"]
    world.steps(5)
    assert world.state(document) is State.FINAL


def test_what_the_node_will_not_take_waits_and_says_why(world: World) -> None:
    def refuse(_raw: bytes) -> None:
        raise SendRefused(SendFailure.REFUSED, "insufficient funds for gas * price + value")

    world.altered["send"] = refuse
    document = world.notarise()
    world.steps(5)
    assert world.problem(document) == "transaction-refused"
    del world.altered["send"]
    world.steps(5)
    assert world.state(document) is State.FINAL

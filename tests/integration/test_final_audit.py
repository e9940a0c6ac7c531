"""What was final and is gone goes back to work, and its evidence is withheld until it is final."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ledger.errors import NodeError, Refusal
from ledger.services.evidence import make_evidence
from ledger.services.finance import accept_invoice
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.submissions import Caller, get_operation
from ledger.store import ended
from ledger.store.outbox import Outgoing, State
from ledger.types import BlockRef, UnixTime
from tests.integration.submission import BUYER_KEY, FINANCIER_KEY, SUPPLIER_KEY, World
from tests.support.consortium import BUYER, Consortium

INVOICE = (
    Path(__file__).parents[1] / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
).read_bytes()


@pytest.fixture
def world(consortium: Consortium, tmp_path: Path) -> Iterator[World]:
    """A service of its own on the module's chain."""
    with ExitStack() as stack:
        yield World(consortium, tmp_path, stack, f"sqlite:///{tmp_path}/ledger.db")


def fork(world: World) -> str:
    return str(world.consortium.devnet.request("evm_snapshot", []))


def take_back(world: World, snapshot: str, *, blocks: int) -> None:
    """Leave the blocks since the snapshot, and build others in their place."""
    world.consortium.devnet.request("evm_revert", [snapshot])
    for _ in range(blocks):
        world.consortium.devnet.request("evm_mine", [])


def test_documents_that_were_final_are_anchored_again_with_new_proofs(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    kept = world.notarise(b"below the fork")
    world.steps(4)
    snapshot = fork(world)
    gone = [world.notarise(b"first"), world.notarise(b"second", FINANCIER_KEY)]
    world.steps(4)
    later = world.notarise(b"third")
    world.steps(4)
    assert world.state(later) is State.FINAL
    proved = make_evidence(world.service.ledger, SUPPLIER_KEY, later).block.ref
    take_back(world, snapshot, blocks=4)
    # The node answers nothing else meanwhile, so that what is withheld can be seen.
    world.altered["send"] = lambda _raw: None
    with caplog.at_level(logging.ERROR):
        world.steps(1)
    assert "3 transactions were final" in caplog.text
    with pytest.raises(Refusal):
        make_evidence(world.service.ledger, SUPPLIER_KEY, later)
    assert make_evidence(world.service.ledger, SUPPLIER_KEY, kept).inclusion.size == 1
    del world.altered["send"]
    world.steps(5)
    for document, key in ((gone[0], SUPPLIER_KEY), (gone[1], FINANCIER_KEY), (later, SUPPLIER_KEY)):
        assert world.state(document, key) is State.FINAL
        ref = make_evidence(world.service.ledger, key, document).block.ref
        block = world.consortium.chain.block(ref.number)
        assert block is not None
        assert block.ref == ref != proved
    assert world.anchors() == 3


def test_an_operation_that_was_final_or_refused_is_decided_again(world: World) -> None:
    upload = InvoiceUpload(INVOICE, "application/xml", BUYER)
    record = register_invoice(world.service.ledger, SUPPLIER_KEY, upload, None).record
    world.steps(4)
    snapshot = fork(world)
    accepted = accept_invoice(Caller(world.service.ledger, BUYER_KEY), record).id
    # Signed before the first was sealed, so the second runs and fails.
    refused = accept_invoice(Caller(world.service.ledger, BUYER_KEY), record).id
    world.steps(5)
    ledger = world.service.ledger
    assert get_operation(ledger, BUYER_KEY, accepted).state is State.FINAL
    assert get_operation(ledger, BUYER_KEY, refused).state is State.REFUSED
    take_back(world, snapshot, blocks=3)
    world.altered["send"] = lambda _raw: None
    world.steps(1)
    assert get_operation(ledger, BUYER_KEY, accepted).state is State.BROADCAST
    assert get_operation(ledger, BUYER_KEY, refused).state is State.BROADCAST
    del world.altered["send"]
    world.steps(6)
    assert get_operation(ledger, BUYER_KEY, accepted).state is State.FINAL
    assert get_operation(ledger, BUYER_KEY, refused).state is State.REFUSED
    assert len(world.events("InvoiceAccepted")) == 1


def test_a_node_that_lags_takes_nothing_back_until_its_head_stands_still(world: World) -> None:
    document = world.notarise(b"above the lagging head")
    below = world.consortium.chain.head()
    world.steps(4)
    assert world.state(document) is State.FINAL
    genuine = world.consortium.chain.block
    world.altered["head"] = lambda: below
    world.altered["block"] = lambda number: genuine(number) if number <= below.ref.number else None
    world.steps(20, seconds_between=1)
    assert world.state(document) is State.FINAL
    world.steps(15, seconds_between=1)
    assert world.state(document) is not State.FINAL, "no node lags for ever"
    del world.altered["head"], world.altered["block"]
    world.steps(5)
    assert world.state(document) is State.FINAL


def test_a_clock_that_is_set_back_gives_a_node_no_more_time_to_lag(world: World) -> None:
    document = world.notarise(b"above a head that stands still")
    below = world.consortium.chain.head()
    world.steps(4)
    genuine = world.consortium.chain.block
    world.altered["head"] = lambda: below
    world.altered["block"] = lambda number: genuine(number) if number <= below.ref.number else None
    world.steps(20, seconds_between=1)
    world.now = UnixTime(world.now - 86_400)
    world.steps(5, seconds_between=1)
    world.now = UnixTime(world.now + 2 * 86_400)
    world.steps(1, seconds_between=1)
    assert world.state(document) is State.FINAL
    world.steps(10, seconds_between=1)
    assert world.state(document) is not State.FINAL


def test_what_another_worker_took_back_meanwhile_is_no_trouble(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = fork(world)
    document = world.notarise(b"taken back by two")
    world.steps(4)
    assert world.state(document) is State.FINAL
    take_back(world, snapshot, blocks=3)
    found, read = ended.in_block, []

    def overtaken(connection: Connection, block: BlockRef) -> list[Outgoing]:
        read.append(block)
        stale = len(read) == 1
        return [replace(item, revision=item.revision - stale) for item in found(connection, block)]

    monkeypatch.setattr(ended, "in_block", overtaken)
    world.steps(1)
    assert world.service.worker.health.trouble is None
    world.steps(6)
    assert len(read) == 2
    assert world.state(document) is State.FINAL


def test_an_anchor_that_another_worker_proved_meanwhile_is_let_be(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    document = world.notarise(b"proved by two")
    world.steps(1)
    assert world.state(document) is State.MINED
    first = world.service
    world.confirm_after(0)
    genuine = world.consortium.chain.receipts

    def proved_meanwhile(block: BlockRef) -> object:
        world.service.worker.step()
        assert world.state(document) is State.FINAL
        return genuine(block)

    world.once("receipts", proved_meanwhile)
    first.worker.step()
    assert world.state(document) is State.FINAL
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_nothing_is_made_final_above_what_has_just_gone(world: World) -> None:
    first = world.notarise(b"one")
    world.steps(4)
    stands = make_evidence(world.service.ledger, SUPPLIER_KEY, first).block.ref
    second = world.notarise(b"two")
    world.steps(1)
    genuine = world.consortium.chain.block
    asked: list[int] = []

    def reorganised_meanwhile(number: int) -> object:
        block = genuine(number)
        asked.append(number)
        if number == stands.number and asked.count(number) > 1:
            return world.consortium.chain.head()
        return block

    world.altered["block"] = reorganised_meanwhile
    world.steps(1)
    assert world.state(second) is State.MINED
    assert world.problem(second) == NodeError.code
    del world.altered["block"]
    world.steps(3)
    assert world.state(second) is State.FINAL


def test_the_engine_tells_what_is_final_where_it_is_asked(world: World) -> None:
    final: list[BlockRef | None] = [None]
    world.altered["finalized_block"] = lambda: final[0]
    world.trust_the_engine()
    document = world.notarise(b"sealed")
    world.steps(4)
    assert world.state(document) is State.MINED, "no block is final yet"
    final[0] = world.consortium.chain.block(world.consortium.chain.head().ref.number - 1).ref  # type: ignore[union-attr]  # below the head
    world.steps(3)
    assert world.state(document) is State.MINED
    del world.altered["finalized_block"]
    world.steps(3)
    assert world.state(document) is State.FINAL, "the devnet's newest block is final"


def test_an_engine_that_does_not_tell_what_is_final_is_named_as_the_reason(world: World) -> None:
    def unknown_tag() -> None:
        raise NodeError("the node does not tell which block is final")

    world.altered["finalized_block"] = unknown_tag
    world.trust_the_engine()
    document = world.notarise(b"sealed by whom")
    world.steps(4)
    assert world.state(document) is State.MINED
    assert world.problem(document) == NodeError.code

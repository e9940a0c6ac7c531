"""No nonce blocks those after it for ever: gaps are filled, and what no node takes is cancelled."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from ledger.anchoring.delays import SET_ASIDE_SECONDS
from ledger.anchoring.problems import read_problem
from ledger.chain.port import Fees, SendFailure, SendRefused
from ledger.services.finance import accept_invoice
from ledger.services.notarise import get_document
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.submissions import Caller, get_operation
from ledger.services.watching.event_log import EventLog, LogFormat
from ledger.services.watching.journal import Journal
from ledger.store import stages
from ledger.store.engine import open_store
from ledger.store.outbox import Purpose, State
from ledger.store.schema import attempts, nonces, transactions
from ledger.types import UnixTime
from tests.integration.submission import BUYER_KEY, FINANCIER_KEY, SUPPLIER_KEY, World
from tests.support.consortium import BUYER, SUPPLIER, Consortium

INVOICE = (
    Path(__file__).parents[1] / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
).read_bytes()
CALL_BYTES = 130  # shorter is what calls nothing


@pytest.fixture
def written() -> list[bytes]:
    """The lines of the world's log."""
    return []


@pytest.fixture
def world(consortium: Consortium, tmp_path: Path, written: list[bytes]) -> Iterator[World]:
    """A service of its own on the module's chain, whose way to the chain is logged."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    log, store = EventLog(written.append, LogFormat.JSON), open_store(url)
    with ExitStack() as stack:
        stack.callback(store.close)
        stack.callback(log.close)
        yield World(consortium, tmp_path, stack, url, Journal(log, store))


def give_out(world: World, count: int) -> None:
    """Leave nonces given out whose transactions are lost, as a restored database may."""
    signer = world.consortium.signers[SUPPLIER].address
    first = world.consortium.chain.transaction_count(signer)
    with world.service.ledger.store.writing() as connection:
        holder = connection.execute(select(transactions.c.id)).scalars().first()
        rows = [
            {"signer": signer, "nonce": nonce, "transaction_id": holder}
            for nonce in range(first, first + count)
        ]
        connection.execute(insert(nonces), rows)


def fillers(world: World) -> list[State]:
    with world.service.ledger.store.reading() as connection:
        query = select(transactions.c.state).where(transactions.c.purpose == Purpose.FILLER)
        return [State(state) for state in connection.execute(query).scalars()]


def never_takes(calls_of: Callable[[bytes], bool], world: World) -> Callable[[bytes], None]:
    def answer(raw: bytes) -> None:
        if calls_of(raw):
            raise SendRefused(SendFailure.REFUSED, "exceeds block gas limit")
        world.consortium.chain.send(raw)

    return answer


def is_call(raw: bytes) -> bool:
    return len(raw) > CALL_BYTES


def test_missing_nonces_are_filled_after_several_looks_and_nothing_stalls(
    world: World, written: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    before = world.notarise(b"before")
    world.steps(4)
    assert world.state(before) is State.FINAL
    give_out(world, 3)
    document, other = world.notarise(b"one"), world.notarise(b"two", FINANCIER_KEY)
    world.steps(2)
    assert world.problem(document) == "transaction-refused"
    assert fillers(world) == [], "one look may be of a node that lags"
    assert world.state(other, FINANCIER_KEY) is State.FINAL
    world.steps(10)
    assert world.state(document) is State.FINAL
    assert fillers(world) == [State.FINAL] * 3
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    time.sleep(0.5)  # the log is written by a thread of its own
    told = [json.loads(line) for lines in written for line in lines.splitlines()]
    filled = [line["event"] for line in told if line.get("purpose") == Purpose.FILLER]
    assert filled.count("transaction.signed") == filled.count("transaction.final") == 3


def test_nothing_is_filled_while_the_node_holds_what_comes_before(world: World) -> None:
    world.notarise(b"before")
    world.steps(4)
    give_out(world, 1)
    genuine = world.consortium.chain.transaction_count
    world.altered["transaction_count"] = lambda sender: genuine(sender) + 1
    document = world.notarise(b"after")
    world.steps(8)
    assert fillers(world) == []
    assert world.state(document) is State.SIGNED
    del world.altered["transaction_count"]
    world.steps(10)
    assert world.state(document) is State.FINAL


def test_a_gap_that_somebody_else_closes_needs_no_filler(world: World) -> None:
    world.notarise(b"before")
    world.steps(4)
    give_out(world, 1)
    document = world.notarise(b"after")
    world.steps(2)
    world.consortium.act(SUPPLIER, world.consortium.notary.anchor(b"y" * 32, 1))  # type: ignore[arg-type]  # a digest
    world.steps(5)
    assert world.state(document) is State.FINAL
    assert fillers(world) == []


def test_an_anchor_that_no_node_takes_is_cancelled_and_set_aside_and_blocks_nobody(
    world: World,
) -> None:
    first = world.notarise(b"poison")
    raws: list[bytes] = []

    def poisoned(raw: bytes) -> bool:
        if is_call(raw) and not raws:
            raws.append(raw)
        return raw in raws

    world.altered["send"] = never_takes(poisoned, world)
    world.steps(1)
    second = world.notarise(b"behind it")
    world.steps(5)
    assert world.state(second) is not State.FINAL, "its nonce comes after"
    world.steps(8)
    assert world.state(second) is State.FINAL
    problem = get_document(world.service.ledger, SUPPLIER_KEY, first).problem
    assert problem is not None
    assert "set aside" in str(read_problem(problem))
    assert "exceeds block gas limit" in str(read_problem(problem))
    assert world.state(first) is State.QUEUED
    anchors = world.anchors()
    world.now = UnixTime(world.now + SET_ASIDE_SECONDS)
    world.steps(5)
    assert world.state(first) is State.FINAL, "signed anew, with another nonce"
    assert world.anchors() == anchors + 1


def test_an_operation_that_no_node_takes_is_refused_with_the_reason(world: World) -> None:
    upload = InvoiceUpload(INVOICE, "application/xml", BUYER)
    record = register_invoice(world.service.ledger, SUPPLIER_KEY, upload, None).record
    world.steps(4)
    world.altered["send"] = never_takes(is_call, world)
    operation = accept_invoice(Caller(world.service.ledger, BUYER_KEY), record).id
    world.steps(6)
    assert get_operation(world.service.ledger, BUYER_KEY, operation).state is State.SIGNED
    world.steps(8)
    found = get_operation(world.service.ledger, BUYER_KEY, operation)
    assert found.state is State.REFUSED
    assert found.problem is not None
    assert read_problem(found.problem).rule == "transaction-refused"
    del world.altered["send"]
    world.steps(5)
    assert not [event for event in world.events("InvoiceAccepted") if event["record"] == record]


def test_a_call_that_is_taken_after_all_is_not_cancelled(world: World) -> None:
    document = world.notarise(b"late")
    world.altered["send"] = never_takes(lambda _raw: True, world)
    world.steps(9)
    with world.service.ledger.store.reading() as connection:
        kinds = connection.execute(select(attempts.c.kind).order_by(attempts.c.sequence)).scalars()
        call, cancel = kinds
        assert (call, cancel) == ("call", "cancel")
        query = select(attempts.c.raw).where(attempts.c.kind == "call")
        raw = connection.execute(query).scalar_one()
    world.consortium.chain.send(raw)  # the node had it in its pool, whatever it said
    del world.altered["send"]
    world.steps(5)
    assert world.state(document) is State.FINAL
    with world.service.ledger.store.reading() as connection:
        states = connection.execute(select(transactions.c.problem)).scalars().all()
    assert states == [None]


def test_a_key_that_owns_nothing_offers_nothing_and_says_what_it_needs(world: World) -> None:
    world.altered["balance"] = lambda _account: 0
    document = world.notarise(b"poor")
    world.steps(3)
    assert world.problem(document) == "configuration"
    with world.service.ledger.store.reading() as connection:
        fees = connection.execute(select(attempts.c.max_fee, attempts.c.priority_fee)).one()
    assert tuple(fees) == ("0", "0")
    del world.altered["balance"]
    world.steps(5)
    assert world.state(document) is State.FINAL


def test_where_nothing_is_asked_a_stuck_transaction_is_sent_again_for_nothing(
    world: World,
) -> None:
    sent: list[bytes] = []
    world.altered["fees"] = lambda: Fees(0, None)
    world.altered["send"] = sent.append  # taken, and forgotten with the node's pool
    world.notarise(b"free")
    world.steps(4)
    assert len(sent) >= 3
    assert len(set(sent)) == 1


def test_a_defect_that_stays_is_set_aside_until_somebody_asks(world: World) -> None:
    def defective(*_arguments: Any) -> int:
        raise ZeroDivisionError

    world.altered["estimate_gas"] = defective
    document = world.notarise(b"poison")
    world.steps(11)
    problem = get_document(world.service.ledger, SUPPLIER_KEY, document).problem
    assert problem is not None
    assert "set aside" in str(read_problem(problem))
    del world.altered["estimate_gas"]
    world.steps(2, 0)
    assert world.state(document) is State.QUEUED
    with world.service.ledger.store.writing() as connection:
        assert stages.retry(connection, world.now) == 1
    world.steps(4, 0)
    assert world.state(document) is State.FINAL


def test_a_suspended_member_waits_and_is_never_set_aside(world: World) -> None:
    consortium = world.consortium
    document = world.notarise(b"suspended")
    consortium.decide(consortium.membership.suspend(SUPPLIER))
    world.steps(15)
    assert world.problem(document) == "member-not-active"
    consortium.decide(consortium.membership.reinstate(SUPPLIER))
    world.steps(4)
    assert world.state(document) is State.FINAL


def test_a_gap_that_opens_again_is_filled_again_by_the_same_bytes(world: World) -> None:
    before = world.notarise(b"before")
    world.steps(4)
    assert world.state(before) is State.FINAL
    fees = world.consortium.chain.fees()
    world.altered["fees"] = lambda: fees
    sent: list[bytes] = []
    world.altered["send"] = sent.append  # taken, and forgotten with the node's pool
    give_out(world, 1)
    document = world.notarise(b"after")
    world.steps(8)
    assert fillers(world) == [State.BROADCAST]
    snapshot = world.consortium.devnet.request("evm_snapshot", [])
    world.consortium.act(SUPPLIER, world.consortium.notary.anchor(b"z" * 32, 1))  # type: ignore[arg-type]  # a digest

    def only_transfers(raw: bytes) -> None:
        if is_call(raw):
            raise SendRefused(SendFailure.BUSY, "limit exceeded")
        world.consortium.chain.send(raw)

    world.altered["send"] = only_transfers
    world.steps(12)
    assert fillers(world) == [State.REFUSED], "its nonce was used by something else"
    world.consortium.devnet.request("evm_revert", [snapshot])
    del world.altered["send"]
    world.steps(12)
    assert fillers(world) == [State.REFUSED, State.FINAL]
    assert world.state(document) is State.FINAL

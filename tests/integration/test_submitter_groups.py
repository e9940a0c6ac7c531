"""Many transactions are moved with few questions, and one that spoils a group is found."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger.chain.port import SendFailure, SendRefused
from ledger.errors import NodeError, TransportError
from ledger.services.notarise import get_document, notarise
from ledger.store import outbox
from ledger.store.outbox import Purpose, State
from ledger.store.schema import transactions
from ledger.types import Digest
from tests.integration.submission import SUPPLIER_KEY, World, lost
from tests.support.consortium import SUPPLIER, Consortium
from tests.support.service import running_service


@pytest.fixture
def world(consortium: Consortium, tmp_path: Path) -> Iterator[World]:
    """A service of its own on the module's chain."""
    with ExitStack() as stack:
        yield World(consortium, tmp_path, stack, f"sqlite:///{tmp_path}/ledger.db")


def counted(world: World) -> dict[str, int]:
    """Count the questions that the world's node is asked from now on, by method."""
    asked: dict[str, int] = {}

    def count(name: str) -> Callable[..., Any]:
        genuine = getattr(world.consortium.chain, name)

        def answer(*arguments: Any, **named: Any) -> Any:
            asked[name] = asked.get(name, 0) + 1
            return genuine(*arguments, **named)

        return answer

    for name in (
        *("head", "tip", "fees", "balance", "call", "estimates", "transaction_count"),
        *("send_many", "receipts_of", "blocks"),
    ):
        world.altered[name] = count(name)
    return asked


def ask(world: World, count: int) -> None:
    """Promise anchors of roots that nobody used before, each as an operation."""
    with world.service.ledger.store.writing() as connection:
        for _ in range(count):
            call = world.consortium.notary.anchor(Digest(os.urandom(32)), 1)
            outbox.enqueue(
                connection,
                member=SUPPLIER,
                purpose=Purpose.OPERATION,
                recipient=call.to,
                data=call.data,
                now=world.now,
            )


def states(world: World) -> list[State]:
    with world.service.ledger.store.reading() as connection:
        found = connection.execute(select(transactions.c.state)).scalars()
        return [State(state) for state in found]


def unfinished(world: World) -> int:
    with world.service.ledger.store.reading() as connection:
        return len(outbox.members_at_work(connection))


def test_thirty_transactions_take_as_many_questions_as_two(world: World) -> None:
    ask(world, 1)  # a key's first transaction takes questions of its own
    world.steps(3)
    asked = counted(world)
    ask(world, 2)
    world.steps(3)
    alone = dict(asked)
    asked.clear()
    ask(world, 30)
    world.steps(3)
    assert not unfinished(world)
    assert asked == alone
    assert asked["send_many"] == asked["estimates"] == 1
    assert asked["tip"] == 3 + 2, "in each round, before signing and before sending"


def test_one_that_spoils_its_group_is_postponed_alone(world: World) -> None:
    genuine = world.consortium.chain.receipts_of
    ask(world, 5)
    spoilt: list[bytes] = []

    def answer(hashes: list[bytes]) -> Any:
        spoilt.extend(hashes[:1] if not spoilt else [])
        if spoilt[0] in hashes:
            raise NodeError("the node refused eth_getTransactionReceipt")
        return genuine(hashes)

    world.altered["receipts_of"] = answer
    world.steps(4, 0)
    assert states(world).count(State.FINAL) == 4
    del world.altered["receipts_of"]
    world.steps(3)
    assert states(world) == [State.FINAL] * 5


def test_a_group_half_of_which_the_node_took_is_not_sent_twice(world: World) -> None:
    genuine = world.consortium.chain.send_many

    def half(raws: list[bytes]) -> Any:
        genuine(raws[: len(raws) // 2])
        world.altered.pop("send_many")
        lost()

    world.altered["send_many"] = half
    count = world.consortium.chain.transaction_count(world.consortium.signers[SUPPLIER].address)
    ask(world, 6)
    world.steps(4)
    assert not unfinished(world)
    signer = world.consortium.signers[SUPPLIER].address
    assert world.consortium.chain.transaction_count(signer) == count + 6


def test_a_node_that_is_busy_for_one_is_asked_again_and_cancels_nothing(world: World) -> None:
    def busy(_raw: bytes) -> None:
        raise SendRefused(SendFailure.BUSY, "limit exceeded")

    world.altered["send"] = busy
    document = world.notarise(b"busy")
    world.steps(12)
    assert world.state(document) is State.SIGNED
    del world.altered["send"]
    world.steps(3)
    assert world.state(document) is State.FINAL


def test_three_calls_in_ten_that_fail_do_not_keep_the_queue_from_draining(world: World) -> None:
    chance = random.Random(7)  # noqa: S311 - which calls fail is no secret

    def flaky(name: str) -> Callable[..., Any]:
        genuine = getattr(world.consortium.chain, name)

        def answer(*arguments: Any, **named: Any) -> Any:
            if chance.random() < 0.05:  # what is left of 0.3 after four tries is less
                raise TransportError("the node does not answer")
            return genuine(*arguments, **named)

        return answer

    for name in ("head", "tip", "call", "estimates", "fees", "send_many", "receipts_of", "blocks"):
        world.altered[name] = flaky(name)
    ask(world, 10)
    world.steps(12)
    world.altered.clear()
    assert not unfinished(world)


def test_what_is_accepted_wakes_the_worker_at_once(consortium: Consortium, tmp_path: Path) -> None:
    with running_service(consortium, tmp_path) as service:
        worker, ledger = service.worker, service.ledger
        worker._poll_seconds = 60.0
        ledger.intake.when_kept(worker.wake)
        worker.start()
        try:
            time.sleep(0.5)
            document = notarise(ledger, SUPPLIER_KEY, b"quick", "text/plain", None).id
            deadline = time.monotonic() + 10
            while get_document(ledger, SUPPLIER_KEY, document).state is not State.FINAL:
                assert time.monotonic() < deadline, "the worker slept"
                time.sleep(0.01)
        finally:
            worker.stop()

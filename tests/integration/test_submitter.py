"""What holds an item up between signing and final, and that it holds up no other."""

from dataclasses import replace
from typing import Any

from ledger.chain.keyring import key_file
from ledger.chain.port import Receipt, SendFailure, SendRefused
from ledger.errors import NodeError
from ledger.store.outbox import State
from ledger.types import Address, UnixTime
from tests.integration.submission import FINANCIER_KEY, World
from tests.support.consortium import FINANCIER, SUPPLIER


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

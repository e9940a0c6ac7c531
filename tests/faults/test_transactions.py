"""What becomes of single transactions: dropped, replaced, underpriced, behind a gap, refused."""

import json
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ledger.chain.port import SendRefused
from scripts.founding import OTHER_SUPPLIER, SUCCESSOR, SUPPLIER
from tests.faults.proxy import Fate, at_random, first_times
from tests.faults.sending import send
from tests.faults.service import DEATH_SECONDS
from tests.faults.world import World, running_world, wait_until

GWEI = 10**9


def one_in_the_pool(world: World, text: str) -> str:
    """The hash of a transaction that was sent and waits in the node's pool."""
    wait_until(lambda: len(world.anvil.waiting()) == 1, tell=lambda: text)
    name: str = world.anvil.waiting()[0]["hash"]
    return name


def test_a_transaction_is_dropped(world: World) -> None:
    with world.anvil.not_sealing():
        sent = send(world.service, world.api_key, "dropped")
        dropped = one_in_the_pool(world, "sent")
        world.anvil.rpc("anvil_dropTransaction", dropped)
        assert not world.anvil.waiting()
        assert one_in_the_pool(world, "sent again") == dropped, "the same bytes"
    world.settle(sent)


def test_an_outside_use_of_the_key_replaces_a_transaction(world: World) -> None:
    with world.anvil.not_sealing():
        sent = send(world.service, world.api_key, "replaced")
        dropped = one_in_the_pool(world, "sent")
        with world.proxy.ruled(lambda _methods: Fate.DROP):
            world.anvil.rpc("anvil_dropTransaction", dropped)
            world.use_key_elsewhere()
            world.anvil.mine(1)
    world.settle(sent)


def test_a_nonce_gap_by_a_dropped_transaction(world: World) -> None:
    with world.anvil.not_sealing():
        first = send(world.service, world.api_key, "first")
        dropped = one_in_the_pool(world, "sent")
        with world.proxy.ruled(first_times(1000, "eth_getTransactionCount", Fate.DROP)):
            second = send(world.service, world.api_key, "second")
        wait_until(lambda: len(world.anvil.waiting()) == 2)
        world.anvil.rpc("anvil_dropTransaction", dropped)
    world.settle(first, second)


def test_an_outside_use_of_the_key_leaves_a_gap(world: World) -> None:
    # The node counts no transaction behind a gap as the next one: the service fills the gap.
    world.use_key_elsewhere(ahead=2)
    sent = [send(world.service, world.api_key, f"number {number}") for number in range(3)]
    world.settle(*sent)


def test_the_key_is_used_outside_all_the_time(world: World) -> None:
    stopping = threading.Event()
    used: list[int] = []

    def use() -> None:
        while not stopping.is_set():
            with suppress(SendRefused):  # the service was faster: the nonce is taken
                world.use_key_elsewhere()
                used.append(1)
            time.sleep(0.2)

    outside = threading.Thread(target=use, daemon=True)
    outside.start()
    sender = world.sender("in parallel")
    time.sleep(5)
    stopping.set()
    outside.join(DEATH_SECONDS)
    assert not outside.is_alive(), "a use of the key did not end"
    assert used
    world.settle(sender.stop_after(1))


@pytest.mark.parametrize("factor", [3, 1000])
def test_the_base_fee_rises_above_what_a_transaction_offers(tmp_path: Path, factor: int) -> None:
    with running_world(tmp_path) as world:
        with world.anvil.not_sealing():
            sent = send(world.service, world.api_key, "too cheap")
            one_in_the_pool(world, "sent")
            offered = int(world.anvil.waiting()[0]["maxFeePerGas"], 16)
            world.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(offered * factor))
            world.anvil.mine(1)
            assert not world.books().anchored(), "it pays too little for this block"
        world.anvil.rpc("anvil_setNextBlockBaseFeePerGas", hex(offered * factor))
        world.settle(sent)


@pytest.mark.parametrize(
    "options",
    [
        ("--hardfork", "berlin"),
        ("--hardfork", "berlin", "--gas-price", "0"),
        ("--gas-price", "0", "--block-base-fee-per-gas", "0", "--disable-min-priority-fee"),
    ],
    ids=["no fee market", "no fee market and no price", "a base fee of zero"],
)
def test_other_fees(tmp_path: Path, options: tuple[str, ...]) -> None:
    with running_world(tmp_path, options=options) as world:
        with world.anvil.not_sealing():
            first = send(world.service, world.api_key, "dropped")
            dropped = one_in_the_pool(world, "sent")
            world.anvil.rpc("anvil_dropTransaction", dropped)
            one_in_the_pool(world, "sent again")
        world.settle(first, send(world.service, world.api_key, "second"))


def test_the_node_takes_no_transaction_of_that_much_gas(tmp_path: Path) -> None:
    with running_world(tmp_path) as world:
        world.anvil.rpc("evm_setBlockGasLimit", hex(30_000))
        sent = send(world.service, world.api_key, "too much gas")
        wait_until(lambda: bool(world.books().problems()))
        assert not world.books().anchored()
        world.anvil.rpc("evm_setBlockGasLimit", hex(30_000_000))
        world.settle(sent)


@pytest.mark.parametrize("fate", [Fate.DROP, Fate.LOSE, Fate.FAIL])
@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "eth_getTransactionReceipt"])
def test_answers_are_lost(tmp_path: Path, method: str, fate: Fate) -> None:
    with (
        running_world(tmp_path) as world,
        world.proxy.ruled(first_times(3, method, fate)),
    ):
        world.settle(
            send(world.service, world.api_key, f"{method} 1"),
            send(world.service, world.api_key, f"{method} 2"),
        )


def test_three_calls_of_ten_fail(world: World) -> None:
    with world.proxy.ruled(at_random(0.3, seed=3)):
        sender = world.sender("meanwhile")
        time.sleep(4)
        remembered = sender.stop_after(1)
        world.drain()
    world.settle(remembered)


def test_the_operator_key_is_revoked_and_another_put_in_place(world: World) -> None:
    before = send(world.service, world.api_key, "before")
    world.settle(before)
    with world.anvil.not_sealing():
        during = send(world.service, world.api_key, "in mid batch")
        one_in_the_pool(world, "sent")
        with world.proxy.ruled(lambda _methods: Fate.DROP):
            waiting = world.anvil.waiting()[0]["hash"]
            world.anvil.rpc("anvil_dropTransaction", waiting)
            world.anvil.rpc("evm_setAutomine", True)
            with world.governing() as council:
                council.revoke_key(SUPPLIER, world.operator())
    after = send(world.service, world.api_key, "after")
    other = send(world.service, world.api_keys[OTHER_SUPPLIER], "of another member")
    wait_until(
        lambda: any("operator-key-retired" in problem for problem in world.books().problems())
    )
    wait_until(lambda: len(world.books().anchored()) == 2, tell=world.books().waiting)
    assert json.loads(world.books().problems()[0])["message"]
    assert len(world.books().waiting()) >= 1, "blocked, visible, not lost"
    with world.governing() as council:
        council.add_key(SUPPLIER, world.founded.signer(SUCCESSOR).address)
    world.give_key(SUPPLIER, SUCCESSOR)
    world.settle(during, after)
    world.books().check_evidence(world.service, world.api_keys[OTHER_SUPPLIER], other)

"""The chain node killed, ended, hung, slow, restarted, and exchanged for another chain."""

import signal
import time
from pathlib import Path

import pytest

from scripts.anvil import Anvil
from scripts.nodes import founded_on_anvil
from tests.faults.proxy import slowly
from tests.faults.sending import send
from tests.faults.world import CHAIN_TIMEOUT_SECONDS, World, running_world, wait_until

OUTAGE_SECONDS = 1.5


@pytest.mark.parametrize(
    ("chain", "how", "store_urls"),
    [
        ("anvil", "killed", "sqlite"),
        ("anvil", "ended", "postgresql"),
        ("devnet", "killed", "postgresql"),
        ("devnet", "ended", "sqlite"),
    ],
    indirect=["store_urls"],
)
def test_the_node_goes_and_comes_back_with_its_chain(
    tmp_path: Path, store_url: str, chain: str, how: str
) -> None:
    # A killed anvil keeps what it wrote last: its chain then ends before what the service saw.
    options = ("--state-interval", "1") if chain == "anvil" else ()
    with running_world(tmp_path, store_url, chain=chain, options=options, kept=True) as world:
        sender = world.sender("meanwhile")
        time.sleep(OUTAGE_SECONDS)
        world.node.kill() if how == "killed" else world.node.stop()
        time.sleep(OUTAGE_SECONDS)
        world.node.start()
        world.proxy.target = world.node.url
        world.settle(sender.stop_after(1))


@pytest.mark.parametrize("chain", ["anvil", "devnet"])
def test_the_node_hangs_for_longer_than_the_service_waits(tmp_path: Path, chain: str) -> None:
    with running_world(tmp_path, chain=chain) as world:
        sender = world.sender("meanwhile")
        time.sleep(0.5)
        world.node.send_signal(signal.SIGSTOP)
        time.sleep(2 * CHAIN_TIMEOUT_SECONDS)
        sender.wait_for(1)  # accepting needs no node
        world.node.send_signal(signal.SIGCONT)
        world.settle(sender.stop_after(1))


def test_the_node_is_slow(tmp_path: Path) -> None:
    with running_world(tmp_path) as world, world.proxy.ruled(slowly(CHAIN_TIMEOUT_SECONDS / 4)):
        sender = world.sender("meanwhile")
        time.sleep(3)
        world.settle(sender.stop_after(1))


def test_the_node_comes_back_with_an_empty_pool(tmp_path: Path, store_url: str) -> None:
    with running_world(tmp_path, store_url, kept=True) as world:
        world.anvil.rpc("evm_setAutomine", False)
        sent = send(world.service, world.api_key, "in the pool")
        wait_until(lambda: len(world.anvil.waiting()) == 1)
        world.node.stop()
        world.node.start()
        # anvil writes its pool into its state: what it forgets here is a node's that keeps none.
        world.anvil.rpc("anvil_dropAllTransactions")
        world.settle(sent)


@pytest.mark.parametrize("same_id", [True, False], ids=["same chain id", "another chain id"])
def test_nothing_is_sent_to_another_chain(tmp_path: Path, *, same_id: bool) -> None:
    # No request fails: the service cannot tell by an outage that the node is another one.
    with running_world(tmp_path) as world:
        world.settle(send(world.service, world.api_key, "before"))
        (tmp_path / "other").mkdir()
        other = Anvil(tmp_path / "other", *(() if same_id else ("--chain-id", "31338")))
        other.start()
        try:
            founded_on_anvil(other, tmp_path / "other")
            height, sent_before = other.height(), len(world.proxy.raw)
            world.proxy.target = other.url
            during = send(world.service, world.api_key, "on another chain 1", "on another chain 2")
            assert len(during.accepted) == 2
            wait_until(lambda: mismatched(world))
            time.sleep(2)
            assert len(world.proxy.raw) == sent_before, "nothing is sent"
            assert (other.height(), other.waiting()) == (height, [])
            world.proxy.target = world.node.url
            world.settle(during)
        finally:
            other.stop()


def test_nothing_is_sent_to_other_contracts(tmp_path: Path) -> None:
    with running_world(tmp_path, start=False) as world:
        notary = world.founded.deployment.notary
        code = world.anvil.rpc("eth_getCode", notary, "latest")
        world.anvil.rpc("anvil_setCode", notary, "0x60006000fd")
        world.service.start()
        during = send(world.service, world.api_key, "to another contract")
        wait_until(lambda: mismatched(world))
        time.sleep(2)
        assert world.proxy.raw == [], "nothing is sent"
        world.anvil.rpc("anvil_setCode", notary, code)
        world.settle(during)


def mismatched(world: World) -> bool:
    """Whether the service says that the node is not that of its deployment."""
    return "chain-mismatch" in world.service.get("/readyz", world.api_key).text

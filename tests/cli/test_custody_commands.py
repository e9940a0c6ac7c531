from dataclasses import dataclass
from pathlib import Path

import pytest

from devnet.chain import Devnet
from tests.cli.commands import Printed, sealbook
from tests.cli.servers import serving_devnet
from tests.cli.world import World
from tests.support.consortium import COUNCIL

FIRST, SECOND = COUNCIL


@dataclass(frozen=True)
class Successor:
    """A deployment that follows the world's, on its chain or on another."""

    world: World
    manifest: Path
    rpc_url: str

    def custody(self, *options: str) -> Printed:
        where = ("--rpc-url", self.rpc_url, "--deployment", self.manifest)
        return sealbook("member", "custody", *where, *options)


def account_key(devnet: Devnet, number: int, path: Path) -> Path:
    path.touch(mode=0o600)
    path.write_text(devnet.accounts[number].private_key.hex())
    return path


def followed(world: World, devnet: Devnet, rpc_url: str, folder: Path) -> Successor:
    seats = [f"{seat}={world.consortium.signers[seat].address}" for seat in COUNCIL]
    manifest = folder / "next.json"
    printed = sealbook(
        *("deploy", "--rpc-url", rpc_url),
        *("--key", account_key(devnet, len(devnet.accounts) - 1, folder / "deployer.key")),
        *(option for seat in seats for option in ("--council", seat)),
        *("--threshold", "2", "--succeeds", world.deployment, "--out", manifest),
    )
    assert printed.code == 0, printed
    return Successor(world, manifest, rpc_url)


def member(world: World, *words: str | Path) -> Printed:
    return sealbook("member", *words, "--config", world.config)


def hand_over(new: Successor) -> None:
    world = new.world
    proposed = member(world, "propose-succeed", new.manifest, "--key", world.key(FIRST), "--json")
    assert proposed.code == 0, proposed
    number = str(proposed.json["proposal"])
    assert member(world, "approve", number, "--key", world.key(SECOND)).code == 0
    assert member(world, "execute", number, "--key", world.key(SECOND)).code == 0


@pytest.fixture
def beside(passing: World, tmp_path: Path) -> Successor:
    """A successor on the chain of the world."""
    return followed(passing, passing.consortium.devnet, passing.rpc_url, tmp_path)


def test_a_first_deployment_follows_none_and_is_followed_by_none(world: World) -> None:
    printed = member(world, "custody")
    assert (printed.code, printed.out) == (
        0,
        "This deployment follows none.\nThis deployment is followed by none.\n",
    )


def test_a_successor_is_not_confirmed_before_the_old_council_decided(beside: Successor) -> None:
    printed = beside.custody()
    assert (printed.code, printed.masked) == (
        1,
        (
            "This deployment follows eip155:1337702:ADDRESS, which does not say so.\n"
            "This deployment is followed by none.\n"
        ),
    )


def test_the_council_reads_what_it_decides_and_both_sides_then_name_each_other(
    beside: Successor,
) -> None:
    world = beside.world
    proposed = member(world, "propose-succeed", beside.manifest, "--key", world.key(FIRST))
    assert f"by {FIRST}: hand over to eip155:1337702:ADDRESS for good:" in proposed.masked
    hand_over(beside)
    after = beside.custody()
    assert (after.code, after.masked.splitlines()[0]) == (
        0,
        "This deployment follows eip155:1337702:ADDRESS, which says the same.",
    )
    before = member(world, "custody")
    assert (before.code, before.masked.splitlines()[1]) == (
        0,
        "This deployment is followed by eip155:1337702:ADDRESS, which says the same.",
    )


def test_what_is_handed_over_cannot_be_handed_over_again(beside: Successor) -> None:
    hand_over(beside)
    world = beside.world
    printed = member(world, "propose-succeed", beside.manifest, "--key", world.key(FIRST))
    assert (printed.code, printed.out) == (1, "")


def test_a_deployment_that_was_not_made_to_follow_is_not_proposed(world: World) -> None:
    printed = member(world, "propose-succeed", world.deployment, "--key", world.key(FIRST))
    assert (printed.code, printed.out) == (1, "")
    assert "was not made to follow" in printed.err
    assert "deploy one with --succeeds" in printed.err


def test_custody_on_another_chain_is_undetermined_until_a_node_of_it_is_asked(
    passing: World, tmp_path: Path
) -> None:
    with Devnet.open(chain_id=1_337_703, accounts=1) as devnet, serving_devnet(devnet) as url:
        elsewhere = followed(passing, devnet, url, tmp_path)
        hand_over(elsewhere)
        unasked = member(passing, "custody", "--json")
        asked = member(passing, "custody", "--other-rpc-url", url, "--json")
    assert unasked.code == 3
    assert unasked.json["predecessor"] is None
    assert unasked.json["successor"]["answer"] == "not-asked"
    assert unasked.json["successor"]["deployment"].startswith("eip155:1337703:0x")
    assert asked.code == 0
    assert asked.json["successor"] == unasked.json["successor"] | {"answer": "mutual"}

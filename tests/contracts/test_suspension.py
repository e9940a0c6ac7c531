from collections.abc import Iterator, Mapping

import pytest
from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger, calldata
from tests.contracts.harness import Reverted, reverts
from tests.contracts.rights import DECISION, MEMBERS, NOT_COUNCIL, RIGHTS, SUSPENDED
from tests.contracts.world import World, prepare
from tests.contracts.world_calls import SIGNED_ROOT, calls_of

# The council needs the other two to suspend anybody.
SUSPENDED_MEMBERS = (
    *(name for name in MEMBERS if name not in ("council_a", "council_b")),
    SUSPENDED,
)

BY_DECISION = {case for case, right in RIGHTS.items() if right.otherwise == NOT_COUNCIL}
BATCHES = {case for case in RIGHTS if case.endswith("ulticall")}
RELAYED = {case for case in RIGHTS if case.startswith("Forwarder.")}
ACTS = sorted(set(RIGHTS) - BY_DECISION - BATCHES - RELAYED)


@pytest.fixture(scope="module")
def suspended(deployed: Ledger) -> Iterator[World]:
    """The prepared world, of which all members but two of the council were suspended."""
    snapshot = deployed.chain.snapshot()
    world = prepare(deployed)
    for name in SUSPENDED_MEMBERS:
        if name != SUSPENDED:
            call = deployed.membership.functions.suspend(world.actors[name].id)
            deployed.decide(call)
    yield world
    deployed.chain.restore(snapshot)


@pytest.fixture(scope="module")
def calls(suspended: World) -> Mapping[str, ContractFunction]:
    return calls_of(suspended)


def refusals(world: World, call: ContractFunction) -> dict[str, object]:
    """What every suspended member is told, by name."""
    found: dict[str, object] = {}
    for name in SUSPENDED_MEMBERS:
        try:
            found[name] = world.ledger.chain.simulate(world.actors[name].key, call)
        except Reverted as reverted:
            found[name] = reverted.name, reverted.arguments
    return found


def not_active(world: World) -> dict[str, object]:
    return {name: ("MembershipNotActive", (world.actors[name].id, 2)) for name in SUSPENDED_MEMBERS}


@pytest.mark.parametrize("case", ACTS)
def test_a_suspended_member_cannot_act_in_anything(
    suspended: World, calls: Mapping[str, ContractFunction], case: str
) -> None:
    assert refusals(suspended, calls[case]) == not_active(suspended)


@pytest.mark.parametrize("case", sorted(BY_DECISION))
def test_a_suspended_member_decides_nothing(
    suspended: World, calls: Mapping[str, ContractFunction], case: str
) -> None:
    assert refusals(suspended, calls[case]) == {
        name: (NOT_COUNCIL, (suspended.actors[name].key.lower(),)) for name in SUSPENDED_MEMBERS
    }


def test_nobody_brings_the_request_of_a_suspended_member(
    suspended: World, calls: Mapping[str, ContractFunction]
) -> None:
    ledger, bringer = suspended.ledger, suspended.ledger.council[0]
    for case in ("Forwarder.execute", "Forwarder.executeBatch"):
        with reverts("FailedCall"):
            ledger.act(bringer, calls[case])
    assert not ledger.notary.functions.isAnchored(ledger.supplier.id, SIGNED_ROOT).call()


@pytest.mark.parametrize("contract", ["invoices", "notary", "membership", "certificates"])
def test_a_suspended_member_does_nothing_in_a_batch(
    suspended: World, calls: Mapping[str, ContractFunction], contract: str
) -> None:
    target = getattr(suspended.ledger, contract)
    acts = [calls[case] for case in ACTS if calls[case].address == target.address]
    for act in acts[::4]:
        batch = target.functions.multicall([calldata(act)])
        assert refusals(suspended, batch) == not_active(suspended)


def test_the_council_still_acts_by_decision(
    suspended: World, calls: Mapping[str, ContractFunction]
) -> None:
    council = suspended.actors[DECISION].key
    for case in ("Membership.reinstate", "InvoiceBook.freeze", "InvoiceBook.voidRecord"):
        suspended.ledger.chain.simulate(council, calls[case])

from collections.abc import Mapping

import pytest
from web3.contract import Contract
from web3.contract.contract import ContractFunction

from tests.contracts.cast import calldata
from tests.contracts.harness import Reverted, deployable
from tests.contracts.rights import ACTORS, NOT_COUNCIL, RIGHTS, Right, function_of, state_changing
from tests.contracts.world import Actor, World
from tests.contracts.world_calls import calls_of


@pytest.fixture(scope="module")
def calls(world: World) -> Mapping[str, ContractFunction]:
    return calls_of(world)


def refusal(world: World, actor: Actor, call: ContractFunction) -> str | None:
    """Name of the error that the actor's call ends in, if it does."""
    try:
        world.ledger.chain.simulate(actor.key, call)
    except Reverted as reverted:
        named = {actor.id, actor.key.lower()} & set(reverted.arguments)
        return reverted.name if named else f"{reverted.name} of another"
    return None


def expected(right: Right, name: str, actor: Actor) -> str | None:
    """The error, which names the actor where the table does not say otherwise."""
    if name in right.by:
        return None
    if name in right.but:
        return right.but[name]
    if right.otherwise == NOT_COUNCIL:
        return NOT_COUNCIL
    if actor.refusal is not None:
        return actor.refusal
    if right.role and not actor.roles & right.role:
        return "MembershipMissingRole"
    return right.otherwise


def contract_of(world: World, call: ContractFunction) -> Contract:
    ledger = world.ledger
    contracts = (ledger.membership, ledger.notary, ledger.invoices, ledger.certificates)
    return next(contract for contract in contracts if contract.address == call.address)


def test_every_function_that_changes_state_has_its_rightful_callers() -> None:
    assert {function_of(case) for case in RIGHTS} == {
        f"{contract}.{function}"
        for contract in deployable()
        for function in state_changing(contract)
    }


def test_the_world_has_everybody_and_a_call_for_every_right(
    world: World, calls: Mapping[str, ContractFunction]
) -> None:
    assert tuple(world.actors) == ACTORS
    assert set(calls) == set(RIGHTS)
    for case, call in calls.items():
        assert function_of(case).endswith(f".{call.fn_name}")


@pytest.mark.parametrize("case", RIGHTS)
def test_only_the_rightful_act_and_others_are_told_why_not(
    world: World, calls: Mapping[str, ContractFunction], case: str
) -> None:
    found = {name: refusal(world, actor, calls[case]) for name, actor in world.actors.items()}
    assert found == {
        name: expected(RIGHTS[case], name, actor) for name, actor in world.actors.items()
    }


@pytest.mark.parametrize("case", [case for case in RIGHTS if not case.startswith("Forwarder.")])
def test_in_a_batch_everybody_may_do_the_same_as_alone(
    world: World, calls: Mapping[str, ContractFunction], case: str
) -> None:
    call = calls[case]
    batch = contract_of(world, call).functions.multicall([calldata(call)])
    found = {name: refusal(world, actor, batch) for name, actor in world.actors.items()}
    assert found == {
        name: expected(RIGHTS[case], name, actor) for name, actor in world.actors.items()
    }

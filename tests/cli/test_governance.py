from collections.abc import Callable
from typing import Any, cast

import pytest

from ledger.chain.port import Chain
from ledger.errors import Conflict, TransportError
from ledger.services.governance import act, propose, read_proposal
from tests.cli.world import World
from tests.support.consortium import BUYER, COUNCIL, send

FIRST, SECOND = COUNCIL


class _Meddled:
    """The chain, on which something else happens just before a transaction is sent."""

    def __init__(self, chain: Chain, before_send: Callable[[], object], *, lose: bool) -> None:
        self._chain = chain
        self._before_send = before_send
        self._lose = lose

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    def send(self, raw: bytes) -> None:
        self._before_send()
        if not self._lose:
            self._chain.send(raw)


def meddled(world: World, before_send: Callable[[], object], *, lose: bool = False) -> Chain:
    return cast("Chain", _Meddled(world.consortium.chain, before_send, lose=lose))


def proposed(world: World) -> int:
    consortium = world.consortium
    return propose(
        consortium.chain,
        consortium.deployment,
        consortium.signers[FIRST],
        consortium.membership.suspend(BUYER),
        lifetime_seconds=3600,
        timeout_seconds=10,
    )


def test_a_proposal_is_approved_by_its_proposer_alone(passing: World) -> None:
    number = proposed(passing)
    consortium = passing.consortium
    found, threshold = read_proposal(consortium.chain, consortium.deployment, number)
    assert (found.proposer, found.approvals, found.executed, threshold) == (FIRST, 1, False, 2)
    assert found.decision == consortium.membership.suspend(BUYER)


def test_who_comes_second_between_estimate_and_block_is_told_the_reason(passing: World) -> None:
    number = proposed(passing)
    consortium = passing.consortium
    spare = consortium.spare[0]
    consortium.act(SECOND, consortium.membership.add_key(SECOND, spare.address))
    approval = consortium.membership.approve(number)
    chain = meddled(passing, lambda: send(consortium.chain, spare, approval))
    with pytest.raises(Conflict) as caught:
        act(chain, consortium.signers[SECOND], approval, timeout_seconds=10)
    assert caught.value.rule == "already-approved"


def test_a_key_that_is_in_use_elsewhere_sends_nothing_twice(passing: World) -> None:
    number = proposed(passing)
    consortium = passing.consortium
    signer, approval = consortium.signers[SECOND], consortium.membership.approve(number)
    other = consortium.membership.propose(consortium.membership.suspend(BUYER), 3600)
    chain = meddled(passing, lambda: send(consortium.chain, signer, other))
    with pytest.raises(Conflict) as caught:
        act(chain, signer, approval, timeout_seconds=10)
    assert caught.value.rule == "operator-key-busy"
    found, _ = read_proposal(consortium.chain, consortium.deployment, number)
    assert found.approvals == 1


def test_a_transaction_that_no_block_holds_in_time_is_told_by_its_hash(passing: World) -> None:
    number = proposed(passing)
    consortium = passing.consortium
    chain = meddled(passing, lambda: None, lose=True)
    approval = consortium.membership.approve(number)
    with pytest.raises(TransportError, match=r"0x[0-9a-f]{64} was sent, and no block held it"):
        act(chain, consortium.signers[SECOND], approval, timeout_seconds=0.1)

"""The chain of custody from one deployment to the next: who follows whom, as both sides say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from ledger.chain.deployment import Deployment
from ledger.chain.membership import Membership
from ledger.chain.port import Chain, Reverted
from ledger.errors import Conflict, NodeError
from ledger.types import AccountName, ChainId

_Question: TypeAlias = Callable[..., AccountName | None]


class Answer(Enum):
    """What the deployment at the other end of a link says of it."""

    MUTUAL = "mutual"
    """It names this deployment too."""

    ONE_SIDED = "one-sided"
    """It names another one, or none, or is not there."""

    NOT_ASKED = "not-asked"
    """It is on a chain of which no node was given."""


@dataclass(frozen=True, slots=True)
class Link:
    """One end of the chain of custody: a deployment, by its membership contract."""

    deployment: AccountName
    answer: Answer


@dataclass(frozen=True, slots=True)
class Custody:
    """What a deployment follows, and what follows it; None where nothing does."""

    predecessor: Link | None
    successor: Link | None


def read_custody(chain: Chain, deployment: Deployment, others: Iterable[Chain] = ()) -> Custody:
    """Read the links of a deployment, and ask both neighbours whether they say the same.

    others: nodes of other chains on which a neighbour may stand.
    """
    nodes = {node.chain_id(): node for node in (*others, chain)}
    membership, at = Membership(chain, deployment.membership), chain.head().ref
    this = AccountName(deployment.chain, deployment.membership)

    def link(named: AccountName | None, question: _Question) -> Link | None:
        return None if named is None else Link(named, _ask(nodes, named, question, this))

    return Custody(
        link(membership.predecessor(at=at), Membership.successor),
        link(membership.successor(at=at), Membership.predecessor),
    )


def require_heir(deployment: Deployment, heir: Deployment) -> AccountName:
    """The name by which a deployment hands over to a new one. Raises Conflict.

    heir: must have been deployed to follow this deployment, wherever it is.
    """
    expected = (deployment.chain.reference, deployment.membership)
    if heir.origin != expected:
        raise Conflict(
            f"the new deployment was not made to follow {deployment.membership} on"
            f" {deployment.chain}: deploy one with --succeeds and this consortium's manifest",
            code="not-the-successor",
        )
    return AccountName(heir.chain, heir.membership)


def _ask(
    nodes: dict[ChainId, Chain],
    neighbour: AccountName,
    question: _Question,
    expected: AccountName,
) -> Answer:
    node = nodes.get(neighbour.chain)
    if node is None:
        return Answer.NOT_ASKED
    at = node.head().ref
    try:
        named = question(Membership(node, neighbour.address), at=at)
    except (Reverted, NodeError):
        return Answer.ONE_SIDED
    return Answer.MUTUAL if named == expected else Answer.ONE_SIDED

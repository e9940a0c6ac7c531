"""Step 7: whether the statement still stands."""

from datetime import UTC, datetime

from ledger.evidence.model import Evidence
from ledger.evidence.node import NodeAccess
from ledger.evidence.policy import TrustPolicy
from ledger.evidence.report import Finding, Outcome
from ledger.evidence.view import Standing
from ledger.types import to_hex


def judge_standing(
    evidence: Evidence, policy: TrustPolicy, node: NodeAccess
) -> Finding[Standing | None]:
    """Judge whether the anchoring member revoked or superseded the leaf.

    Raises TransportError if the policy asks for it and no node answers.
    """
    if not policy.require_standing:
        return Finding(Outcome.NOT_APPLICABLE, "The present standing was not asked for.", None)
    pinned = node.require()
    anchor, leaf = evidence.anchor, evidence.opening.leaf_hash
    if not pinned.view.anchor_exists(anchor.member, anchor.root, at=pinned.head):
        # Not a finding about the evidence: a node that lags or is on a fork says the same.
        sentence = f"The node's state at block {pinned.head.number} does not hold the anchor."
        return Finding(Outcome.UNKNOWN, sentence, None)
    standing = pinned.view.standing(anchor.member, leaf, at=pinned.head)
    if standing.revoked_at is None:
        sentence = f"It was neither revoked nor superseded up to block {pinned.head.number}."
        return Finding(Outcome.PASSED, sentence, standing)
    when = datetime.fromtimestamp(standing.revoked_at, UTC).isoformat()
    if standing.successor is None:
        return Finding(Outcome.REVOKED, f"It was revoked by {anchor.member} at {when}.", standing)
    sentence = f"It was superseded by leaf {to_hex(standing.successor)} at {when}."
    return Finding(Outcome.REVOKED, sentence, standing)

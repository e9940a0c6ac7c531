"""Step 6: whether the block stays on the chain."""

from ledger.evidence.node import NodeAccess
from ledger.evidence.policy import TrustPolicy
from ledger.evidence.report import Finality, FinalityBasis, Finding, Outcome
from ledger.types import BlockRef


def judge_finality(block: BlockRef, policy: TrustPolicy, node: NodeAccess) -> Finding[Finality]:
    """Judge a block by the caller's pins, and failing them by the word of a node.

    Raises TransportError if it takes a node and none answers.
    """
    if block.hash in policy.pinned_block_hashes:
        basis = FinalityBasis.PINNED
        return _final(policy, basis, f"Block {block.number} is one that the caller pinned.")
    pinned = node.require()
    canonical = pinned.view.canonical_hash(block.number)
    depth = pinned.head.number - block.number
    if canonical is None:
        return _not_final(
            Outcome.UNKNOWN, f"The node has not reached block {block.number}: verify again later."
        )
    if canonical != block.hash and depth >= policy.min_depth:
        # What the policy calls final at this height is another block, which excludes this one.
        return _not_final(Outcome.FAILED, f"The chain has another block {block.number}.")
    if canonical != block.hash:
        # Before that depth the chain may still turn to this one.
        return _not_final(
            Outcome.UNKNOWN, f"The node has another block {block.number}, and it is not final yet."
        )
    blocks = f"{depth} block{'' if depth == 1 else 's'}"
    if depth < policy.min_depth:
        return _not_final(
            Outcome.UNKNOWN,
            f"Block {block.number} has {blocks} on top of it, and {policy.min_depth} are"
            " asked for: verify again later.",
        )
    return _final(
        policy,
        FinalityBasis.DEPTH,
        f"Block {block.number} is on the node's chain with {blocks} on top of it, and"
        f" {policy.min_depth} are asked for.",
    )


def _final(policy: TrustPolicy, basis: FinalityBasis, sentence: str) -> Finding[Finality]:
    if policy.is_development:
        basis = FinalityBasis.DEVELOPMENT
        sentence += (
            f" But {policy.chain} is a development chain: no validator seals its blocks, and who"
            " runs it can rewrite it."
        )
    return Finding(Outcome.PASSED, sentence, Finality(basis, sentence))


def _not_final(outcome: Outcome, sentence: str) -> Finding[Finality]:
    return Finding(outcome, sentence, Finality(FinalityBasis.NONE, sentence))

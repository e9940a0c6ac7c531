"""Steps 2 to 5: from the fields to the block's receipts root, without a node."""

from ledger.documents import FieldsRoot
from ledger.errors import VerificationError
from ledger.evidence.model import Evidence
from ledger.evidence.policy import TrustPolicy
from ledger.evidence.receipt_trie import verify_receipt
from ledger.evidence.receipts import AnchoredEvent, decode_anchored
from ledger.merkle import root_from_path


def match_fields(evidence: Evidence) -> None:
    """Step 2. Raises VerificationError unless the fields lead to the statement's root of fields."""
    content = evidence.opening.statement.content
    if evidence.fields is None or not isinstance(content, FieldsRoot):
        return
    if evidence.fields.root != content.root:
        raise VerificationError(
            "the fields, as shown and hidden, are not those that the statement commits to"
        )


def match_root(evidence: Evidence) -> None:
    """Step 3. Raises VerificationError unless the path leads from the leaf to the root."""
    place = evidence.inclusion
    root = root_from_path(evidence.opening.leaf_hash, place.index, place.size, place.path)
    if root != evidence.anchor.root:
        raise VerificationError("the Merkle path does not lead to the anchored root")


def match_event(evidence: Evidence, policy: TrustPolicy) -> AnchoredEvent:
    """Step 4: the event of the anchor.

    Raises VerificationError unless chain and notary are trusted ones, the statement is the
    anchoring member's, and the event says what the evidence claims.
    """
    anchor = evidence.anchor
    if anchor.notary.chain != policy.chain:
        raise VerificationError(
            f"the anchor is on chain {anchor.notary.chain}, and {policy.chain} is expected"
        )
    if anchor.notary.address not in policy.notaries:
        raise VerificationError(f"the notary {anchor.notary.address} is not a trusted one")
    if anchor.member != (author := evidence.opening.statement.member):
        raise VerificationError(f"the anchor is {anchor.member}'s, and the statement {author}'s")
    event = decode_anchored(evidence.event.log)
    claimed = (anchor.notary.address, anchor.member, anchor.root, evidence.inclusion.size)
    if (event.notary, event.member, event.root, event.size) != claimed:
        raise VerificationError("the event does not say what the evidence claims of the anchor")
    return event


def match_receipt(evidence: Evidence) -> None:
    """Step 5. Raises VerificationError unless the event's receipt is in the block."""
    place = evidence.event
    # Step 4 read the event from the last node; the trie, read from its root, ends at that node.
    verify_receipt(evidence.block.receipts_root, place.transaction_index, place.nodes)

import io
from dataclasses import replace

import pytest

from ledger.evidence import (
    Evidence,
    FinalityBasis,
    Outcome,
    Report,
    Scope,
    Standing,
    TrustPolicy,
    Verdict,
    Verifier,
)
from ledger.merkle import MerkleTree
from ledger.types import AccountName, ChainId, Digest, MemberId, UnixTime, parse_address
from tests.unit.evidence.ledger_world import (
    BLOCK_NUMBER,
    BLOCK_TIME,
    BOOK,
    BUYER,
    CHAIN,
    DOCUMENT,
    DOCUMENT_EVIDENCE,
    NOTARY,
    POLICY,
    SUBMITTER,
    SUPPLIER,
    HeldChain,
    SilentChain,
    header,
)

BLOCK_HASH = DOCUMENT_EVIDENCE.block.ref.hash
PINNED = replace(POLICY, pinned_block_hashes=frozenset({BLOCK_HASH}))


def verify(
    evidence: Evidence = DOCUMENT_EVIDENCE,
    *,
    document: bytes = DOCUMENT,
    policy: TrustPolicy = POLICY,
    view: HeldChain | None = None,
) -> Report:
    return Verifier(policy, view).verify(document, evidence.serialise())


def held() -> HeldChain:
    return HeldChain.holding(DOCUMENT_EVIDENCE)


def outcomes(report: Report) -> list[str]:
    assert [result.step.number for result in report.steps] == list(range(9))
    return [result.outcome.value for result in report.steps]


def assert_refuted(report: Report, step: int, reason: str) -> None:
    assert report.verdict is Verdict.REFUTED
    assert report.failed is not None
    assert report.failed.step.number == step
    assert reason in report.failed.sentence
    assert outcomes(report) == ["passed"] * step + ["failed"] + ["not reached"] * (8 - step)


def test_a_document_on_the_nodes_chain_is_verified() -> None:
    report = verify(view=held())
    assert report.verdict is Verdict.VERIFIED
    assert outcomes(report) == ["passed"] * 8 + ["not applicable"]
    assert report.failed is None
    assert report.finality.basis is FinalityBasis.DEPTH
    assert report.standing == Standing(None, None)
    assert report.receivable is None


def test_the_report_says_who_anchored_when_and_where() -> None:
    report = verify(view=held())
    assert report.statement == DOCUMENT_EVIDENCE.opening.statement
    assert report.anchor is not None
    assert (report.anchor.chain, report.anchor.not_after) == (CHAIN, BLOCK_TIME)
    assert report.anchor.block == DOCUMENT_EVIDENCE.block.ref
    event = report.anchor.event
    assert (event.notary, event.member, event.submitter) == (NOTARY, SUPPLIER, SUBMITTER)
    assert (event.root, event.size) == (DOCUMENT_EVIDENCE.anchor.root, 5)


def test_a_stream_is_verified_like_bytes() -> None:
    verifier = Verifier(POLICY, held())
    evidence = DOCUMENT_EVIDENCE.serialise()
    assert verifier.verify(io.BytesIO(DOCUMENT), evidence) == verifier.verify(DOCUMENT, evidence)


def test_every_verdict_has_its_exit_code() -> None:
    codes = {verdict.value: verdict.exit_code for verdict in Verdict}
    assert codes == {"verified": 0, "refuted": 1, "undetermined": 3, "revoked": 4}


# 0. Parse strictly.


def test_malformed_evidence_is_refuted_before_anything_is_looked_at() -> None:
    report = Verifier(POLICY, held()).verify(DOCUMENT, b"{}")
    assert_refuted(report, 0, "not evidence in the format sealbook-evidence/1")
    assert (report.statement, report.anchor, report.standing) == (None, None, None)
    assert report.finality.basis is FinalityBasis.NONE


def test_evidence_beyond_the_policys_limit_is_not_read() -> None:
    policy = replace(POLICY, max_evidence_bytes=100)
    assert_refuted(verify(policy=policy, view=held()), 0, "at most 100 are read")


# 1. Document bytes to digest and size.


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (DOCUMENT[:-1] + b"\r", "SHA-256 digest is 0x"),
        (DOCUMENT + b"\n", "larger than 25 bytes"),
        (DOCUMENT[:-1], "has 25 bytes and not 24"),
        (b"", "the document is empty"),
    ],
)
def test_another_document_is_refuted(document: bytes, reason: str) -> None:
    assert_refuted(verify(document=document, view=held()), 1, reason)


# 2 and 3. Statement and salt to the commitment, to the leaf, to the root.


def test_another_salt_is_refuted() -> None:
    opening = replace(DOCUMENT_EVIDENCE.opening, salt=bytes(32))
    evidence = replace(DOCUMENT_EVIDENCE, opening=opening)
    assert_refuted(verify(evidence, view=held()), 3, "does not lead to the anchored root")


def test_another_statement_about_the_same_document_is_refuted() -> None:
    opening = DOCUMENT_EVIDENCE.opening
    statement = replace(opening.statement, issued_at=UnixTime(1))
    evidence = replace(DOCUMENT_EVIDENCE, opening=replace(opening, statement=statement))
    assert_refuted(verify(evidence, view=held()), 3, "does not lead to the anchored root")


@pytest.mark.parametrize(("index", "size"), [(2, 5), (0, 5), (3, 9)])
def test_another_place_in_the_tree_is_refuted(index: int, size: int) -> None:
    inclusion = replace(DOCUMENT_EVIDENCE.inclusion, index=index, size=size)
    evidence = replace(DOCUMENT_EVIDENCE, inclusion=inclusion)
    assert_refuted(verify(evidence, view=held()), 3, "")


def test_another_size_of_the_tree_is_refuted_even_where_the_path_is_the_same() -> None:
    evidence = replace(DOCUMENT_EVIDENCE, inclusion=replace(DOCUMENT_EVIDENCE.inclusion, size=6))
    assert_refuted(verify(evidence, view=held()), 4, "does not say what the evidence claims")


def test_a_shorter_path_is_refuted() -> None:
    inclusion = DOCUMENT_EVIDENCE.inclusion
    shorter = replace(inclusion, path=inclusion.path[:-1])
    evidence = replace(DOCUMENT_EVIDENCE, inclusion=shorter)
    assert_refuted(verify(evidence, view=held()), 3, "leaf 3 among 5 has 3 hashes, not 2")


# 4. Root, size and member to the event of the expected contract on the expected chain.


def anchored_by(member: MemberId = SUPPLIER, root: Digest | None = None) -> Evidence:
    anchor = replace(DOCUMENT_EVIDENCE.anchor, member=member)
    if root is not None:
        anchor = replace(anchor, root=root)
    return replace(DOCUMENT_EVIDENCE, anchor=anchor)


def test_an_anchor_on_another_chain_is_refuted() -> None:
    report = verify(policy=replace(POLICY, chain=ChainId(1)), view=held())
    assert_refuted(report, 4, "on chain eip155:1337, and eip155:1 is expected")


def test_an_anchor_of_an_untrusted_notary_is_refuted() -> None:
    report = verify(policy=replace(POLICY, notaries=frozenset({BOOK})), view=held())
    assert_refuted(report, 4, f"The notary {NOTARY} is not a trusted one.")


def test_a_trusted_notary_that_did_not_emit_the_event_is_refuted() -> None:
    anchor = replace(DOCUMENT_EVIDENCE.anchor, notary=AccountName(CHAIN, BOOK))
    report = verify(
        replace(DOCUMENT_EVIDENCE, anchor=anchor),
        policy=replace(POLICY, notaries=frozenset({NOTARY, BOOK})),
        view=held(),
    )
    assert_refuted(report, 4, "does not say what the evidence claims")


def test_an_anchor_of_another_member_than_the_statements_is_refuted() -> None:
    report = verify(anchored_by(BUYER), view=held())
    assert_refuted(report, 4, f"The anchor is {BUYER}'s, and the statement {SUPPLIER}'s.")


def test_a_root_that_the_event_does_not_hold_is_refuted() -> None:
    opening = DOCUMENT_EVIDENCE.opening
    alone = MerkleTree(opening.leaf_hash)
    evidence = replace(
        anchored_by(root=alone.root),
        inclusion=replace(DOCUMENT_EVIDENCE.inclusion, index=0, size=1, path=()),
    )
    assert_refuted(verify(evidence, view=held()), 4, "does not say what the evidence claims")


@pytest.mark.parametrize("log_index", [0, 2])
def test_another_event_of_the_receipt_is_refuted(log_index: int) -> None:
    event = replace(DOCUMENT_EVIDENCE.event, log_index=log_index)
    report = verify(replace(DOCUMENT_EVIDENCE, event=event), view=held())
    assert_refuted(report, 4, "The event is not Anchored")


# 5. Event to receipt to the receipts root.


@pytest.mark.parametrize("index", [0, 16, 18, 128])
def test_another_transaction_of_the_block_is_refuted(index: int) -> None:
    event = replace(DOCUMENT_EVIDENCE.event, transaction_index=index)
    report = verify(replace(DOCUMENT_EVIDENCE, event=event), view=held())
    assert_refuted(report, 5, "The receipt proof")


def test_a_header_with_another_receipts_root_is_refuted() -> None:
    evidence = replace(DOCUMENT_EVIDENCE, header=header(bytes(32)))
    assert_refuted(verify(evidence, view=held()), 5, "block's receipts root")


# 6. Finality.


def test_without_node_and_pin_the_answer_is_undetermined_and_not_refuted() -> None:
    report = verify()
    assert report.verdict is Verdict.UNDETERMINED
    assert outcomes(report) == ["passed"] * 6 + ["unknown", "unknown", "not applicable"]
    assert report.finality.basis is FinalityBasis.NONE
    assert report.anchor is not None


def test_a_pinned_block_is_final_without_a_node() -> None:
    report = verify(policy=replace(PINNED, require_standing=False))
    assert report.verdict is Verdict.VERIFIED
    assert outcomes(report) == ["passed"] * 7 + ["not applicable"] * 2
    assert report.finality.basis is FinalityBasis.PINNED


def test_a_pinned_block_alone_leaves_the_standing_unknown() -> None:
    report = verify(policy=PINNED)
    assert report.verdict is Verdict.UNDETERMINED
    assert outcomes(report)[6:8] == ["passed", "unknown"]


def test_pins_of_other_blocks_do_not_help_without_a_node() -> None:
    policy = replace(POLICY, pinned_block_hashes=frozenset({bytes(32)}), require_standing=False)
    assert verify(policy=policy).verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("height", "verdict"),
    [
        (BLOCK_NUMBER - 1, Verdict.UNDETERMINED),
        (BLOCK_NUMBER, Verdict.UNDETERMINED),
        (BLOCK_NUMBER + 1, Verdict.UNDETERMINED),
        (BLOCK_NUMBER + 2, Verdict.VERIFIED),
        (BLOCK_NUMBER + 3, Verdict.VERIFIED),
    ],
)
def test_a_block_is_final_at_the_depth_that_is_asked_for(height: int, verdict: Verdict) -> None:
    view = held()
    view.height = height
    assert verify(view=view).verdict is verdict


def test_a_block_that_the_chain_replaced_for_good_is_refuted() -> None:
    view = held()
    view.hashes[BLOCK_NUMBER] = bytes(32)
    assert_refuted(verify(view=view), 6, "The chain has another block 7")


def test_a_block_that_the_chain_may_still_turn_to_is_undetermined() -> None:
    view = held()
    view.hashes[BLOCK_NUMBER] = bytes(32)
    view.height = BLOCK_NUMBER + 1
    report = verify(view=view)
    assert report.verdict is Verdict.UNDETERMINED
    assert "not final yet" in report.finality.sentence


def test_a_changed_header_is_refuted_by_the_chain() -> None:
    root = DOCUMENT_EVIDENCE.block.receipts_root
    evidence = replace(DOCUMENT_EVIDENCE, header=header(root, later=(8,)))
    assert_refuted(verify(evidence, view=held()), 6, "The chain has another block 7")


def test_a_development_chain_says_so_and_never_more() -> None:
    development = replace(POLICY, is_development=True)
    for policy, view in (
        (development, held()),
        (replace(development, pinned_block_hashes=frozenset({BLOCK_HASH})), held()),
    ):
        report = verify(policy=policy, view=view)
        assert report.verdict is Verdict.VERIFIED
        assert report.finality.basis is FinalityBasis.DEVELOPMENT
        assert "eip155:1337 is a development chain" in report.finality.sentence
    assert verify(policy=development).verdict is Verdict.UNDETERMINED


def test_a_node_of_another_chain_is_a_failure_of_transport_and_not_of_evidence() -> None:
    view = held()
    view.chain = ChainId(1)
    report = verify(view=view)
    assert report.verdict is Verdict.UNDETERMINED
    assert "The node is on eip155:1" in report.steps[6].sentence
    assert outcomes(report)[6:] == ["unknown", "unknown", "not applicable"]


@pytest.mark.parametrize(("answers", "unknown"), [(0, [6, 7]), (1, [6, 7]), (2, [7])])
def test_a_node_that_stops_answering_leaves_its_steps_unknown(
    answers: int, unknown: list[int]
) -> None:
    view = SilentChain.holding(DOCUMENT_EVIDENCE)
    assert isinstance(view, SilentChain)
    view.answers = answers
    report = verify(view=view)
    assert report.verdict is Verdict.UNDETERMINED
    results = [result for result in report.steps if result.outcome is Outcome.UNKNOWN]
    assert [result.step.number for result in results] == unknown
    assert {result.sentence for result in results} == {"The node at port 8545 does not answer."}


def test_a_dead_node_is_asked_once() -> None:
    view = SilentChain.holding(DOCUMENT_EVIDENCE)
    assert isinstance(view, SilentChain)
    verify(view=view)
    assert view.asked == 1


# 7. Standing.


def revoked(successor: Digest | None) -> HeldChain:
    view = held()
    standing = Standing(UnixTime(1_770_000_000), successor)
    view.revocations[SUPPLIER, DOCUMENT_EVIDENCE.opening.leaf_hash] = standing
    return view


def test_a_revoked_statement_is_reported_as_revoked() -> None:
    report = verify(view=revoked(None))
    assert report.verdict is Verdict.REVOKED
    assert outcomes(report)[7:] == ["revoked", "not reached"]
    assert report.steps[7].sentence == f"It was revoked by {SUPPLIER} at 2026-02-02T02:40:00+00:00."
    assert report.failed is None


def test_a_superseded_statement_names_its_successor() -> None:
    report = verify(view=revoked(Digest(b"\x99" * 32)))
    assert report.verdict is Verdict.REVOKED
    assert "superseded" in report.steps[7].sentence
    assert "99" * 32 in report.steps[7].sentence
    assert report.standing == Standing(UnixTime(1_770_000_000), Digest(b"\x99" * 32))


def test_a_revocation_counts_before_the_block_is_final() -> None:
    view = revoked(None)
    view.height = BLOCK_NUMBER
    assert verify(view=view).verdict is Verdict.REVOKED


def test_a_revocation_by_another_member_or_of_another_leaf_changes_nothing() -> None:
    view = held()
    now = Standing(UnixTime(1_770_000_000), None)
    view.revocations[BUYER, DOCUMENT_EVIDENCE.opening.leaf_hash] = now
    view.revocations[SUPPLIER, Digest(bytes(32))] = now
    assert verify(view=view).verdict is Verdict.VERIFIED


def test_standing_that_was_not_asked_for_is_not_looked_at() -> None:
    report = verify(policy=replace(POLICY, require_standing=False), view=revoked(None))
    assert report.verdict is Verdict.VERIFIED
    assert outcomes(report)[7] == "not applicable"
    assert report.standing is None


def test_a_state_without_the_anchor_proves_nothing_either_way() -> None:
    view = held()
    view.anchors.clear()
    report = verify(view=view)
    assert report.verdict is Verdict.UNDETERMINED
    assert "does not hold the anchor" in report.steps[7].sentence


def test_the_scope_of_documents_does_not_matter_to_a_plain_document() -> None:
    policy = replace(POLICY, scope=Scope.DOCUMENT, invoice_book=parse_address("0x" + "0d" * 20))
    assert verify(policy=policy, view=held()).verdict is Verdict.VERIFIED

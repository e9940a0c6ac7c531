"""Any sequence of steps by anybody leaves a book in which the named invariants hold."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.cast import Ledger
from tests.contracts.certificate_steps import ANYBODY, HOLDERS, Step
from tests.contracts.certificate_walk import Claim, Sight, Walk
from tests.contracts.certificates import (
    ANNULLED,
    CONFIRMED,
    EVIDENCE,
    ISSUED,
    VOIDED,
)

STANDING = (ISSUED, CONFIRMED)
STEPS = 30

# How often each step is tried, so that most walks come to move and to end certificates.
WEIGHTS = {
    "issue": 4,
    "certify": 2,
    "confirm": 2,
    "offer": 8,
    "consent": 4,
    "accept_offer": 8,
    "withdraw_offer": 1,
    "pledge": 6,
    "enforce_pledge": 4,
    "release_pledge": 2,
    "surrender": 10,
    "withdraw_surrender": 1,
    "redeem": 6,
    "replace": 8,
    "renew": 4,
    "report_lost": 3,
    "report_found": 2,
    "reissue": 4,
    "freeze": 2,
    "unfreeze": 2,
    "annul": 2,
    "void": 1,
    "pass_time": 4,
}

steps = st.builds(
    Step,
    action=st.sampled_from([name for name, weight in WEIGHTS.items() for _ in range(weight)]),
    target=st.integers(0, 5),
    choice=st.integers(0, 15),
    who=st.sampled_from([*[None] * 24, *ANYBODY]),
    receiver=st.sampled_from(HOLDERS),
    units=st.sampled_from([1, 2, 3, 4, 5, 0]),
)


def units_are_conserved(seen: Sight) -> None:
    assert sum(seen.holdings.values()) + seen.retired == seen.total
    assert sum(pledged for _, _, pledged in seen.positions.values()) == seen.pledged


def frozen_means_frozen(before: Sight, after: Sight) -> None:
    if before.freezes == 0:
        return
    assert after.holdings == before.holdings
    assert after.retired == before.retired
    assert after.pledged <= before.pledged
    assert after.certificate.matures_at == before.certificate.matures_at
    assert after.certificate.state in (before.certificate.state, VOIDED)


def what_ended_stays_as_it_was(before: Sight, after: Sight) -> None:
    if before.certificate.state not in STANDING:
        assert after == before


def what_has_no_units_left_has_ended(seen: Sight) -> None:
    if seen.retired == seen.total:
        assert seen.certificate.state not in STANDING


def evidence_never_moves(seen: Sight) -> None:
    if seen.certificate.kind != EVIDENCE:
        return
    kept = (0, 0, 0) if seen.certificate.state == ANNULLED else (1, 0, 0)
    nothing = dict.fromkeys(HOLDERS, (0, 0, 0))
    assert seen.positions == {**nothing, "supplier": kept}


def one_number_names_one_certificate(walk: Walk, seen: Mapping[bytes, Sight]) -> None:
    """Of all that ever took a number, one at most still has it, and the book says which.

    Annulled and void certificates gave it back, unless they had lost it before.
    """

    def kept(claim: Claim) -> bool:
        state = seen[claim.record].certificate.state
        return claim in walk.lost or state not in (ANNULLED, VOIDED)

    holders: dict[tuple[str, bytes], bytes] = {}
    for claim in walk.claims:
        if kept(claim):
            assert holders.setdefault((claim.issuer, claim.number), claim.record) == claim.record
    for claim in walk.claims:
        held = holders.get((claim.issuer, claim.number), bytes(32))
        assert walk.holder_of(claim.issuer, claim.number) == held


@settings(max_examples=4, deadline=None)
@given(program=st.lists(steps, min_size=STEPS, max_size=STEPS))
def test_the_book_of_certificates_is_sound_whatever_anybody_does(
    deployed: Ledger, program: list[Step]
) -> None:
    snapshot = deployed.chain.snapshot()
    try:
        walk = Walk(deployed)
        seen = {record: walk.see(record) for record in walk.records}
        for step in program:
            record, _ = walk.target(step)
            walk.take(step)
            after = walk.see(record)
            frozen_means_frozen(seen[record], after)
            what_ended_stays_as_it_was(seen[record], after)
            units_are_conserved(after)
            seen[record] = after
            seen |= {new: walk.see(new) for new in walk.records if new not in seen}
        for record in walk.records:
            assert walk.see(record) == seen[record]  # no step touched another record
            units_are_conserved(seen[record])
            evidence_never_moves(seen[record])
            what_has_no_units_left_has_ended(seen[record])
        one_number_names_one_certificate(walk, seen)
    finally:
        deployed.chain.restore(snapshot)

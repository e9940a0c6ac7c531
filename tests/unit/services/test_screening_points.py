import re
from pathlib import Path

import pytest

from ledger.invoices import IdentityRule
from ledger.services.screening import BLOCKING, POINTS, REVIEW_FROM, FindingKind, Verdict
from ledger.services.screening.points import RULE_FINDINGS, strongest, verdict_of

FINANCIERS = Path(__file__).parents[3] / "api" / "FINANCIERS.md"
ROW = re.compile(r"^\| `([a-z-]+)` +\| (\d+)(, blocks)? +\|", re.MULTILINE)


def test_the_table_that_members_read_is_the_one_that_decides() -> None:
    text = FINANCIERS.read_text()
    rows = ROW.findall(text)
    assert {kind: int(points) for kind, points, _blocks in rows} == POINTS
    assert {kind for kind, _points, blocks in rows if blocks} == BLOCKING
    assert [int(points) for _kind, points, _blocks in rows] == sorted(
        (int(points) for _kind, points, _blocks in rows), reverse=True
    )
    assert f"`review`: {REVIEW_FROM} points or more" in text


def test_every_finding_has_its_points() -> None:
    assert set(POINTS) == set(FindingKind)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([], Verdict.CLEAR),
        ([FindingKind.THE_RECORD], Verdict.CLEAR),
        ([FindingKind.CANCELLED_BEFORE, FindingKind.NEAR_NUMBER_SAME_DAY], Verdict.CLEAR),
        ([FindingKind.CANCELLED_BEFORE, FindingKind.UNUSUAL_AMOUNT], Verdict.REVIEW),
        ([FindingKind.SIMILAR_NUMBER], Verdict.REVIEW),
        ([FindingKind.SAME_FILE] * 9, Verdict.REVIEW),
        ([FindingKind.REGISTERED], Verdict.BLOCKED),
        ([FindingKind.THE_RECORD, FindingKind.SAME_INVOICE_HERE], Verdict.BLOCKED),
    ],
)
def test_points_add_up_and_only_what_blocks_blocks(
    found: list[FindingKind], verdict: Verdict
) -> None:
    assert verdict_of(found) is verdict


def test_of_several_keys_the_most_telling_counts() -> None:
    assert strongest(list(IdentityRule)) is IdentityRule.SAME_FILE
    assert strongest([IdentityRule.SIMILAR_NUMBER, IdentityRule.SAME_NUMBER]) is (
        IdentityRule.SAME_NUMBER
    )
    assert set(RULE_FINDINGS) == set(IdentityRule) - {IdentityRule.SAME_INVOICE}


def test_no_near_number_alone_is_for_review() -> None:
    near = [kind for kind in FindingKind if kind.value.startswith("near-number")]
    assert len(near) == 3
    assert sum(POINTS[kind] for kind in near) < REVIEW_FROM

from itertools import combinations
from pathlib import Path

import pytest

from ledger.invoices import IdentityKeys
from ledger.invoices.keys import MAX_ALERT_KEYS, MAX_STRICT_KEYS
from tests.unit.invoices.samples import (
    CORPUS,
    FOLDERS,
    Sample,
    keys_of,
    read,
    rules_met,
    samples,
)

# Official pairs of one invoice that contradict themselves: file, its pair, and in what.
CONTRADICTIONS = [
    ("kosit__01.21a-INVOICE_ubl.xml", "kosit__01.21a-INVOICE_uncefact.xml", "seller"),
    ("cen__ubl__ubl-tc434-example3.xml", "cen__cii__CII_example3.xml", "gross"),
    ("cen__ubl__ubl-tc434-example7.xml", "cen__cii__CII_example7.xml", "issue_date"),
    ("cen__ubl__ubl-tc434-example9.xml", "cen__cii__CII_example9.xml", "due_date"),
]

Keyed = tuple[Sample, IdentityKeys]


def keyed(folder: Path) -> list[Keyed]:
    return [(sample, keys_of(sample.data)) for sample in samples(folder)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_renderings_of_one_invoice_share_a_strict_key(folder: Path) -> None:
    pairs = [
        (one, other)
        for one, other in combinations(keyed(folder), 2)
        if one[0].variant == other[0].variant
    ]
    assert pairs
    apart = [
        (one.path.name, other.path.name)
        for (one, its_keys), (other, other_keys) in pairs
        if 1 not in rules_met(its_keys, other_keys)
    ]
    assert apart == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_different_invoices_share_no_strict_key(folder: Path) -> None:
    together = [
        (one.path.name, other.path.name)
        for (one, its_keys), (other, other_keys) in combinations(keyed(folder), 2)
        if one.group != other.group and 1 in rules_met(its_keys, other_keys)
    ]
    assert together == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_conflicting_versions_of_one_invoice_meet_under_some_rule(folder: Path) -> None:
    conflicts = [
        (one, other)
        for one, other in combinations(keyed(folder), 2)
        if one[0].group == other[0].group and one[0].variant != other[0].variant
    ]
    assert conflicts
    assert all(rules_met(its_keys, other_keys) for (_, its_keys), (_, other_keys) in conflicts)


@pytest.mark.parametrize("folder", FOLDERS)
def test_keys_stay_within_their_limits_and_do_not_repeat(folder: Path) -> None:
    for _, keys in keyed(folder):
        assert 1 <= len(keys.strict) <= MAX_STRICT_KEYS
        assert 1 <= len(keys.alert) <= MAX_ALERT_KEYS
        every = [*keys.strict, *(alert.key for alert in keys.alert)]
        assert len(set(every)) == len(every)
        assert {len(key) for key in every} == {32}


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not on this machine")
@pytest.mark.parametrize(("file", "pair", "field"), CONTRADICTIONS)
def test_official_pairs_that_contradict_themselves_do_so(file: str, pair: str, field: str) -> None:
    one, other = read((CORPUS / file).read_bytes()), read((CORPUS / pair).read_bytes())
    assert one.number == other.number
    assert getattr(one, field) != getattr(other, field)

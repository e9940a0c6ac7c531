from pathlib import Path

import pytest

from ledger.invoices.keys import MAX_ALERT_KEYS, MAX_STRICT_KEYS
from tests.unit.invoices.cases import INVOICE
from tests.unit.invoices.measured import MEASURED, figures
from tests.unit.invoices.pairs import documents, renderings, strangers, versions
from tests.unit.invoices.samples import CORPUS, FOLDERS, GOOD, keys_of, read, rules_met

# Official pairs of one invoice that contradict themselves: file, its pair, in what, and the rules
# under which they still meet.
CONTRADICTIONS = [
    ("kosit__01.21a-INVOICE_ubl.xml", "kosit__01.21a-INVOICE_uncefact.xml", "seller", {3, 4, 5}),
    ("cen__ubl__ubl-tc434-example3.xml", "cen__cii__CII_example3.xml", "gross", {1, 2, 4}),
    ("cen__ubl__ubl-tc434-example7.xml", "cen__cii__CII_example7.xml", "issue_date", {2, 4, 5}),
    (
        "cen__ubl__ubl-tc434-example9.xml",
        "cen__cii__CII_example9.xml",
        "due_date",
        {1, 2, 3, 4, 5},
    ),
]
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not on this machine")


@pytest.mark.parametrize("folder", FOLDERS)
def test_renderings_of_one_invoice_share_a_strict_key(folder: Path) -> None:
    pairs = renderings(folder)
    assert pairs
    apart = [pair for pair in pairs if INVOICE not in pair.rules]
    assert [(pair.one.sample.path.name, pair.other.sample.path.name) for pair in apart] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_different_invoices_share_no_strict_key(folder: Path) -> None:
    together = [pair for pair in strangers(folder) if INVOICE in pair.rules]
    assert [(pair.one.sample.path.name, pair.other.sample.path.name) for pair in together] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_conflicting_versions_of_one_invoice_meet_under_some_rule(folder: Path) -> None:
    conflicts = versions(folder)
    assert conflicts
    assert all(pair.rules for pair in conflicts)


@pytest.mark.parametrize("folder", FOLDERS)
def test_keys_stay_within_their_limits_and_do_not_repeat(folder: Path) -> None:
    for keys in (document.keys for document in documents(folder)):
        assert 1 <= len(keys.strict) <= MAX_STRICT_KEYS
        assert 1 <= len(keys.alert) <= MAX_ALERT_KEYS
        every = [*keys.strict, *(alert.key for alert in keys.alert)]
        assert len(set(every)) == len(every)
        assert {len(key) for key in every} == {32}


def test_the_committed_samples_pair_syntaxes_and_hold_a_contradiction() -> None:
    assert {pair.syntaxes for pair in renderings(GOOD)} >= {"UBL + CII"}
    assert versions(GOOD)


@needs_corpus
def test_the_figures_that_the_report_states_for_all_samples_are_measured() -> None:
    assert figures(CORPUS) == MEASURED


@needs_corpus
@pytest.mark.parametrize(("file", "pair", "field", "rules"), CONTRADICTIONS)
def test_official_pairs_that_contradict_themselves_meet_under_these_rules(
    file: str, pair: str, field: str, rules: set[int]
) -> None:
    one, other = (CORPUS / file).read_bytes(), (CORPUS / pair).read_bytes()
    assert read(one).number == read(other).number
    assert getattr(read(one), field) != getattr(read(other), field)
    assert rules_met(keys_of(one), keys_of(other)) == rules

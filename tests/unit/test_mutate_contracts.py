import json
from pathlib import Path

import pytest

from ledger.errors import ConfigurationError
from scripts.mutant_trials import Fate, Suite, Verdict, read_suites
from scripts.mutants import Edit, Mutant
from scripts.mutate_contracts import EXPLANATIONS, choose, judge, read_reasons, report


def mutant(number: int, contract: str = "Till") -> Mutant:
    source = f"src/{contract}.sol"
    return Mutant(source, number, f"{contract}.pay", f"change {number}", Edit(number, number, "x"))


MUTANTS = [*(mutant(number) for number in range(20)), mutant(20, "Safe")]


def test_the_lot_is_as_large_as_asked_for_and_the_same_for_the_same_seed() -> None:
    chosen = choose(MUTANTS, None, 5, seed=1)
    assert len(chosen) == 5
    assert chosen == choose(MUTANTS, None, 5, seed=1)
    assert chosen != choose(MUTANTS, None, 5, seed=2)
    assert chosen == [item for item in MUTANTS if item in chosen]


@pytest.mark.parametrize("count", [0, 21, 100])
def test_without_a_count_or_with_a_larger_one_all_are_chosen(count: int) -> None:
    assert choose(MUTANTS, None, count, seed=1) == MUTANTS


def test_one_contract_may_be_asked_for() -> None:
    assert choose(MUTANTS, "Safe", 0, seed=1) == MUTANTS[-1:]
    with pytest.raises(ConfigurationError, match="Vault"):
        choose(MUTANTS, "Vault", 0, seed=1)


def test_killed_and_explained_mutants_are_no_complaint() -> None:
    killed = Verdict(MUTANTS[0], Fate.KILLED, "a test")
    survived = Verdict(MUTANTS[1], Fate.SURVIVED)
    invalid = Verdict(MUTANTS[2], Fate.INVALID)
    reasons = {"change 1": "gas only"}
    assert list(judge([killed, survived, invalid], reasons, MUTANTS)) == []


def test_an_unexplained_survivor_is_named_with_its_line() -> None:
    [complaint] = judge([Verdict(MUTANTS[7], Fate.SURVIVED)], {}, MUTANTS)
    assert complaint == "survived: contracts/src/Till.sol:7 change 7"


@pytest.mark.parametrize("fate", [Fate.KILLED, Fate.INVALID])
def test_an_explanation_of_what_did_not_survive_is_a_complaint(fate: Fate) -> None:
    [complaint] = judge([Verdict(MUTANTS[7], fate)], {"change 7": "gas only"}, MUTANTS)
    assert complaint == f"explained, but {fate}: change 7"


def test_an_explanation_of_a_mutant_that_is_no_more_is_a_complaint() -> None:
    [complaint] = judge([], {"change 99": "gas only"}, MUTANTS)
    assert complaint == "explained, but no such mutant: change 99"


def test_an_explanation_of_a_mutant_that_was_not_tried_stands() -> None:
    assert list(judge([], {"change 7": "gas only"}, MUTANTS)) == []


def test_the_report_counts_by_source_and_names_survivors_with_their_reasons() -> None:
    verdicts = [
        Verdict(MUTANTS[0], Fate.KILLED, "a test"),
        Verdict(MUTANTS[1], Fate.SURVIVED),
        Verdict(MUTANTS[2], Fate.SURVIVED),
        Verdict(MUTANTS[3], Fate.INVALID),
        Verdict(MUTANTS[20], Fate.KILLED, "a test"),
    ]
    text = report(verdicts, {"change 1": "Gas only."}, stateful=False)
    assert "Killed: 2 of 4 (50.0 %)." in text
    assert "| `src/Till.sol` | 1 | 2 | 1 |" in text
    assert "| `src/Safe.sol` | 1 | 0 | 0 |" in text
    assert "| all | 2 | 2 | 1 |" in text
    assert "- change 1\n  Gas only.\n- change 2\n  Unexplained.\n" in text


def test_a_report_without_any_valid_mutant_claims_no_share() -> None:
    text = report([Verdict(MUTANTS[3], Fate.INVALID)], {}, stateful=True)
    assert "Killed: 0 of 0 (none)." in text
    assert text.endswith("## Survivors\n\nNone.\n")


@pytest.mark.parametrize(
    "text",
    ["no JSON", '[{"mutant": "change 1"}]', '[{"mutant": "change 1", "reason": " "}]', "[1]"],
)
def test_explanations_without_mutant_or_reason_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=EXPLANATIONS.name):
        read_reasons(text)


def test_the_committed_explanations_are_well_formed_and_each_stands_once() -> None:
    text = EXPLANATIONS.read_text("utf-8")
    assert len(read_reasons(text)) == len(json.loads(text))


def test_suites_named_for_the_contract_come_first_then_those_that_mention_the_function() -> None:
    named = Suite(Path("tests/contracts/test_invoice_states.py"), "")
    mentions = Suite(Path("tests/contracts/test_access.py"), "book.accept(1); book.accept(2)")
    neither = Suite(Path("tests/contracts/test_council.py"), "")
    suites = [neither, mentions, named]
    suites.sort(key=lambda suite: suite.relevance("InvoiceBook._accept"), reverse=True)
    assert suites == [named, mentions, neither]


def test_mutants_are_tried_on_behaviour_and_on_random_calls_only_when_asked() -> None:
    names, every = (
        {suite.path.name for suite in read_suites(stateful=stateful)} for stateful in (False, True)
    )
    assert "test_notary.py" in names < every
    assert "test_conservation.py" in every - names
    assert not every & {"test_artifacts.py", "test_gas.py", "test_storage_layout.py"}

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.bench import __main__ as bench
from scripts.bench.contest import Absent, Peer, contest, rate
from scripts.bench.rows import Goal, Growth, Missing, Result, Row, at_least, at_most
from scripts.bench.stage import Bench, Scale
from scripts.bench.table import HEAD, figure, markdown, terminal

MACHINE = {"Python": "3.11.7"}


def row(ours: float, theirs: float | None, note: str = "") -> Row:
    return Row("tree", "build", "s", ours, "limit.c", theirs, at_most(6), note)


def test_the_ratio_is_ours_by_theirs() -> None:
    assert row(3.0, 2.0).ratio == 1.5
    assert row(3.0, None).ratio is None


@pytest.mark.parametrize(
    ("ours", "met"), [(5.9, True), (6.0, True), (6.1, False)], ids=["less", "equal", "more"]
)
def test_a_goal_of_at_most_is_met_up_to_it(ours: float, met: bool) -> None:  # noqa: FBT001 - a case
    assert row(ours, 1.0).met is met


@pytest.mark.parametrize(("ratio", "met"), [(0.94, False), (0.95, True), (2.0, True)])
def test_a_goal_of_at_least_is_met_from_it_on(ratio: float, met: bool) -> None:  # noqa: FBT001 - a case
    assert at_least(0.95).is_met(ratio) is met


def test_without_a_goal_or_a_peer_nothing_is_met_or_missed() -> None:
    assert row(1.0, None).met is None
    assert Row("tree", "build", "s", 1.0, "limit.c", 2.0).met is None


def test_growth_compares_the_most_with_the_second_fewest() -> None:
    costs = {10**6: 3.0, 10**3: 50.0, 10**4: 2.0}
    assert Growth("tree", "a leaf", "µs", costs).factor == 1.5


@pytest.mark.parametrize("costs", [{10**3: 50.0}, {10**3: 50.0, 10**4: 2.0}], ids=["one", "two"])
def test_fewer_than_three_sizes_show_no_growth(costs: dict[int, float]) -> None:
    assert Growth("tree", "a leaf", "µs", costs).factor is None


@pytest.mark.parametrize(
    ("scale", "goal"), [(Scale.TRIAL, None), (Scale.QUICK, None), (Scale.FULL, at_most(1))]
)
def test_goals_are_those_of_a_full_run(scale: Scale, goal: Goal | None, tmp_path: Path) -> None:
    assert Bench(scale, tmp_path).goal(at_most(1)) == goal


@pytest.mark.parametrize("options", [["--write", "--quick"], ["--write", "tree"]])
def test_only_a_full_run_of_all_stages_is_kept(options: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        bench.main(options)


def test_ours_and_peers_take_turns_and_medians_stand_beside_each_other() -> None:
    turns: list[str] = []

    def run(name: str, figures: list[float]) -> Callable[[], float]:
        def turn() -> float:
            turns.append(name)
            return figures.pop()

        return turn

    peers = [
        Peer("it", run("it", [4.0, 100.0, 2.0]), at_least(2)),
        Peer("slow", run("slow", [5.0]), most_rounds=1),
    ]
    it, slow = contest("s", "w", "u", run("ours", [1.0, 9.0, 8.0]), peers, rounds=3)
    assert turns == ["ours", "it", "slow", "ours", "it", "ours", "it"]
    assert (it.ours, it.theirs, it.ratio, it.met, it.runs) == (8.0, 4.0, 2.0, True, 3)
    assert (slow.ours, slow.theirs) == (8.0, 5.0)


def test_a_peer_that_is_absent_says_why_and_the_others_go_on() -> None:
    def absent() -> float:
        raise Absent("it is not installed")

    missing, there = contest(
        "s", "w", "u", lambda: 1.0, [Peer("none", absent), Peer("it", lambda: 2.0)], rounds=2
    )
    assert (missing.theirs, missing.note) == (None, "it is not installed")
    assert there.ratio == 0.5


def test_a_rate_is_of_as_many_as_were_done() -> None:
    assert rate(1000, lambda: None) > 1000


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), (0.0123456, "0.0123"), (5.509, "5.51"), (99.9, "99.9"), (1234567.8, "1,234,568")],
)
def test_figures_have_three_digits_or_all_before_the_point(value: float | None, text: str) -> None:
    assert figure(value) == text


def test_a_terminal_sees_rows_growth_notes_and_the_machine() -> None:
    results: list[Result] = [
        row(3.0, 1.0),
        row(9.0, 1.0, note="it is new"),
        Growth("tree", "a leaf", "µs", {10**3: 1.0, 10**4: 2.0}),
        Missing("gas", "no node"),
    ]
    lines = terminal(results, MACHINE).splitlines()
    assert lines[0].split() == [*HEAD[:-1]]
    assert lines[1].split() == [
        "tree",
        "build",
        "s",
        "3",
        "1",
        "limit.c",
        "1",
        "3",
        "≤",
        "6",
        "met",
    ]
    assert lines[2].endswith("missed")
    (growth,) = [line.split() for line in lines if line.startswith("tree   a leaf")]
    assert growth == ["tree", "a", "leaf", "µs", "—", "—", "1", "2", "—", "—", "—"]
    assert "tree, build, beside limit.c: it is new" in lines
    assert "gas: not measured: no node" in lines
    assert lines[-1] == "Python: 3.11.7"


def test_the_file_has_the_table_and_the_command_of_each_stage_once() -> None:
    text = markdown([row(3.0, 1.0), row(4.0, 1.0), Missing("gas", "no node")], MACHINE)
    assert "| tree | build | s | 3 | 1 | limit.c | 1 | 3 | ≤ 6 | met |" in text.splitlines()
    assert text.count("`python -m scripts.bench tree`") == 1
    assert "- `python -m scripts.bench gas`" in text
    assert "## Growth" not in text

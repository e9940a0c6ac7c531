from pathlib import Path

import pytest

from scripts.bench import __main__ as bench
from scripts.bench import peers
from scripts.bench.rows import Growth, Missing, Result, Row
from scripts.bench.stage import Scale

WITHOUT_NODE = [
    "hash-large",
    "hash-small",
    "tree",
    "tree-memory",
    "verify",
    "documents",
    "invoices",
]


@pytest.fixture(autouse=True)
def _no_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where `make bench` never installed what runs on Node."""
    compiled = tmp_path / "sources"
    compiled.mkdir()
    source = Path(peers.__file__).with_name("limit.c")
    (compiled / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(peers, "_HERE", compiled)


def run(name: str, folder: Path) -> list[Result]:
    return list(bench.measure([name], Scale.TRIAL, folder))


@pytest.mark.parametrize("name", WITHOUT_NODE)
def test_a_stage_measures_ours_and_goes_on_without_peers(name: str, tmp_path: Path) -> None:
    results = run(name, tmp_path)
    assert not [result for result in results if isinstance(result, Missing)]
    rows = [result for result in results if isinstance(result, Row)]
    assert rows
    assert all(row.stage == name and row.ours > 0 for row in rows)
    assert all(row.theirs or row.note for row in rows)
    growths = [result for result in results if isinstance(result, Growth)]
    assert all(growth.stage == name and growth.costs for growth in growths)


def test_a_month_ends_on_a_devnet_of_its_own(tmp_path: Path) -> None:
    results = run("month-end", tmp_path)
    (total, *memory, disk) = [result for result in results if isinstance(result, Row)]
    assert total.unit == "s"
    assert (total.ours > 0, total.met) == (True, None)
    assert [row.unit for row in memory] == ["MiB", "MiB"]
    assert disk.ours > disk.theirs if disk.theirs else False


def test_a_stage_that_fails_is_missing_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_bench: object) -> list[Result]:
        raise ValueError("no such thing")

    stages = {"bad": fails, "hash-large": bench.STAGES["hash-large"]}
    monkeypatch.setattr(bench, "STAGES", stages)
    missing, *rest = bench.measure(["bad", "hash-large"], Scale.TRIAL, tmp_path)
    assert missing == Missing("bad", "ValueError: no such thing")
    assert rest


def test_a_tool_that_this_machine_lacks_is_named_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (missing,) = run("accept", tmp_path)
    assert isinstance(missing, Missing)
    assert missing.reason.startswith("this machine has no wrk;")
    assert "Traceback" not in capsys.readouterr().err


def test_a_stage_that_is_not_there_is_a_wrong_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        bench.main(["hush"])
    assert "there is no stage hush" in capsys.readouterr().err

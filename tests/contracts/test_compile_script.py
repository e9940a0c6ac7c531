from pathlib import Path

import pytest

from scripts.compile_contracts import compare, main, write

COMPILED = {"A.json": '{"abi": [1], "bytecode": "0x01"}\n', "B.json": '{"abi": []}\n'}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds just what was compiled."""
    write(COMPILED, tmp_path)
    return tmp_path


def test_equal_artifacts_do_not_differ(folder: Path) -> None:
    assert list(compare(COMPILED, folder)) == []


def test_a_changed_artifact_is_named_with_the_part_that_changed(folder: Path) -> None:
    (folder / "A.json").write_text('{"abi": [1], "bytecode": "0x02"}\n', encoding="utf-8")
    [difference] = compare(COMPILED, folder)
    assert difference == 'A.json: differs in bytecode (2 lines, first: -"0x02")'


def test_an_artifact_that_was_only_laid_out_anew_is_named(folder: Path) -> None:
    (folder / "B.json").write_text('{"abi":[]}', encoding="utf-8")
    assert list(compare(COMPILED, folder)) == ["B.json: differs in its layout"]


def test_a_missing_and_a_stray_artifact_are_named(folder: Path) -> None:
    (folder / "A.json").rename(folder / "C.json")
    missing, stray = compare(COMPILED, folder)
    assert missing.startswith("A.json: not committed")
    assert stray.startswith("C.json: no contract")


def test_writing_removes_artifacts_of_contracts_that_are_gone(folder: Path) -> None:
    (folder / "Old.json").write_text("{}", encoding="utf-8")
    write(COMPILED, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["A.json", "B.json"]


@pytest.mark.parametrize("program", ["/nonexistent/solc", "/bin/true", "/bin/false"])
def test_a_program_that_is_no_compiler_is_reported(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--solc", program]) == 2
    assert capsys.readouterr().err

from pathlib import Path

import pytest

from scripts.regenerate_readme_help import END, README, main


def test_the_readme_is_what_the_program_says() -> None:
    assert main(["--check"]) == 0


def test_a_readme_that_says_something_else_is_found_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed = tmp_path / "README.md"
    changed.write_text(README.read_text().replace(END, f"and more\n{END}"))
    monkeypatch.setattr("scripts.regenerate_readme_help.README", changed)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert changed.read_text() == README.read_text()

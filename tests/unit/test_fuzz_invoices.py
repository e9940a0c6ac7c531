from pathlib import Path

import pytest

from scripts import fuzz_invoices


def test_a_short_run_finds_nothing_and_says_what_was_read_and_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fuzz_invoices.main(["--seconds", "0.5", "--seed", "7"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("seed 7: ")
    assert " read\n" in printed


def test_a_document_that_is_not_refused_properly_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(data: bytes | str) -> str:
        raise KeyError(len(data))

    monkeypatch.setattr(fuzz_invoices, "use", fails)
    monkeypatch.setattr(fuzz_invoices, "FAILED", tmp_path)
    assert fuzz_invoices.main(["--seconds", "5", "--seed", "7"]) == 1
    kept = tmp_path / "7-0"
    assert f"KeyError: {kept.stat().st_size}" in capsys.readouterr().err

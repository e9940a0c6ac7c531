import pytest

from scripts.report_invoices import REPORT, main
from tests.unit.invoices.cases import REWRITINGS, SERIES, TAMPERINGS
from tests.unit.invoices.samples import GOOD


def test_a_folder_of_samples_is_reported_on_without_writing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = REPORT.read_bytes()
    assert main(["--corpus", str(GOOD)]) == 0
    printed = capsys.readouterr().out
    for name in REWRITINGS | TAMPERINGS | SERIES:
        assert printed.count(f"| {name} |") == 1
    assert REPORT.read_bytes() == before


def test_the_tables_that_are_printed_are_those_of_the_committed_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--corpus", str(GOOD)]) == 0
    assert capsys.readouterr().out.rstrip("\n") in REPORT.read_text("utf-8")

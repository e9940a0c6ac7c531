from pathlib import Path

import pytest

from scripts import bench_invoices
from scripts.bench_invoices import GOOD, measure
from scripts.bench_memory import peak_bytes, with_lines
from scripts.bench_readers import BASE, OURS, readers

UBL = (GOOD / "kosit__01.01a-INVOICE_ubl.xml").read_bytes()


def test_the_readers_are_compared_on_the_files_that_both_read() -> None:
    def refuses_some(content: bytes) -> None:
        if content != UBL:
            raise ValueError(content)

    taking_part = {OURS: readers()[OURS], "some": refuses_some, "none": lambda _: 1 / 0}
    other = (GOOD / "kosit__01.05a-INVOICE_ubl.xml").read_bytes()
    ours, some = measure([UBL, other], taking_part, rounds=2)
    assert (ours.reader, ours.files, ours.files_per_second) == (OURS, 2, ours.ours_per_second)
    assert (some.reader, some.files) == ("some", 1)
    assert some.files_per_second > some.ours_per_second > 0


def test_the_table_has_xml_pdf_and_memory(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_invoices, "peak_bytes", len)
    assert bench_invoices.main(["--rounds", "1"]) == 0
    printed = capsys.readouterr().out
    heads = [line for line in printed.splitlines() if not line.startswith(" ")]
    assert [head.split()[0] for head in heads if head][:2] == ["XML", "PDF"]
    assert printed.count(BASE) == 2
    assert "Peak memory" in printed


def test_a_folder_without_invoices_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("no invoice")
    assert bench_invoices.main(["--corpus", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_memory_grows_with_the_file_and_is_bounded_by_it() -> None:
    document = with_lines(10_000)
    assert len(document) < peak_bytes(document) < 12 * len(document)

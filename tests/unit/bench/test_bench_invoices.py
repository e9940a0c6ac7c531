from scripts.bench.invoice_memory import peak_bytes, with_lines
from scripts.bench.invoice_readers import BASE, FACTUR_X, OURS, readers
from scripts.bench.invoices import GOOD, Speed, measure, rows

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


def test_each_reader_has_a_row_beside_ours_and_one_that_is_absent_is_named() -> None:
    base, absent = rows("XML", [Speed(OURS, 2, 10, 10), Speed(BASE, 1, 40, 8)], runs=2)
    assert (base.peer, base.ours, base.theirs, base.ratio, base.runs) == (BASE, 8, 40, 0.2, 2)
    assert (absent.peer, absent.theirs, absent.ratio) == (FACTUR_X, None, None)
    assert "make bench" in absent.note


def test_memory_grows_with_the_file_and_is_bounded_by_it() -> None:
    document = with_lines(10_000)
    assert len(document) < peak_bytes(document) < 12 * len(document)

import click
from hypothesis import given
from hypothesis import strategies as st

from ledger.cli.fitting import broken


def test_a_step_goes_on_below_its_sentence() -> None:
    mark = click.style("passed         ", fg="green")
    rows = broken(f"6  {mark}  The block is final by the node's word.", 40)
    assert [click.unstyle(row) for row in rows] == [
        "6  passed           The block is final",
        "                    by the node's word.",
    ]


def test_what_fits_stays_as_it_is() -> None:
    assert broken("  gross_amount     238.00", 25) == ["  gross_amount     238.00"]
    assert broken("", 25) == [""]


def test_a_hash_stays_whole_however_long_it_is() -> None:
    digest = "0x" + "ab" * 32
    assert broken(f"It is {digest} now.", 30) == ["It is", digest, "now."]


@given(st.lists(st.from_regex(r"[a-z]{1,12}", fullmatch=True), min_size=1), st.integers(20, 90))
def test_every_word_is_kept_and_no_row_is_too_long(words: list[str], columns: int) -> None:
    rows = broken(" ".join(words), columns)
    assert " ".join(rows).split() == words
    assert all(len(row) <= columns for row in rows)

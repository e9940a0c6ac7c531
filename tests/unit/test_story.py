from hypothesis import given
from hypothesis import strategies as st

from scripts.story import framed

HASH = "0x" + "ab" * 32
LINES = st.text(st.sampled_from("ab -.:"), max_size=300)


def test_a_long_line_of_a_table_goes_on_below_its_last_column() -> None:
    line = "8  not applicable  " + " ".join(["seventh"] * 12)
    assert framed(line) == [
        "     | 8  not applicable  " + " ".join(["seventh"] * 8),
        "     |                    " + " ".join(["seventh"] * 4),
    ]


def test_a_long_sentence_goes_on_where_it_began() -> None:
    assert framed("  " + "word " * 20) == [
        "     |   " + " ".join(["word"] * 17),
        "     |   word word word",
    ]


def test_a_hash_stays_in_one_piece_to_be_copied() -> None:
    line = f"2  passed          The commitment is the following, and no other: {HASH}."
    assert framed(line)[1] == f"     |                    {HASH}."


def test_short_and_empty_lines_stay_as_they_are() -> None:
    assert framed("one\n\n  two  2\n") == ["     | one", "     |", "     |   two  2"]


@given(LINES)
def test_no_word_is_dropped_and_no_line_is_too_long_for_its_words(line: str) -> None:
    shown = framed(line)
    assert [word for part in shown for word in part.removeprefix("     |").split()] == line.split()
    assert all(len(part) <= 96 or len(part.split()) == 2 for part in shown)

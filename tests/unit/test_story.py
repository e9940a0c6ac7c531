import shlex
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from scripts.story import command_lines, cut, framed

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


def test_a_short_command_is_one_line() -> None:
    assert command_lines(["sealbook screen a.xml", "--json"]) == [
        "   $ sealbook screen a.xml --json"
    ]


def test_a_long_command_goes_on_at_its_next_part() -> None:
    parts = ["sealbook screen a.xml", f"--record {HASH}", "--api-key-file bank.key"]
    assert command_lines(parts) == [
        "   $ sealbook screen a.xml \\",
        f"       --record {HASH} \\",
        "       --api-key-file bank.key",
    ]


def test_a_shell_reads_a_broken_command_as_it_was() -> None:
    words = ["printf", "%s;", HASH, "it's one", f'{HASH} "two"', "$HOME"]
    lines = command_lines([shlex.quote(word) for word in words])
    assert len(lines) == 3
    command = "\n".join(lines).removeprefix("   $ ")
    shell = ("/bin/sh", "-c", command)
    done = subprocess.run(shell, capture_output=True, text=True, check=True)
    assert done.stdout == "".join(f"{word};" for word in words[2:])


@given(st.lists(st.text("ab -", max_size=60), min_size=1))
def test_a_line_of_a_command_is_too_long_only_for_a_single_part(parts: list[str]) -> None:
    for line in command_lines(parts):
        text = line.removeprefix("   $ ").removeprefix("       ").removesuffix(" \\")
        assert len(line) <= 96 or text in parts


def test_what_is_cut_ends_with_an_ellipsis() -> None:
    assert cut("one\n  two\nthree\n  two\n", "  tw") == "one\n…\n"


def test_nothing_is_cut_where_no_line_begins_so() -> None:
    assert cut("one\n  two\n", "two") == "one\n  two\n"
    assert cut("one\n  two\n", None) == "one\n  two\n"

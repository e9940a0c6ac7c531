import os
import stat
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.cli.files import growing_file, write_file, write_secret
from ledger.cli.output import printable, sentence
from ledger.cli.words import byte_count, share
from ledger.errors import ConfigurationError
from ledger.types import MAX_UNITS


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    write_file(path, b"old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert [item.name for item in tmp_path.iterdir()] == ["evidence.json"]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_file(tmp_path / "taken", b"new")
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_file(tmp_path / "nowhere" / "evidence.json", b"new")
    assert [item.name for item in tmp_path.iterdir()] == ["taken"]


def test_a_growing_file_has_its_name_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "list"
    (tmp_path / "list.part").write_bytes(b"left behind by a run that was killed")
    with growing_file(path) as file:
        file.write(b"one ")
        assert not path.exists()
        file.write(b"two")
    assert path.read_bytes() == b"one two"
    assert [item.name for item in tmp_path.iterdir()] == ["list"]


def test_a_growing_file_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"old")
    with suppress(ZeroDivisionError), growing_file(path) as file:
        file.write(b"new")
        file.write(b"%d" % (1 // (len(b"new") - 3)))
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["list"]


def test_a_growing_file_has_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "list"
    with growing_file(path) as file:
        file.write(b"mine")
        with (
            pytest.raises(ConfigurationError, match=r"another run is writing .*list\.part"),
            growing_file(path),
        ):
            pass
    assert path.read_bytes() == b"mine"


def test_a_growing_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match="cannot write"),
        growing_file(tmp_path / "nowhere" / "list"),
    ):
        pass


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (10**6, "1.0 MB"),
        (61 * 10**8, "6.1 GB"),
    ],
)
def test_bytes_are_counted_in_the_unit_that_people_use(size: int, text: str) -> None:
    assert byte_count(size) == text


def test_a_secret_is_for_its_owner_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_secret(tmp_path / "secret", "sbk_x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError, match="never overwritten"):
        write_secret(tmp_path / "secret", "sbk_y")
    assert (tmp_path / "secret").read_text() == "sbk_x\n"


@pytest.mark.parametrize(
    ("part", "total", "text"),
    [
        (600_000_000, 1_000_000_000, "60 %"),
        (1, 3, "33.33 %"),
        (2, 3, "66.66 %"),
        (1, 10_001, "< 0.01 %"),
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (999_999, 1_000_000, "99.99 %"),
    ],
)
def test_a_share_is_in_percent(part: int, total: int, text: str) -> None:
    assert share(part, total) == text


@given(st.integers(1, MAX_UNITS), st.data())
def test_a_share_is_never_rounded_up(total: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, total))
    text = share(part, total)
    if text == "< 0.01 %":
        assert 0 < part * 10_000 < total
    else:
        shown = Decimal(text.removesuffix(" %"))
        assert shown * total <= 100 * part < (shown + Decimal("0.01")) * total


@given(st.text())
def test_what_is_shown_commands_no_terminal(text: str) -> None:
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)


def test_a_sentence_ends_once() -> None:
    assert sentence("it is so.") == sentence(" it is so ") == "it is so."

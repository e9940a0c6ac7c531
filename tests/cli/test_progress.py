import os
import pty
import subprocess
import time
from pathlib import Path

import pytest

from ledger.cli.progress import Progress
from tests.cli.processes import PROGRAM


def test_a_bar_grows_with_the_share_that_is_done() -> None:
    shown = Progress("Handing in", 200, hidden=True)
    assert shown.line() == "Handing in  [                        ]    0%"
    shown.advance(100)
    assert shown.line() == "Handing in  [############            ]   50%"
    shown.advance(99)
    assert shown.line() == "Handing in  [####################### ]   99%"
    shown.advance(1)
    assert shown.line() == "Handing in  [########################]  100%"


def test_what_is_left_is_guessed_from_what_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Progress("Handing in", 10, hidden=True)
    now = time.monotonic()
    shown.advance(1)
    monkeypatch.setattr(time, "monotonic", lambda: now + 500)
    shown.note("waiting: mined")
    assert shown.line().endswith("10%  1:15:00 left  waiting: mined")


def test_without_a_total_there_is_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Progress("Hashing files", None, hidden=True)
    now = time.monotonic()
    shown.advance(1_234_567)
    shown.note("6.1 GB")
    monkeypatch.setattr(time, "monotonic", lambda: now + 65.5)
    assert shown.line() == "Hashing files  1,234,567  1:05  6.1 GB"


def on_terminal(*words: str | Path, columns: str = "80") -> tuple[str, str]:
    """What a command prints to its standard output, and what a terminal shows of its errors."""
    terminal, shown_to = pty.openpty()
    done = subprocess.run(
        [PROGRAM, *words],
        stdout=subprocess.PIPE,
        stderr=shown_to,
        env={**os.environ, "COLUMNS": columns},
        text=True,
        check=True,
    )
    os.close(shown_to)
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        return done.stdout, screen.read(100_000).decode()


def test_hashing_shows_how_far_it_is_on_one_row(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.pdf").write_text("document")
    out, shown = on_terminal("hash", "--recursive", tmp_path, columns="30")
    assert out.count("\n") == 3
    assert "Hashing files  3  0:0" in shown
    rows = shown.removesuffix("\r\n").split("\r")
    assert all(len(row.removesuffix("\x1b[K")) < 30 for row in rows)
    assert "\n" not in "".join(rows)


def test_a_program_that_asks_for_json_is_shown_nothing(tmp_path: Path) -> None:
    (tmp_path / "1.pdf").write_text("document")
    words = ("hash", "--recursive", tmp_path, "--json", "--out", tmp_path / "list")
    terminal, shown_to = pty.openpty()
    subprocess.run([PROGRAM, *words], stdout=subprocess.PIPE, stderr=shown_to, check=True)
    os.set_blocking(terminal, False)
    with pytest.raises(BlockingIOError):
        os.read(terminal, 100)
    os.close(shown_to)
    os.close(terminal)

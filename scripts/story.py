"""How the demo tells its story on a terminal."""

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ledger.services.settings import CONFIG_VARIABLE
from scripts.processes import sealbook

_WIDTH = 96
_INDENT = "   "
_FRAME = "     | "
_COLUMN_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")


def step(number: int, title: str) -> None:
    """Begin a step."""
    print(f"\n{_strong(f'{number}. {title}')}", flush=True)


def say(text: str) -> None:
    """Tell who did what."""
    print("\n".join(_wrap(text, _INDENT, _INDENT)), flush=True)


def show(text: str) -> None:
    """Show what came of it: every word of it, with long lines broken."""
    print("\n".join(framed(text)), flush=True)


def framed(text: str) -> list[str]:
    """Lines in a frame. What does not fit goes on below the last column of its line."""
    return [
        part
        for line in text.rstrip().splitlines()
        for part in _wrap(line, _FRAME, _FRAME + " " * _last_column(line)) or [_FRAME.rstrip()]
    ]


def show_command(*parts: str) -> None:
    """Show a command that anybody can type, broken between parts if it is long."""
    print("\n".join(command_lines(parts)), flush=True)


def command_lines(parts: Sequence[str]) -> list[str]:
    """A command as lines that a shell reads as one; each part stays in one piece."""
    lines = [f"{_INDENT}$ {parts[0]}"]
    for part in parts[1:]:
        if len(lines[-1]) + len(part) + len("  \\") <= _WIDTH:
            lines[-1] += f" {part}"
        else:
            lines[-1] += " \\"
            lines.append(f"{_INDENT}    {part}")
    return lines


def show_exports(config: Path) -> None:
    """Show what makes the commands of the story work in a terminal."""
    here = Path.cwd()
    place = config.resolve()
    shown = f"$PWD/{place.relative_to(here)}" if place.is_relative_to(here) else str(place)
    show_command(f'export {CONFIG_VARIABLE}="{shown}"')
    programs = Path(sealbook()[0]).parent
    inside = programs.is_relative_to(here)
    folder = f"$PWD/{programs.relative_to(here)}" if inside else str(programs)
    show_command(f'export PATH="{folder}:$PATH"')


def run_shown(config: Path, *arguments: str, until: str | None = None) -> int:
    """Run a `sealbook` command, show it and what it prints, and return its exit code.

    until: how the line begins from which on the rest is left out, as an ellipsis shows.
    """
    show_command(*_parts(arguments))
    done = subprocess.run(  # noqa: S603 - our own command
        sealbook(*arguments),
        env={**os.environ, CONFIG_VARIABLE: str(config)},
        capture_output=True,
        text=True,
        check=False,
    )
    show(cut(done.stdout, until) + done.stderr)
    return done.returncode


def cut(text: str, until: str | None) -> str:
    """The lines before the first that begins so, and an ellipsis; all if none does."""
    lines = text.splitlines(keepends=True)
    starts = (n for n, line in enumerate(lines) if until is not None and line.startswith(until))
    end = next(starts, None)
    return text if end is None else "".join(lines[:end]) + "…\n"


def _parts(arguments: Iterable[str]) -> Iterator[str]:
    """A `sealbook` command up to its options, then each option with its value."""
    part = ["sealbook"]
    for argument in arguments:
        if argument.startswith("-"):
            yield shlex.join(part)
            part = []
        part.append(argument)
    yield shlex.join(part)


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,  # hashes stay whole, to be copied
        break_on_hyphens=False,
    )


def _last_column(line: str) -> int:
    """Where the text of a table's last column begins, else where the line's text does."""
    gaps = list(_COLUMN_GAP.finditer(line, 0, _WIDTH // 2))
    return gaps[-1].end() if gaps else len(line) - len(line.lstrip())


def _strong(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text

"""Long lines, broken between words where they would not fit a terminal."""

import re
import shutil
import sys
from collections.abc import Iterable, Iterator

import click

# The number and the mark of a step, else the spaces at the beginning of a line.
_HEAD = re.compile(r"\d  \S+ +| *")


def fit_terminal(lines: Iterable[str]) -> Iterator[str]:
    """Lines as a terminal shows them best; in pipes they stay whole, for programs."""
    if not sys.stdout.isatty():
        yield from lines
        return
    columns = shutil.get_terminal_size().columns
    for line in lines:
        yield from broken(line, columns)


def broken(line: str, columns: int) -> list[str]:
    """A line, with or without styles, as rows of so many columns, indented below its text.

    A word stays whole, so that a hash can be copied, even if it is longer than a row.
    """
    head = _HEAD.match(click.unstyle(line))
    indent = len(head.group()) if head else 0
    first, *words = line.split(" ")
    rows = [first]
    for word in words:
        row = f"{rows[-1]} {word}"
        shown = click.unstyle(row)
        # Nothing is broken off before the text itself has begun.
        if len(shown) <= columns or len(click.unstyle(rows[-1])) <= indent:
            rows[-1] = row
        else:
            rows.append(" " * indent + word)
    return rows

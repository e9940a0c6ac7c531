"""What commands print: lines for a person, or one JSON object for a program.

With --json, stdout holds exactly one JSON object, also when the command fails: then it is
{"error": {"code", "message", "details"}}. Commands that answer file by file print one for each,
each on a line of its own. Without --json, results go to stdout and errors to stderr.
"""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import click

from ledger.errors import Refusal, SealbookError

JsonObject = Mapping[str, object]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_AS_JSON = f"{__name__}.as_json"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def _remember(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click calls it
    context.meta[_AS_JSON] = value


def _json_flag(told: str) -> Callable[[_Command], _Command]:
    return click.option("--json", is_flag=True, expose_value=False, callback=_remember, help=told)


json_option = _json_flag("Print one JSON object instead, for programs; errors too.")
json_lines_option = _json_flag(
    "Print one JSON object for each file instead, each on a line of its own, for programs."
)
"""For commands that answer file by file, and go on after one that is refused."""


def wants_json() -> bool:
    """Whether the command was given --json."""
    return bool(click.get_current_context().meta.get(_AS_JSON))


def tell(value: JsonObject, lines: Iterable[str]) -> None:
    """Print a result, as its JSON object or as its lines."""
    click.echo(json.dumps(value, indent=2) if wants_json() else "\n".join(lines))


def tell_error(error: SealbookError) -> None:
    """Print why a command failed."""
    if wants_json():
        click.echo(json.dumps({"error": error_json(error)}, indent=2))
    else:
        click.echo(f"Error: {sentence(str(error))}", err=True)


@contextmanager
def interrupted_with(told: str) -> Iterator[None]:
    """Say on stderr what an interrupt leaves behind, before the command ends by it."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"Interrupted. {told}", err=True)
        raise


@contextmanager
def full_output_exits_with(code: int) -> Iterator[None]:
    """End the program by a sentence if there is no room for what it prints.

    Files that cannot be written have errors of ours: what remains is the standard output. The
    sentence is on stderr with --json too, since an object would find no room either.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _give_stdout_up()
        with suppress(OSError):  # stderr may go to the same place
            click.echo(
                f"Error: cannot write to the standard output: {error.strerror}; make room where it"
                " goes. What the command had done by then is done.",
                err=True,
            )
        sys.exit(code)


def _give_stdout_up() -> None:
    """Lose what is still to be printed: the interpreter would fail to write it at its end."""
    with suppress(OSError):  # a standard output that is no file of the system's
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


def error_json(error: SealbookError) -> JsonObject:
    """An error for programs: its stable code, its message, and a refusal's details."""
    refusal = error if isinstance(error, Refusal) else None
    return {
        "code": refusal.rule if refusal else error.code,
        "message": str(error),
        "details": refusal.details if refusal else {},
    }


def sentence(text: str) -> str:
    """A message as a sentence that is safe to show on a terminal."""
    return printable(text.strip()).removesuffix(".") + "."


def printable(text: str) -> str:
    """Text from elsewhere, without what could command a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

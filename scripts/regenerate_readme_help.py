"""Write the help of `sealbook` into `ledger/cli/README.md`, or prove that it stands there."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ledger.cli.main import main as program
from scripts.generated import ROOT, write_or_check

README = ROOT / "ledger" / "cli" / "README.md"
BEGIN, END = "<!-- begin: help -->\n", "<!-- end: help -->\n"

_WIDTH = 96


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 the committed text differs."""
    return write_or_check("Put the program's help into its README.", _files, arguments)


def _files() -> dict[Path, bytes]:
    return {README: _with_help(README.read_text("utf-8")).encode()}


def _with_help(text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    sections = "".join(
        f"\n### {context.command_path}\n\n```text\n{context.get_help()}\n```\n"
        for context in _contexts(program, "sealbook", None)
    )
    return f"{before}{BEGIN}{sections}\n{END}{after}"


def _contexts(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[click.Context]:
    """The program and all its commands, as if each were asked for its help."""
    context = click.Context(
        command, parent=parent, info_name=name, terminal_width=_WIDTH, **command.context_settings
    )
    yield context
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None  # noqa: S101 - the group has just named it
            yield from _contexts(found, child, context)


if __name__ == "__main__":
    sys.exit(main())

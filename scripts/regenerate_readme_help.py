"""Write the help of `sealbook` into `ledger/cli/README.md`, or prove that it stands there."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ledger.cli.main import main as program

README = Path(__file__).resolve().parent.parent / "ledger" / "cli" / "README.md"
BEGIN, END = "<!-- begin: help -->\n", "<!-- end: help -->\n"

_WIDTH = 96


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 the committed text differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    options = parser.parse_args(arguments)
    committed = README.read_text("utf-8")
    text = _with_help(committed)
    if not options.check:
        README.write_text(text, "utf-8")
        print("wrote ledger/cli/README.md")
        return 0
    if committed != text:
        print(
            "ledger/cli/README.md is not what the program says: run"
            " scripts/regenerate_readme_help.py",
            file=sys.stderr,
        )
        return 1
    print("ledger/cli/README.md is what the program says")
    return 0


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

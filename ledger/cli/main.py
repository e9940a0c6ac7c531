"""The program `sealbook`.

Commands are imported when they are called, so that the program starts fast and an interrupt finds
it ready.
"""

import importlib
from typing import Any

import click

from ledger.cli.configuration import config_option
from ledger.cli.exits import INTERRUPTED, exit_code_of
from ledger.cli.output import tell_error
from ledger.errors import SealbookError

COMMANDS = ("anchor", "verify", "trace", "serve", "devnet", "deploy", "member")


class Program(click.Group):
    """A group that loads its commands by name and turns errors into messages and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands, in the order of a newcomer's questions."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """A command by its name; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ledger.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except SealbookError as error:
            tell_error(error)
            ctx.exit(exit_code_of(error))


@click.command(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="sealbook", message="sealbook %(version)s")
@config_option
def main() -> None:
    """Notarise documents and follow receivables on a ledger that nobody has to trust.

    A supplier anchors documents (anchor), a bank or an auditor checks them (verify) and reads the
    history of a receivable (trace). A member's operator runs the service (serve) and keeps its keys
    (member). For trying it out there is a chain on this machine (devnet) to put the contracts on
    (deploy).

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the other side (chain node, service or
    database) could not be reached, 130 interrupted. `verify` has its own: see its help.
    """

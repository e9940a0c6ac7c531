"""The program `sealbook`."""

from typing import Any

import click

from ledger.cli.configuration import config_option
from ledger.cli.exits import INTERRUPTED, REFUSED, exit_code_of
from ledger.cli.lazy import LazyGroup
from ledger.cli.output import full_output_exits_with, tell_error
from ledger.errors import SealbookError

_COMMANDS = (
    "anchor",
    "hash",
    "pick",
    "inspect",
    "screen",
    "verify",
    "disclose",
    "trace",
    "serve",
    "doctor",
    "devnet",
    "deploy",
    "member",
)


class Program(LazyGroup):
    """Turns errors into messages and exit codes."""

    def main(self, *arguments: Any, **settings: Any) -> Any:
        """Run the program, its help and version included."""
        with full_output_exits_with(REFUSED):
            return super().main(*arguments, **settings)

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
    places={name: f"ledger.cli.commands.{name}:command" for name in _COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="sealbook", message="sealbook %(version)s")
@config_option
def main() -> None:
    """Notarise documents and follow receivables on a ledger that nobody has to trust.

    A supplier anchors documents (anchor), at the month end all of them without sending any (hash,
    pick), and proves as much of them as is to be known (disclose), anyone sees what an e-invoice
    says (inspect), a bank asks whether a receivable or its like is known already (screen), and with
    an auditor checks documents (verify) and reads the history of a receivable (trace). A member's
    operator runs the service (serve), has it looked over (doctor) and keeps its keys (member). For
    trying it out there is a chain on this machine (devnet) to put the contracts on (deploy).

    Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the other side (chain node, service or
    database) could not be reached, 130 interrupted. `verify` and `screen` have
    their own: see their help.
    """

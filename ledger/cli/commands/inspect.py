"""`sealbook inspect`."""

import json
import sys

import click

from ledger.cli.configuration import config_option, settings, wrong_settings_are_wrong_usage
from ledger.cli.exits import REFUSED
from ledger.cli.inspection import Inspection, Refused, inspect_file, inspection_json
from ledger.cli.invoice_lines import inspection_lines, page_width
from ledger.cli.output import json_lines_option, wants_json
from ledger.cli.progress import progress
from ledger.invoices.read import DEFAULT_MAX_BYTES
from ledger.services.settings import load_fingerprints


@click.command(short_help="Show what e-invoices say.")
@click.argument("files", type=click.Path(), metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    metavar="N",
    default=DEFAULT_MAX_BYTES,
    show_default=True,
    help="Refuse files that are larger.",
)
@click.option(
    "--keys",
    "with_keys",
    is_flag=True,
    help="List all identity keys on the page, and what a match of each would mean.",
)
@config_option
@json_lines_option
@click.pass_context
def command(
    context: click.Context, files: tuple[str, ...], max_bytes: int, *, with_keys: bool
) -> None:
    """Show what each FILE says as an e-invoice: who owes whom how much, and by when.

    FILE is UBL 2.1 (Invoice or CreditNote), CII, a Factur-X or ZUGFeRD PDF, or JSON; which, is
    found out from its content. A dash is the standard input. Nothing is sent to anybody, and
    nothing is compared with the ledger.

    It is also said whether the invoice can be financed by its own words, and what its identity keys
    are: what it has in common with other documents about the same receivable. They are made with
    the consortium's fingerprint key, which comes from $SEALBOOK_FINGERPRINT_KEY or from the
    configuration; without it, there are none.

    Each file is printed as soon as it is read, so there can be any number of them, and one that is
    refused keeps no other from being shown.

    Exit codes: 0 all were read, 1 any was refused, 2 wrong usage (also a setting or key that cannot
    be read).
    """
    with wrong_settings_are_wrong_usage():
        fingerprints = load_fingerprints(settings().fingerprint)
    refused = 0
    # A person who sees the results sees how far they are.
    wanted = len(files) > 1 and not sys.stdout.isatty()
    with progress("Reading", len(files), wanted=wanted) as shown:
        for number, file in enumerate(files):
            found = inspect_file(file, fingerprints, max_bytes=max_bytes)
            refused += isinstance(found, Refused)
            _tell(found, first=number == 0, with_keys=with_keys)
            shown.advance(1)
    if not wants_json() and len(files) > 1:
        click.echo(f"\n{len(files)} files: {len(files) - refused} read, {refused} refused.")
    if refused:
        context.exit(REFUSED)


def _tell(found: Inspection, *, first: bool, with_keys: bool) -> None:
    if wants_json():
        click.echo(json.dumps(inspection_json(found)))
        return
    lines = inspection_lines(found, width=page_width(), with_keys=with_keys)
    click.echo("\n".join(lines if first else ["", *lines]))

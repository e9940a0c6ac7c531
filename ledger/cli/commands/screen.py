"""`sealbook screen`."""

from pathlib import Path

import click

from ledger.cli.api_options import ApiOptions, api_options
from ledger.cli.configuration import config_option, wrong_settings_are_wrong_usage
from ledger.cli.exits import BLOCKED, REFUSED, REVIEW
from ledger.cli.http_client import open_api
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import EXISTING_FILE, MEMBER, RECORD
from ledger.cli.screening_answer import FileToScreen, ScreeningAnswer, names_of
from ledger.cli.screening_lines import screening_lines
from ledger.types import MemberId, RecordId

MOST_FILES = 100
"""As many as a service takes at once."""

# By verdict, the one that decides first; no verdict: the file could not be read.
_EXITS = {"blocked": BLOCKED, None: REFUSED, "review": REVIEW}


@click.command(short_help="Ask whether a receivable, or its like, is known already.")
@click.argument(
    "files",
    type=EXISTING_FILE,
    metavar="FILE...",
    nargs=-1,
    required=True,
)
@click.option(
    "--record",
    "records",
    type=RECORD,
    metavar="RECORD",
    multiple=True,
    help="The record that FILE was offered to you as. With several, one for each FILE, in order.",
)
@click.option(
    "--supplier",
    type=MEMBER,
    metavar="MEMBER",
    help="The member that the seller is.  [default: by the record, or by its identifiers]",
)
@click.option(
    "--buyer",
    type=MEMBER,
    metavar="MEMBER",
    help="The member that the buyer is.  [default: likewise]",
)
@api_options
@config_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    records: tuple[RecordId, ...],
    supplier: MemberId | None,
    buyer: MemberId | None,
    service: ApiOptions,
) -> None:
    """Ask your service whether each FILE, or anything like it, was registered or seen before.

    Each FILE is an e-invoice; at most 100 at once. The answer has the records that it is, or is
    like; what it refers to and what refers to it; what you saw before of the same parties; circles
    in which its parties trade; and, of several files, the same receivable twice among them. Each
    finding has its evidence and its points, by a fixed table, and what could not be looked at is
    said.

    If you were offered the invoice as a record, name it with --record: it is then no finding that
    the invoice is registered, but that it is another record's.

    Your service is told the files' names, and not where they are. It reads the files and does not
    keep them; it keeps which invoices you asked about, for you alone, to compare later ones with.

    Exit codes: 0 all are clear, 2 wrong usage (also a setting that cannot be read), 3 the service
    could not be reached; else the first that applies of 4 a file is blocked, 1 a file could not be
    read or the service refused, 5 a file is for review.
    """
    if len(files) > MOST_FILES:
        raise click.UsageError(
            f"there are {len(files)} files; at most {MOST_FILES} are screened at once, because they"
            " are compared with each other: screen them in several runs"
        )
    if records and len(records) != len(files):
        raise click.UsageError(
            f"there are {len(files)} files and {len(records)} of --record: name one for each file"
        )
    if len(set(files)) < len(files):
        raise click.UsageError("a file is named twice: name each once")
    named = records or (None,) * len(files)
    asked = [
        FileToScreen(file, name, record, supplier, buyer)
        for file, name, record in zip(files, names_of(files), named, strict=True)
    ]
    with wrong_settings_are_wrong_usage(), open_api(*service.chosen()) as api:
        answer = api.screen(asked)
    tell(answer.form, screening_lines(answer))
    context.exit(_exit_code(answer))


def _exit_code(answer: ScreeningAnswer) -> int:
    verdicts = {file.verdict for file in answer.files}
    return next((code for verdict, code in _EXITS.items() if verdict in verdicts), 0)

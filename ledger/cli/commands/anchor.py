"""`sealbook anchor`."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from ledger.cli.api_options import ApiOptions, api_options
from ledger.cli.configuration import config_option
from ledger.cli.exits import REFUSED
from ledger.cli.http_client import open_api
from ledger.cli.output import JsonObject, error_json, json_option, sentence, tell
from ledger.cli.uploads import Outcome, fetch_evidence, hand_over, plan_uploads

_Item = TypeVar("_Item")


@click.command(short_help="Notarise documents through a service.")
@click.argument(
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE...",
    nargs=-1,
    required=True,
)
@api_options
@click.option(
    "--out-dir",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="DIR",
    help="Where the evidence goes.  [default: beside each file]",
)
@click.option(
    "--media-type",
    metavar="TYPE",
    help="What the files are, such as application/pdf.  [default: by their names]",
)
@click.option(
    "--declare",
    "declared",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FIELDS",
    help="File with what the one FILE says, in the JSON form of an invoice: it is declared, FILE"
    " stays here.",
)
@click.option(
    "--no-wait", is_flag=True, help="Do not wait for the evidence: hand over, and be done."
)
@click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=300,
    show_default=True,
    help="How long to wait until all documents are final.",
)
@config_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    service: ApiOptions,
    out_dir: Path | None,
    media_type: str | None,
    declared: Path | None,
    timeout_seconds: float,
    *,
    no_wait: bool,
) -> None:
    """Notarise each FILE, and write its evidence to NAME.evidence.json.

    The service hashes a document and keeps nothing of it. Once it has accepted a document, it will
    anchor it, exactly once. Evidence is ready when the anchor is final on the chain; give document
    and evidence to anyone who is to verify (sealbook verify).

    With --declare the service gets the digest of FILE and the fields in FIELDS, and evidence can
    later show some of these and hide others (sealbook disclose). They are your word: FILE does not
    prove them. Fields of an e-invoice are read from it by the service where it is registered.

    A run that was cut short is simply repeated: each request is named after the file's content and
    media type, so the service finds the document that it has instead of making a second one. For
    the same reason, one member notarises the same content under the same media type only once here.
    Evidence that is there already is never overwritten.

    Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the service could not be reached, or a document
    was accepted and is not final within --timeout.
    """
    if declared is not None and len(files) > 1:
        raise click.UsageError("--declare says what one FILE says: give one at a time")
    uploads = plan_uploads(files, out_dir, media_type, declared)
    with open_api(*service.chosen()) as api:
        outcomes = _each("Handing over", uploads, lambda upload: hand_over(api, upload))
        if not no_wait:
            deadline = time.monotonic() + timeout_seconds
            outcomes = _each(
                "Fetching evidence", outcomes, lambda done: fetch_evidence(api, done, deadline)
            )
    _tell(outcomes, waited=not no_wait)
    if any(outcome.refusal for outcome in outcomes):
        context.exit(REFUSED)


def _each(label: str, items: Sequence[_Item], step: Callable[[_Item], Outcome]) -> list[Outcome]:
    """Take a step for each item, with a bar on terminals if it is worth one."""
    hidden = len(items) == 1 or not sys.stderr.isatty()
    with click.progressbar(items, label=label, file=sys.stderr, hidden=hidden) as shown:
        return [step(item) for item in shown]


def _tell(outcomes: list[Outcome], *, waited: bool) -> None:
    tell(
        {"documents": [_to_json(outcome, waited=waited) for outcome in outcomes]},
        [_line(outcome, waited=waited) for outcome in outcomes],
    )


def _to_json(outcome: Outcome, *, waited: bool) -> JsonObject:
    file = {"file": str(outcome.upload.file)}
    if outcome.refusal is not None:
        return {**file, "error": error_json(outcome.refusal)}
    return {
        **file,
        "id": outcome.document and str(outcome.document.id),
        "state": outcome.document and outcome.document.state,
        "evidence": str(outcome.upload.evidence) if waited else None,
    }


def _line(outcome: Outcome, *, waited: bool) -> str:
    file = outcome.upload.file
    if outcome.refusal is not None:
        return f"{file} is REFUSED: {sentence(str(outcome.refusal))}"
    if waited:
        return f"{file} is notarised: {outcome.upload.evidence} holds the evidence."
    return f"{file} is accepted; its evidence is not ready. Run the same command without --no-wait."

"""`sealbook anchor`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from ledger.cli.anchor_options import ListOptions, WaitOptions, list_options, wait_options
from ledger.cli.api_options import ApiOptions, api_options
from ledger.cli.configuration import config_option
from ledger.cli.exits import REFUSED
from ledger.cli.http_client import open_api
from ledger.cli.list_anchor import anchor_list
from ledger.cli.output import (
    JsonObject,
    error_json,
    interrupted_with,
    json_option,
    sentence,
    tell,
)
from ledger.cli.parallel import in_parallel
from ledger.cli.parameters import EXISTING_FILE
from ledger.cli.patience import Patience
from ledger.cli.progress import progress
from ledger.cli.uploads import (
    Outcome,
    Upload,
    fetch_evidence,
    hand_over,
    plan_uploads,
)

_Item = TypeVar("_Item")
_INTERRUPTED = "What was handed in stays; run the same command again."


@click.command(short_help="Notarise documents through a service.")
@click.argument(
    "files",
    type=EXISTING_FILE,
    metavar="[FILE]...",
    nargs=-1,
)
@list_options
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
    help="What the files are, such as application/pdf. Must be named with --digests, as no name of"
    " a file is sent.  [default: by their names]",
)
@click.option(
    "--declare",
    "declared",
    type=EXISTING_FILE,
    metavar="FIELDS",
    help="File with what the one FILE says, in the JSON form of an invoice: it is declared, FILE"
    " stays here.",
)
@wait_options
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
    listed: ListOptions,
    wait: WaitOptions,
) -> None:
    """Notarise each FILE, and write its evidence to NAME.evidence.json.

    The service hashes a document and keeps nothing of it. Once it has accepted a document, it will
    anchor it, exactly once. Evidence is ready when the anchor is final on the chain; give document
    and evidence to anyone who is to verify (sealbook verify).

    With --declare the service gets the digest of FILE and the fields in FIELDS, and evidence can
    later show some of these and hide others (sealbook disclose). They are your word: FILE does not
    prove them. Fields of an e-invoice are read from it by the service where it is registered.

    With --digests the service gets the digests and sizes in LIST, and no document and no name of a
    file. Line N of OUT is the evidence of the document in line N of LIST (sealbook pick takes one
    out). All documents are of the one --media-type.

    A run that was cut short is simply repeated: each request is named after the file's content and
    media type, so the service finds the document that it has instead of making a second one. For
    the same reason, one member notarises the same content under the same media type only once here.
    With --digests it is the bundles of 16,384 lines that are known again: repeat the run with the
    same LIST and --media-type, and put documents that came later into a list of their own.
    Evidence that is there already is never overwritten.

    Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the service could not be reached, or a document
    was accepted and is not final within --timeout.
    """
    if listed.digests is not None or listed.evidence is not None:
        if files or out_dir is not None or declared is not None:
            raise click.UsageError("--digests takes the place of FILE, --out-dir and --declare")
        with interrupted_with(_INTERRUPTED):
            done = anchor_list(service.chosen(), listed, media_type, wait)
        tell(done.to_json(), [done.line()])
        return
    if not files:
        raise click.UsageError("name files, or a list of digests with --digests LIST")
    if declared is not None and len(files) > 1:
        raise click.UsageError("--declare says what one FILE says: give one at a time")
    outcomes = _anchor_files(plan_uploads(files, out_dir, media_type, declared), service, wait)
    _tell(outcomes, waited=wait.wanted)
    if any(outcome.refusal for outcome in outcomes):
        context.exit(REFUSED)


def _anchor_files(
    uploads: Sequence[Upload], service: ApiOptions, wait: WaitOptions
) -> list[Outcome]:
    with interrupted_with(_INTERRUPTED), open_api(*service.chosen()) as api:
        patience = Patience(wait.timeout_seconds)
        outcomes = _each(
            "Handing over", uploads, lambda upload: hand_over(api, upload, patience), patience
        )
        if not wait.wanted:
            return outcomes
        patience.rewarded()
        return _each(
            "Fetching evidence",
            outcomes,
            lambda done: fetch_evidence(api, done, patience),
            patience,
        )


def _each(
    label: str, items: Sequence[_Item], step: Callable[[_Item], Outcome], patience: Patience
) -> list[Outcome]:
    """Take a step for each item, some at the same time; the outcomes in the items' order."""
    outcomes = []
    with progress(label, len(items), wanted=len(items) > 1) as shown:
        patience.tell_by(shown.say)
        for outcome in in_parallel(step, items, patience):
            outcomes.append(outcome)
            shown.advance(1)
    return outcomes


def _tell(outcomes: list[Outcome], *, waited: bool) -> None:
    tell(
        {"documents": [_to_json(outcome, waited=waited) for outcome in outcomes]},
        [_line(outcome, waited=waited) for outcome in outcomes],
    )


def _to_json(outcome: Outcome, *, waited: bool) -> JsonObject:
    told: dict[str, object] = {"file": str(outcome.upload.file)}
    if outcome.document is not None:
        told |= {"id": str(outcome.document.id), "state": outcome.document.state}
    if outcome.refusal is not None:
        return {**told, "error": error_json(outcome.refusal)}
    return {**told, "evidence": str(outcome.upload.evidence) if waited else None}


def _line(outcome: Outcome, *, waited: bool) -> str:
    file = outcome.upload.file
    if outcome.refusal is not None:
        reason = sentence(str(outcome.refusal))
        if outcome.document is not None:
            return (
                f"{file} is accepted as document {outcome.document.id}; its evidence was not"
                f" written: {reason}"
            )
        return f"{file} is REFUSED: {reason}"
    if waited:
        return f"{file} is notarised: {outcome.upload.evidence} holds the evidence."
    return f"{file} is accepted; its evidence is not ready. Run the same command without --no-wait."

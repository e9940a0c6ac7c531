"""Handing files to a service, and fetching their evidence once it is ready."""

import hashlib
import mimetypes
import time
from dataclasses import dataclass
from pathlib import Path

import click

from ledger.cli.files import write_file
from ledger.cli.http_client import ApiClient, DocumentStatus
from ledger.errors import Conflict, InvalidRequest, Refusal, TransportError

_POLL_SECONDS = 0.2
_UNKNOWN_TYPE = "application/octet-stream"
# The standard library's own table, and not the machine's, so that every machine says the same.
_TYPES = mimetypes.MimeTypes()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be notarised, and where its evidence goes."""

    file: Path
    media_type: str
    evidence: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: a document, with its evidence if it was waited for, or a refusal."""

    upload: Upload
    document: DocumentStatus | None
    refusal: Refusal | None = None


def plan_uploads(
    files: tuple[Path, ...], out_dir: Path | None, media_type: str | None
) -> list[Upload]:
    """Decide on media types and on the names of evidence files.

    Raises UsageError if two files would have the same evidence file.
    """
    planned: dict[Path, Upload] = {}
    for file in files:
        evidence = (out_dir or file.parent) / f"{file.stem}.evidence.json"
        if evidence in planned:
            raise click.UsageError(
                f"the evidence of {planned[evidence].file} and of {file} would both be {evidence}:"
                " give them one at a time, with different folders for --out-dir"
            )
        guessed = media_type or _TYPES.guess_type(file.name)[0] or _UNKNOWN_TYPE
        planned[evidence] = Upload(file, guessed, evidence)
    return list(planned.values())


def hand_over(api: ApiClient, upload: Upload) -> Outcome:
    """Upload a file. Its refusal is an outcome; that of the member or its key is raised."""
    try:
        document = api.notarise(upload.file, upload.media_type, _idempotency_key(upload))
    except (InvalidRequest, Conflict) as refusal:
        return Outcome(upload, None, refusal)
    return Outcome(upload, document)


def fetch_evidence(api: ApiClient, outcome: Outcome, deadline: float) -> Outcome:
    """Wait until a document is final, and write its evidence.

    deadline: by time.monotonic(). Until then a service that does not answer is asked again, as it
    may be starting anew; raises TransportError afterwards.
    """
    document = outcome.document
    if document is None:
        return outcome
    while True:
        try:
            document = api.document(document.id)
            if document.final:
                write_file(outcome.upload.evidence, api.evidence(document.id))
                return Outcome(outcome.upload, document)
            reason = document.waiting_because or f"its anchor is {document.state}"
        except TransportError as error:
            reason = str(error)
        if time.monotonic() > deadline:
            raise TransportError(
                f"{outcome.upload.file} is accepted as document {document.id}, and not final yet:"
                f" {reason}. Run the command again to go on waiting"
            )
        time.sleep(_POLL_SECONDS)


def _idempotency_key(upload: Upload) -> str:
    """The same for the same content under the same media type, so that a repeated run is known."""
    with upload.file.open("rb") as file:
        content = hashlib.file_digest(file, "sha256")
    return hashlib.sha256(content.digest() + upload.media_type.encode()).hexdigest()

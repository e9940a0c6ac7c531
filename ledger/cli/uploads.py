"""Handing files to a service, and fetching their evidence once it is ready."""

import hashlib
import mimetypes
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from ledger.cli.files import write_file
from ledger.cli.http_client import ApiClient, DocumentStatus
from ledger.documents import parse_media_type
from ledger.errors import (
    ConfigurationError,
    Conflict,
    InvalidRequest,
    Refusal,
    TransportError,
    VerificationError,
)
from ledger.evidence import parse_evidence
from ledger.evidence.policy import DEFAULT_MAX_EVIDENCE_BYTES

_POLL_SECONDS = 0.2
_UNKNOWN_TYPE = "application/octet-stream"
# The standard library's own table, and not the machine's, so that every machine says the same.
_TYPES = mimetypes.MimeTypes()


class NotFinalYet(TransportError):
    """A document is accepted and not final, and the time to wait for it is over."""

    code = "not-final-yet"


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

    Raises UsageError if two files would have the same evidence file or a media type is none,
    Conflict if an evidence file is there that is of other content or another media type.
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
        planned[evidence] = Upload(file, _normal(guessed), evidence)
    for upload in planned.values():
        if upload.evidence.exists() and not _is_evidence_of(upload):
            raise _would_overwrite(upload)
    return list(planned.values())


def _normal(media_type: str) -> str:
    """A media type as the service writes it, so that one spelled otherwise is the same."""
    try:
        return parse_media_type(media_type)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--media-type'") from error


def _is_evidence_of(upload: Upload) -> bool:
    """Whether the evidence file that is there is of this content under this media type."""
    with suppress(VerificationError):
        encoded = _read(upload.evidence)
        stated = parse_evidence(encoded, max_bytes=DEFAULT_MAX_EVIDENCE_BYTES).opening.statement
        return (stated.digest, stated.media_type) == (_digest(upload.file), upload.media_type)
    return False


def _would_overwrite(upload: Upload) -> Conflict:
    return Conflict(
        f"{upload.evidence} is there already, and is not the evidence that {upload.file} would get;"
        " evidence is never overwritten: name another folder with --out-dir",
        code="evidence-exists",
    )


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
    may be starting anew. Afterwards raises NotFinalYet, or the TransportError if it does not
    answer still.
    """
    document = outcome.document
    if document is None:
        return outcome
    while True:
        try:
            document = api.document(document.id)
            if document.final:
                return _keep(outcome.upload, document, api.evidence(document.id))
            reason = document.waiting_because or f"its anchor is {document.state}"
            failure: type[TransportError] = NotFinalYet
        except TransportError as error:
            reason, failure = str(error), TransportError
        if time.monotonic() > deadline:
            raise failure(
                f"{outcome.upload.file} is accepted as document {document.id}, and not final yet:"
                f" {reason}. Run the command again to go on waiting"
            )
        time.sleep(_POLL_SECONDS)


def _keep(upload: Upload, document: DocumentStatus, evidence: bytes) -> Outcome:
    if upload.evidence.exists():
        if _read(upload.evidence) == evidence:
            return Outcome(upload, document)
        return Outcome(upload, document, _would_overwrite(upload))
    write_file(upload.evidence, evidence)
    return Outcome(upload, document)


def _idempotency_key(upload: Upload) -> str:
    """The same for the same content under the same media type, so that a repeated run is known."""
    return hashlib.sha256(_digest(upload.file) + upload.media_type.encode()).hexdigest()


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(DEFAULT_MAX_EVIDENCE_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error

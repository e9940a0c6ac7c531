"""Handing files to a service, and fetching their evidence once it is ready."""

import hashlib
import mimetypes
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from ledger.cli.files import write_file
from ledger.cli.http_client import AnchorStatus, ApiClient
from ledger.cli.patience import Patience
from ledger.codec import JsonValue, canonical_json, parse_json_strict
from ledger.documents import DocumentDigest, parse_media_type
from ledger.errors import (
    ConfigurationError,
    Conflict,
    DocumentError,
    InvalidRequest,
    Refusal,
    TransportError,
    VerificationError,
)
from ledger.evidence import parse_evidence
from ledger.evidence.policy import DEFAULT_MAX_EVIDENCE_BYTES
from ledger.invoices import read_invoice
from ledger.invoices.disclosed import invoice_fields
from ledger.invoices.json_form import MAX_FORM_BYTES, read_json_form
from ledger.invoices.read import DEFAULT_MAX_BYTES
from ledger.types import Digest

_POLL_SECONDS = 0.2
UNKNOWN_TYPE = "application/octet-stream"
_UTF_8_MARK = b"\xef\xbb\xbf"
# The standard library's own table, and not the machine's, so that every machine says the same.
_TYPES = mimetypes.MimeTypes()


class NotFinalYet(TransportError):
    """A document is accepted and not final, and the time to wait for it is over."""

    code = "not-final-yet"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be notarised, and where its evidence goes.

    declared: what is declared of the file, in the JSON form of an invoice; None: it is handed over.
    """

    file: Path
    media_type: str
    evidence: Path
    declared: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: a document, with its evidence if it was waited for, or a refusal.

    With both, the document is accepted, and the refusal is why its evidence was not written.
    """

    upload: Upload
    document: AnchorStatus | None
    refusal: Refusal | None = None


def plan_uploads(
    files: tuple[Path, ...],
    out_dir: Path | None,
    media_type: str | None,
    declared: Path | None = None,
) -> list[Upload]:
    """Decide on media types and on the names of evidence files.

    declared: file with what is declared of the one file, in the JSON form of an invoice.

    Raises UsageError if two files would have the same evidence file or a media type is none,
    DocumentError if fields are not in their form, InvalidRequest if they are declared of an
    e-invoice, Conflict if an evidence file is there that is of
    other content, another media type or other fields.
    """
    fields = None if declared is None else _read_declared(declared)
    planned: dict[Path, Upload] = {}
    for file in files:
        evidence = (out_dir or file.parent) / f"{file.stem}.evidence.json"
        if evidence in planned:
            raise click.UsageError(
                f"the evidence of {planned[evidence].file} and of {file} would both be {evidence}:"
                " give them one at a time, with different folders for --out-dir"
            )
        guessed = media_type or _TYPES.guess_type(file.name)[0] or UNKNOWN_TYPE
        planned[evidence] = Upload(file, parse_type(guessed), evidence, fields)
    for upload in planned.values():
        if upload.declared is not None:
            _require_no_invoice(upload.file)
        if upload.evidence.exists() and not _is_evidence_of(upload):
            raise _would_overwrite(upload)
    return list(planned.values())


def parse_type(media_type: str) -> str:
    """A media type as the service writes it, so that one spelled otherwise is the same.

    Raises BadParameter.
    """
    try:
        return parse_media_type(media_type)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--media-type'") from error


def _read_declared(path: Path) -> bytes:
    """The fields that are declared, in canonical JSON. Raises DocumentError."""
    form = _read(path, MAX_FORM_BYTES).removeprefix(_UTF_8_MARK)
    read_json_form(form, files=())
    return canonical_json(parse_json_strict(form, max_bytes=len(form)))


def _require_no_invoice(file: Path) -> None:
    """Raise InvalidRequest for a file whose fields are to be read, and not declared."""
    with suppress(DocumentError):
        read_invoice(_read(file, DEFAULT_MAX_BYTES), max_bytes=DEFAULT_MAX_BYTES)
        raise InvalidRequest(
            f"{file} is an e-invoice: what it says is read from it and not declared. Register it,"
            " or anchor it without --declare",
            code="readable-invoice",
        )


def _is_evidence_of(upload: Upload) -> bool:
    """Whether the evidence file that is there is of this content, media type and fields."""
    with suppress(VerificationError):
        encoded = _read(upload.evidence, DEFAULT_MAX_EVIDENCE_BYTES)
        found = parse_evidence(encoded, max_bytes=DEFAULT_MAX_EVIDENCE_BYTES)
        document = _hash(upload.file)
        values = {} if found.fields is None else found.fields.shown
        return (
            found.document == document
            and found.opening.statement.media_type == upload.media_type
            and {name: field.value for name, field in values.items()}
            == _declared_values(upload, document)
        )
    return False


def _declared_values(upload: Upload, document: DocumentDigest) -> dict[str, JsonValue]:
    """What full evidence of a file shows, if fields are declared of it."""
    if upload.declared is None:
        return {}
    invoice = read_json_form(upload.declared, files=())
    return {field.name: field.value for field in invoice_fields(invoice, document)}


def _would_overwrite(upload: Upload) -> Conflict:
    return Conflict(
        f"{upload.evidence} is there already, and is not the evidence that {upload.file} would get;"
        " evidence is never overwritten: name another folder with --out-dir",
        code="evidence-exists",
    )


def hand_over(api: ApiClient, upload: Upload, patience: Patience) -> Outcome:
    """Upload a file, or what is declared of it.

    Its refusal is an outcome; that of the member or its key is raised, and TransportError if the
    service does not answer within the patience.
    """
    try:
        document = patience.insist(lambda: _send(api, upload))
    except (InvalidRequest, Conflict) as refusal:
        return Outcome(upload, None, refusal)
    patience.rewarded()
    return Outcome(upload, document)


def _send(api: ApiClient, upload: Upload) -> AnchorStatus:
    key = _idempotency_key(upload)
    if upload.declared is None:
        return api.notarise(upload.file, upload.media_type, key)
    fields = parse_json_strict(upload.declared, max_bytes=len(upload.declared))
    return api.declare(_hash(upload.file), upload.media_type, fields, key)


def fetch_evidence(api: ApiClient, outcome: Outcome, patience: Patience) -> Outcome:
    """Wait until a document is final, and write its evidence.

    While the patience lasts, a service that does not answer is asked again, as it may be starting
    anew. Afterwards raises NotFinalYet, or the TransportError if it does not answer still.
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
            if not patience.lost():
                patience.silence()
        if patience.lost():
            raise failure(
                f"{outcome.upload.file} is accepted as document {document.id}, and not final yet:"
                f" {reason}. Run the command again to go on waiting"
            )
        patience.pause(_POLL_SECONDS)


def _keep(upload: Upload, document: AnchorStatus, evidence: bytes) -> Outcome:
    if upload.evidence.exists():
        if _read(upload.evidence, len(evidence)) == evidence:
            return Outcome(upload, document)
        return Outcome(upload, document, _would_overwrite(upload))
    write_file(upload.evidence, evidence)
    return Outcome(upload, document)


def _idempotency_key(upload: Upload) -> str:
    """The same for the same content, media type and fields, so that a repeated run is known."""
    content = _hash(upload.file).digest + upload.media_type.encode()
    return hashlib.sha256(content + (upload.declared or b"")).hexdigest()


def _hash(path: Path) -> DocumentDigest:
    with path.open("rb") as file:
        digest = Digest(hashlib.file_digest(file, "sha256").digest())
        return DocumentDigest(digest, file.tell())


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error

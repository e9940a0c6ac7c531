"""Anchoring a list of digests: handed in as bundles, and their evidence written to one file.

What a run does is known again by a later one: a bundle's idempotency key is made from its lines
and their media type. So a run that was cut short is repeated, and nothing is anchored twice.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from ledger.cli.digest_lists import Chunk, DigestList
from ledger.cli.http_client import AnchorStatus, ApiClient
from ledger.cli.parallel import in_parallel
from ledger.cli.patience import Patience
from ledger.cli.progress import Progress
from ledger.cli.uploads import NotFinalYet
from ledger.errors import Conflict, InvalidRequest, NotFound, TransportError, VerificationError
from ledger.evidence.policy import DEFAULT_MAX_EVIDENCE_BYTES

_POLL_SECONDS = 0.2
_STATEMENT_BYTES = 512
"""Evidence ends with its statement, by canonical JSON, and a plain one is shorter than this."""
_DIGEST = slice(1, 78)
"""The member "digest" in what is handed in of a document, which stands in its statement too."""
_ERASED = b'{"erased":true}'


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A chunk of a list, and the bundle that the service has of it."""

    chunk: Chunk
    bundle: AnchorStatus


def hand_in(
    api: ApiClient, listed: DigestList, media_type: str, patience: Patience, shown: Progress
) -> list[HandedIn]:
    """Hand a list in, a few bundles at a time.

    Raises a refusal of the service, which then names the lines; TransportError if it does not
    answer within the patience.
    """

    def send(chunk: Chunk) -> HandedIn:
        key = _idempotency_key(chunk, media_type)
        body = listed.body(chunk)
        with _naming(chunk):
            bundle = patience.insist(lambda: api.hand_in_bundle(body, media_type, key))
        patience.rewarded()
        return HandedIn(chunk, bundle)

    handed = []
    for part in in_parallel(send, listed.chunks, patience):
        handed.append(part)
        shown.advance(part.chunk.size)
    return handed


def write_evidence(
    api: ApiClient,
    listed: DigestList,
    handed: list[HandedIn],
    out: BinaryIO,
    patience: Patience,
    shown: Progress,
) -> None:
    """Write the evidence of all documents of a list, a line each, in the list's order.

    Raises NotFinalYet, or TransportError if the service does not answer, once the patience is over;
    VerificationError if it answers with the evidence of something else, NotFound for a document
    that was erased meanwhile.
    """
    for part in handed:
        _wait_until_final(api, part, patience, shown)
        start = out.tell()

        def fetch(part: HandedIn = part, start: int = start) -> None:
            out.seek(start)
            out.truncate()
            with api.bundle_evidence(part.bundle.id) as pieces:
                for piece in _checked_lines(pieces, part.chunk, listed.body(part.chunk)):
                    out.write(piece)

        patience.insist(fetch)
        patience.rewarded()
        shown.advance(part.chunk.size)


def _wait_until_final(api: ApiClient, part: HandedIn, patience: Patience, shown: Progress) -> None:
    bundle = part.bundle
    while not bundle.final:
        if patience.lost():
            reason = bundle.waiting_because or f"its anchor is {bundle.state}"
            raise NotFinalYet(
                f"{part.chunk.lines} of the list are accepted as bundle {bundle.id}, and not final"
                f" yet: {reason}. Run the command again to go on waiting"
            )
        patience.pause(_POLL_SECONDS)
        asked = patience.insist(lambda: api.bundle(part.bundle.id))
        if asked.state != bundle.state:
            patience.rewarded()
        bundle = asked
        shown.note("" if bundle.final else f"waiting: {bundle.state}")


def _checked_lines(pieces: Iterator[bytes], chunk: Chunk, body: bytes) -> Iterator[bytes]:
    """Pieces of a bundle's evidence, once each line in them was seen to be of its document."""
    documents = body.splitlines()
    count, rest = 0, b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        expected = documents[count : count + len(lines)]
        if len(expected) < len(lines) or len(rest) > DEFAULT_MAX_EVIDENCE_BYTES:
            raise VerificationError(f"the service's evidence for {chunk.lines} is too long")
        for number, (document, line) in enumerate(zip(expected, lines, strict=True), count):
            if document[_DIGEST] not in line[-_STATEMENT_BYTES:]:
                raise _without_evidence(line, chunk.first_line + number)
        count += len(lines)
        yield piece
    if rest or count < len(documents):
        raise TransportError(f"the service's evidence for {chunk.lines} ends too early")


def _without_evidence(line: bytes, number: int) -> NotFound | VerificationError:
    if line == _ERASED:
        return NotFound(
            f"the document in line {number:,} of the list was erased after it was handed in, and"
            " has no evidence: take it out of the list",
            code="erased",
        )
    return VerificationError(
        f"the service's evidence for line {number:,} of the list is not of that document"
    )


def _idempotency_key(chunk: Chunk, media_type: str) -> str:
    return hashlib.sha256(chunk.fingerprint + media_type.encode()).hexdigest()


@contextmanager
def _naming(chunk: Chunk) -> Iterator[None]:
    """Let refusals of what was handed in say where in the list it stands."""
    try:
        yield
    except (InvalidRequest, Conflict) as refusal:
        told = f"{chunk.lines} of the list are refused: {refusal}"
        raise type(refusal)(told, code=refusal.rule, **refusal.details) from refusal

"""Reading what is handed in as a bundle: lines of digests, or files that are hashed as they come.

Neither is kept: of each document there are its digest and its size, whatever the form it came in.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Self

from fastapi import Depends, Query
from starlette.requests import Request

from api.bodies import feed_body, too_large
from api.deps import IdempotencyHeader, TheLedger, ThePrincipal, named_request
from api.multipart import MultipartReader
from api.problems import UnsupportedMediaType
from ledger.documents import DigestLines, DocumentDigest, DocumentDigests, parse_media_type
from ledger.documents.digest_lines import MAX_LINE_BYTES
from ledger.errors import InvalidRequest
from ledger.services.bundle import MAX_DOCUMENTS, too_many
from ledger.store.idempotency import IdempotencyKey
from ledger.types import Digest

LINES = "application/x-ndjson"
FILES = "multipart/form-data"
UNKNOWN_TYPE = "application/octet-stream"

_MAX_LINES_BYTES = MAX_DOCUMENTS * MAX_LINE_BYTES


@dataclass(frozen=True, slots=True)
class BundleUpload:
    """Documents that one request hands in."""

    documents: DocumentDigests
    media_type: str
    key: IdempotencyKey | None


class HashedFiles:
    """Hashes the files of a form as their bytes come in.

    form: the request's Content-Type.
    media_type: of all of them; None if they are to say it themselves.
    max_bytes: of one file.

    Its methods raise BodyTooLarge and InvalidRequest, with the number of the `file`, from one.
    """

    def __init__(self, form: str, media_type: str | None, *, max_bytes: int) -> None:
        self.media_type = media_type
        self._documents: list[DocumentDigest] = []
        self._max_bytes = max_bytes
        self._reader = MultipartReader(form, self)
        self._hash = sha256()
        self._size = 0

    def feed(self, piece: bytes) -> None:
        """The next piece of the form."""
        self._reader.feed(piece)

    def finish(self) -> DocumentDigests:
        """What the files are, once the whole form was fed."""
        self._reader.finish()
        return DocumentDigests.of(self._documents)

    def begin(self, content_type: str | None) -> None:
        """A file begins."""
        if len(self._documents) == MAX_DOCUMENTS:
            raise too_many()
        self._hash = sha256()
        self._size = 0
        if content_type is not None:
            self._require_type(content_type)

    def data(self, content: bytes) -> None:
        """The next bytes of the file."""
        self._size += len(content)
        if self._size > self._max_bytes:
            raise too_large(self._max_bytes, f"file {self._number}")
        self._hash.update(content)

    def end(self) -> None:
        """The file has no more bytes."""
        if not self._size:
            raise self._invalid("is empty")
        self._documents.append(DocumentDigest(Digest(self._hash.digest()), self._size))

    @property
    def _number(self) -> int:
        return len(self._documents) + 1

    def _require_type(self, content_type: str) -> None:
        try:
            found = parse_media_type(content_type)
        except ValueError as error:
            raise self._invalid(f"is of no known kind: {error}") from error
        if self.media_type is None:
            self.media_type = found
        if found != self.media_type:
            raise self._invalid(
                f"is {found}, and the bundle is {self.media_type}: hand in documents of one media"
                " type at a time"
            )

    def _invalid(self, what: str) -> InvalidRequest:
        return InvalidRequest(f"file {self._number} {what}", code="invalid-file", file=self._number)


async def _media_type(
    media_type: Annotated[
        str | None,
        Query(
            max_length=127,
            description="of all documents, such as application/pdf. Without it, files have the one"
            f" that they all bear, and what bears none is {UNKNOWN_TYPE}",
        ),
    ] = None,
) -> str | None:
    try:
        return None if media_type is None else parse_media_type(media_type)
    except ValueError as error:
        raise InvalidRequest(f"media_type: {error}") from error


_MediaType = Annotated[str | None, Depends(_media_type)]


@dataclass(frozen=True, slots=True)
class _Content:
    """What a body has: documents, their media type if they say it, and SHA-256 of the documents."""

    documents: DocumentDigests
    media_type: str | None
    digest: bytes

    @classmethod
    def of(cls, documents: DocumentDigests, media_type: str | None) -> Self:
        digest = sha256(documents.digests + documents.sizes).digest()
        return cls(documents, media_type, digest)


async def _read(
    request: Request, ledger: TheLedger, _principal: ThePrincipal, media_type: _MediaType
) -> _Content:
    form = request.headers.get("content-type", "")
    essence = form.partition(";")[0].strip().lower()
    if essence == LINES:
        lines = DigestLines(max_lines=MAX_DOCUMENTS)
        return await feed_body(
            request,
            lines.feed,
            lambda: _Content.of(lines.finish(), media_type),
            max_bytes=_MAX_LINES_BYTES,
        )
    if essence == FILES:
        files = HashedFiles(form, media_type, max_bytes=ledger.max_document_bytes)
        return await feed_body(
            request,
            files.feed,
            lambda: _Content.of(files.finish(), files.media_type),
            max_bytes=ledger.max_bundle_bytes,
        )
    raise UnsupportedMediaType(
        f"a bundle is handed in as {LINES}, a line for each document with its digest and size, or"
        f" as {FILES} of files"
    )


async def _bundle(
    request: Request,
    content: Annotated[_Content, Depends(_read)],
    key: IdempotencyHeader = None,
) -> BundleUpload:
    named = content.media_type or UNKNOWN_TYPE
    # What is asked for, and not how: the boundary of a form is another one at every attempt.
    asked = (b"bundle", request.url.path.encode(), named.encode())
    wanted = named_request(key, *asked, body_digest=content.digest)
    return BundleUpload(content.documents, named, wanted)


TheBundle = Annotated[BundleUpload, Depends(_bundle)]

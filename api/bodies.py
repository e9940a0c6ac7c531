"""Reading request bodies: never more than is allowed, and never before the client is known."""

from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.problems import BodyTooLarge, UnsupportedMediaType
from ledger.documents import DocumentDigest, parse_media_type
from ledger.types import Digest

_Found = TypeVar("_Found")

MAX_JSON_BYTES = 64 * 1024

HASHED_AT_ONCE_BYTES = 64 * 1024
"""Of a document, on the event loop: 60 µs, about what another thread costs."""

_FED_AT_ONCE_BYTES = 16 * 1024  # on the event loop, for the same reason
_FED_BYTES = 256 * 1024  # what going to a thread costs is little beside reading these
_MOST_DIGITS = 18  # of a Content-Length that is worth reading as a number
_FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})


async def read_body(request: Request, *, max_bytes: int) -> bytes:
    """Read a body in the pieces that the server hands over.

    Raises BodyTooLarge: at once if the client announces too much, else after the piece that
    exceeds max_bytes, whatever it announced.
    """
    return b"".join([piece async for piece in _pieces(request, max_bytes)])


async def hash_body(request: Request, *, max_bytes: int) -> DocumentDigest:
    """Digest and size of a body, of which nothing is kept: the size is zero if it is empty.

    Its beginning is hashed at once, so that a small document costs no way to another thread.
    Raises BodyTooLarge as `read_body` does.
    """
    digest = sha256()
    size = 0
    held = _Held(digest.update)
    async for piece in _pieces(request, max_bytes):
        size += len(piece)
        if size <= HASHED_AT_ONCE_BYTES:
            digest.update(piece)
        else:
            await held.take(piece)
    await held.hand_over()
    return DocumentDigest(Digest(digest.digest()), size)


async def feed_body(
    request: Request,
    feed: Callable[[bytes], None],
    finish: Callable[[], _Found],
    *,
    max_bytes: int,
) -> _Found:
    """Hand a body over piece by piece, and keep nothing of it; what `finish` says in the end.

    On the thread pool, unless the body is small. Raises what `feed` and `finish` raise, and
    BodyTooLarge as `read_body` does.
    """
    held = _Held(feed)
    size = 0
    async for piece in _pieces(request, max_bytes):
        size += len(piece)
        await held.take(piece)

    def end() -> _Found:
        held.feed()
        return finish()

    return end() if size <= _FED_AT_ONCE_BYTES else await run_in_threadpool(end)


class _Held:
    """Pieces that are handed over together, since each way to another thread costs something."""

    def __init__(self, feed: Callable[[bytes], object]) -> None:
        self._feed = feed
        self._pieces: list[bytes] = []
        self._size = 0

    async def take(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _FED_BYTES:
            await self.hand_over()

    async def hand_over(self) -> None:
        if self._pieces:
            await run_in_threadpool(self.feed)

    def feed(self) -> None:
        if self._pieces:
            self._feed(b"".join(self._pieces))
        self._pieces, self._size = [], 0


async def _pieces(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > _MOST_DIGITS or int(announced) > max_bytes):
        raise too_large(max_bytes)
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > max_bytes:
            raise too_large(max_bytes)
        yield piece


def media_type_of(request: Request) -> str:
    """The body's media type, which its sender must name. Raises UnsupportedMediaType."""
    text = request.headers.get("content-type")
    if text is None:
        raise UnsupportedMediaType(
            "say what the body is, for example with Content-Type: application/pdf"
        )
    try:
        media_type = parse_media_type(text)
    except ValueError as error:
        raise UnsupportedMediaType(str(error)) from error
    if media_type in _FORMS:
        raise UnsupportedMediaType(
            f"this takes no forms, and {media_type} is one: send the document's bytes themselves as"
            " the body, with their own Content-Type (curl --data-binary @FILE -H 'Content-Type: …')"
        )
    return media_type


def base64_bytes(content_bytes: int) -> int:
    """The most bytes of a JSON body that has so many bytes of content in base64 (RFC 4648)."""
    return 4 * (content_bytes // 3 + 1) + MAX_JSON_BYTES


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON's (RFC 8259), or has its suffix (RFC 6839)."""
    return media_type == "application/json" or media_type.endswith("+json")


def is_xml(media_type: str) -> bool:
    """Whether a media type is XML's, or has its suffix (RFC 7303)."""
    return media_type in ("application/xml", "text/xml") or media_type.endswith("+xml")


def is_invoice(media_type: str) -> bool:
    """Whether a media type can be an invoice's; which it is, its content tells."""
    return is_xml(media_type) or is_json(media_type) or media_type == "application/pdf"


def too_large(max_bytes: int, what: str = "the body") -> BodyTooLarge:
    """The refusal of what is beyond a limit."""
    return BodyTooLarge(
        f"{what} is larger than {max_bytes} bytes, which is the most that is taken here",
        max_bytes=max_bytes,
    )

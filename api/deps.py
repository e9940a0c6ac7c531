"""What handlers need of a request: who asks, with which body, under which idempotency key.

Dependencies that wait for the network are coroutines; those that ask the database or hash run on
the thread pool. Every body waits for the principal, so strangers cannot make the service read.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.bodies import (
    MAX_JSON_BYTES,
    base64_bytes,
    is_invoice,
    is_json,
    media_type_of,
    read_body,
)
from api.problems import UnsupportedMediaType
from ledger.errors import InvalidRequest, Unauthenticated
from ledger.services.context import Ledger
from ledger.services.principals import Doorkeeper, Principal
from ledger.services.worker import Worker
from ledger.store.idempotency import IdempotencyKey

_BEARER = HTTPBearer(
    scheme_name="apiKey",
    bearerFormat="sbk_…",
    description="An API key, made by the service's operator for one member in one role.",
    auto_error=False,
)


async def _ledger(request: Request) -> Ledger:
    ledger: Ledger = request.app.state.ledger
    return ledger


async def _worker(request: Request) -> Worker:
    worker: Worker = request.app.state.worker
    return worker


TheLedger = Annotated[Ledger, Depends(_ledger)]
TheWorker = Annotated[Worker, Depends(_worker)]


async def _principal(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
) -> Principal:
    return await holder_of(request, None if credentials is None else credentials.credentials)


async def holder_of(request: Request, secret: str | None) -> Principal:
    """The holder of an API key. Raises Unauthenticated if there is none."""
    if secret is None:
        raise Unauthenticated("send your API key, as in Authorization: Bearer sbk_…")
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    known = doorkeeper.known(secret)
    return await run_in_threadpool(doorkeeper.let_in, secret) if known is None else known


ThePrincipal = Annotated[Principal, Depends(_principal)]

IDEMPOTENCY_KEY = "Idempotency-Key"
MOST_KEY_CHARACTERS = 128
KEY_PATTERN = "^[ -~]+$"

IdempotencyHeader = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_KEY,
        min_length=1,
        max_length=MOST_KEY_CHARACTERS,
        pattern=KEY_PATTERN,
        description="Your own name for this request. A retry with the same key and the same"
        " content finds what the first one led to; with other content it is refused.",
    ),
]


@dataclass(frozen=True, slots=True)
class Upload:
    """A document's bytes as they were sent."""

    content: bytes
    media_type: str
    key: IdempotencyKey | None


async def _media_type(request: Request, _principal: ThePrincipal) -> str:
    return media_type_of(request)


_MediaType = Annotated[str, Depends(_media_type)]


async def _document(request: Request, ledger: TheLedger, _media_type: _MediaType) -> bytes:
    return await read_body(request, max_bytes=ledger.max_document_bytes)


def _upload(
    request: Request,
    media_type: _MediaType,
    content: Annotated[bytes, Depends(_document)],
    key: IdempotencyHeader = None,
) -> Upload:
    return Upload(content, media_type, _named(request, content, key))


async def _invoice_type(media_type: _MediaType) -> None:
    if not is_invoice(media_type):
        raise UnsupportedMediaType(
            f"{media_type} is no invoice's type: send its XML as application/xml, a Factur-X PDF as"
            " application/pdf, or the form sealbook-invoice/1 as application/json"
        )


async def _invoice(
    _checked: Annotated[None, Depends(_invoice_type)], upload: Annotated[Upload, Depends(_upload)]
) -> Upload:
    return upload


InvoiceBody = Annotated[Upload, Depends(_invoice)]


async def _small_body(request: Request, _principal: ThePrincipal) -> bytes:
    return await read_body(request, max_bytes=MAX_JSON_BYTES)


_SmallBody = Annotated[bytes, Depends(_small_body)]


async def _json_body(media_type: _MediaType, body: _SmallBody) -> bytes:
    if not is_json(media_type):
        raise UnsupportedMediaType(f"{media_type} is not application/json")
    return body


async def _many_documents(request: Request, ledger: TheLedger, media_type: _MediaType) -> bytes:
    if not is_json(media_type):
        raise UnsupportedMediaType(f"{media_type} is not application/json")
    return await read_body(request, max_bytes=base64_bytes(ledger.max_document_bytes))


async def _key_for_nothing(_key: IdempotencyHeader = None) -> None:
    """Asked again, these say the same of the same, and keep it once."""


async def _json_body_if_any(request: Request, body: _SmallBody) -> bytes | None:
    return await _json_body(media_type_of(request), body) if body else None


async def _no_body(body: _SmallBody) -> None:
    if body:
        raise InvalidRequest("this request takes no body; leave it empty", code="unexpected-body")


async def _small_key(
    request: Request,
    body: _SmallBody,
    key: IdempotencyHeader = None,
) -> IdempotencyKey | None:
    return _named(request, body, key)


JsonBody = Annotated[bytes, Depends(_json_body)]
JsonBodyIfAny = Annotated[bytes | None, Depends(_json_body_if_any)]
DocumentsBody = Annotated[bytes, Depends(_many_documents)]
"""JSON with documents in base64, which together may be as large as one document."""

NoBody = Depends(_no_body)
AnyKey = Depends(_key_for_nothing)
"""For what may be asked again without a key; one that is sent does no harm."""

SmallKey = Annotated[IdempotencyKey | None, Depends(_small_key)]
"""The idempotency key of a request with a small body or none."""


def _named(request: Request, body: bytes, key: str | None) -> IdempotencyKey | None:
    return named_request(
        key,
        request.method.encode(),
        request.url.path.encode(),
        request.url.query.encode(),
        request.headers.get("content-type", "").encode(),
        body_digest=sha256(body).digest(),
    )


def named_request(key: str | None, *asked: bytes, body_digest: bytes) -> IdempotencyKey | None:
    """A client's name for a request, if it has one, with the fingerprint of what is asked for.

    body_digest: SHA-256 of the body, or of what counts in it.
    """
    if key is None:
        return None
    # Each part is hashed by itself, so that no two requests have the same parts joined.
    digests = [sha256(part).digest() for part in asked]
    return IdempotencyKey(key, sha256(b"".join([*digests, body_digest])).digest())

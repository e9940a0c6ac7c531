"""What accepting over HTTP is measured beside: handlers that do nothing, or a commit each.

Run as a program it serves them, on the settings that `sealbook serve` gives its server:
`python -m scripts.bench.http_peers DATABASE_URL URL_FILE`.
"""

import gc
import socket
import sys
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from pathlib import Path
from threading import Lock

import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.protocol import GatheringProtocol
from ledger.documents import DocumentDigest, SealedDocument
from ledger.services.notarise import new_document
from ledger.store import documents
from ledger.store.engine import Store, open_store
from ledger.store.ids import new_id
from ledger.store.migrations import upgrade
from ledger.types import Digest, MemberId, UnixTime, to_hex

NOTHING = "/nothing"
NOTHING_THIN = "/nothing-thin"
COMMIT = "/commit"

_MEMBER = MemberId("org:peer")


class _Answer(BaseModel):
    """As many members as a document has that was accepted."""

    id: str
    state: str
    digest: str
    size: int
    media_type: str
    commitment: str
    accepted_at: str


_FIXED = _Answer(
    id="019ab000-0000-7000-8000-000000000000",
    state="accepted",
    digest="0x" + "ab" * 32,
    size=200,
    media_type="application/pdf",
    commitment="0x" + "cd" * 32,
    accepted_at="2026-01-31T09:00:00Z",
)


def make_app(store: Store, turn: AbstractContextManager[object]) -> FastAPI:
    """An app with a handler that only reads the body, one without FastAPI, and one that commits.

    turn: held by each transaction.
    """
    app = FastAPI()

    @app.post(NOTHING, status_code=202)
    async def nothing(request: Request) -> _Answer:
        await request.body()
        return _FIXED

    async def nothing_thin(request: Request) -> Response:
        await request.body()
        return Response(_FIXED.model_dump_json(), 202, media_type="application/json")

    app.add_route(NOTHING_THIN, nothing_thin, methods=["POST"])

    @app.post(COMMIT, status_code=202)
    async def commit(request: Request) -> _Answer:
        content = await request.body()
        return await run_in_threadpool(_keep, store, turn, content)

    return app


def _keep(store: Store, turn: AbstractContextManager[object], content: bytes) -> _Answer:
    """Keep one document in a transaction of its own."""
    digest = Digest(sha256(content).digest())
    document = DocumentDigest(digest, len(content))
    sealed = SealedDocument.plain(document, media_type="application/pdf", member=_MEMBER)
    new, identifier = new_document(sealed, UnixTime(0), record=None), new_id()
    with turn, store.writing() as connection:
        documents.add(connection, [(identifier, new)])
    return _Answer(
        id=str(identifier),
        state="accepted",
        digest=to_hex(digest),
        size=len(content),
        media_type="application/pdf",
        commitment=to_hex(new.commitment),
        accepted_at="2026-01-31T09:00:00Z",
    )


def main() -> None:
    """Serve until a signal ends it."""
    database_url, url_file = sys.argv[1:]
    store = open_store(database_url)
    upgrade(store)
    # SQLite lets one write at a time, and has those that wait sleep for longer and longer.
    one_at_a_time = database_url.startswith("sqlite")
    app = make_app(store, Lock() if one_at_a_time else nullcontext())
    gc.collect()  # as `api.main` does
    gc.freeze()
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=GatheringProtocol,
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Path(url_file).write_text(f"http://127.0.0.1:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()

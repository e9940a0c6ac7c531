"""The application: routes, problems and lifespan over a ledger and its worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from api import openapi
from api.boundary import Boundary
from api.intake import Intake
from api.metrics.exposition import Exposition
from api.metrics.meter import Meter
from api.metrics.requests import Requests, Watched
from api.metrics.standing import Standing
from api.problems import add_problem_handlers
from api.routes import (
    bundles,
    consortium,
    disputes,
    documents,
    health,
    invoices,
    offers,
    operations,
    payments,
    pledges,
    records,
    screenings,
)
from ledger.services.context import Ledger
from ledger.services.principals import Doorkeeper
from ledger.services.watching.event_log import EventLog
from ledger.services.worker import Worker

_ROUTERS = (
    documents.router,
    bundles.router,
    invoices.router,
    screenings.router,
    operations.router,
    records.router,
    offers.router,
    pledges.router,
    payments.router,
    disputes.router,
    consortium.router,
    health.router,
)


def create_app(
    ledger: Ledger, worker: Worker, meter: Meter | None = None, log: EventLog | None = None
) -> FastAPI:
    """The application. It starts and stops the worker; at its end all that was taken in is kept.

    meter: what counts for the ledger and the worker; None for a service whose insides are not
    counted. log: where they write; None if they do not.
    """
    registry = (meter or Meter()).registry
    requests = Requests(registry)
    registry.register(
        Standing(ledger, openapi.VERSION, lambda: worker.health, lambda: log.dropped if log else 0)
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        worker.start()
        try:
            yield
        finally:
            await run_in_threadpool(ledger.intake.stop)
            await run_in_threadpool(worker.stop)
            ledger.store.close()

    app = _SealbookApi(requests, lifespan=lifespan)
    app.state.ledger = ledger
    app.state.worker = worker
    app.state.doorkeeper = Doorkeeper(ledger.store)
    app.state.metrics = Exposition(registry)
    return app


def openapi_document() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1). It depends on no configuration."""
    return _SealbookApi().openapi()


class _SealbookApi(FastAPI):
    def __init__(self, requests: Requests | None = None, **settings: Any) -> None:
        super().__init__(
            title=openapi.TITLE,
            version=openapi.VERSION,
            openapi_url=openapi.PATH,
            docs_url=None,  # the pages would load scripts from elsewhere
            redoc_url=None,
            redirect_slashes=False,
            **settings,
        )
        self.add_middleware(Boundary)  # within the framework's last resort, which knows no problems
        add_problem_handlers(self)
        for router in _ROUTERS:
            self.include_router(router)
        layers: ASGIApp = Boundary(Intake(super().__call__, self))
        self._layers = layers if requests is None else Watched(layers, requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: our layers lie outside the framework, which costs more than they."""
        await self._layers(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.describe(self)
        return self.openapi_schema

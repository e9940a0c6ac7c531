"""The application: routes, problems and lifespan over a ledger and its worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api import openapi
from api.boundary import Boundary
from api.problems import add_problem_handlers
from api.routes import (
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
from ledger.services.worker import Worker

_ROUTERS = (
    documents.router,
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


def create_app(ledger: Ledger, worker: Worker) -> FastAPI:
    """The application. It starts and stops the worker; at its end all that was taken in is kept."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        worker.start()
        try:
            yield
        finally:
            await run_in_threadpool(ledger.intake.stop)
            await run_in_threadpool(worker.stop)
            ledger.store.close()

    app = _SealbookApi(lifespan=lifespan)
    app.state.ledger = ledger
    app.state.worker = worker
    return app


def openapi_document() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1). It depends on no configuration."""
    return _SealbookApi().openapi()


class _SealbookApi(FastAPI):
    def __init__(self, **settings: Any) -> None:
        super().__init__(
            title=openapi.TITLE,
            version=openapi.VERSION,
            openapi_url=openapi.PATH,
            docs_url=None,  # the pages would load scripts from elsewhere
            redoc_url=None,
            redirect_slashes=False,
            **settings,
        )
        self.add_middleware(Boundary)
        add_problem_handlers(self)
        for router in _ROUTERS:
            self.include_router(router)

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.describe(self)
        return self.openapi_schema

"""How the service is. Needs no key, and tells nothing about members."""

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from api.deps import TheLedger, TheWorker
from api.metrics.exposition import Exposition
from api.openapi import HEALTH, shows
from api.readiness import readiness
from api.schemas.health import Liveness, ReadinessResource

router = APIRouter(tags=[HEALTH])


@router.get("/healthz", **shows("getHealth"))
async def show_health() -> Liveness:
    """The process lives."""
    # A coroutine, so that it answers even while all threads wait for a chain that hangs.
    return Liveness(status="alive")


_READINESS = shows("getReadiness")
_READINESS["responses"][503] = {
    "model": ReadinessResource,
    "description": "Something keeps the service from doing all of its work.",
}


@router.get("/readyz", **_READINESS)
def show_readiness(ledger: TheLedger, worker: TheWorker, response: Response) -> ReadinessResource:
    """Whether the service does all of its work: 503 with the reasons when it does not."""
    found = readiness(ledger, worker)
    if found.reasons:
        response.status_code = 503
    return found


@router.get("/metrics", include_in_schema=False)
def show_metrics(request: Request) -> Response:
    """Figures for Prometheus, in its text format: how much, how fast, how old, and no names."""
    exposition: Exposition = request.app.state.metrics
    return Response(exposition.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

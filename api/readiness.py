"""Whether the service does all of its work, and if not, what keeps it."""

from api.schemas.health import CheckName, ReadinessResource, Reason
from ledger.chain.deployment import check_deployment
from ledger.errors import ChainMismatch, ConfigurationError, TransportError
from ledger.services.context import Ledger
from ledger.services.worker import Worker
from ledger.store.migrations import check_current

MOST_LAG_BLOCKS = 100
"""Blocks that following may lag behind the chain while the service counts as ready."""


def readiness(ledger: Ledger, worker: Worker) -> ReadinessResource:
    """Ask the database, the chain and the worker how they are."""
    reasons = [*_database(ledger), *_chain(ledger), *_worker(worker)]
    lag = _lag(worker)
    if lag is not None and lag > MOST_LAG_BLOCKS:
        reasons.append(
            _reason("follower", "lagging", f"{lag} blocks of the chain are not followed yet")
        )
    return ReadinessResource(
        status="not-ready" if reasons else "ready", lag_blocks=lag, reasons=reasons
    )


def _database(ledger: Ledger) -> list[Reason]:
    try:
        check_current(ledger.store)
    except ConfigurationError as error:
        return [_reason("database", error.code, str(error))]
    except TransportError as error:
        return [_reason("database", error.code, "the database does not answer")]
    return []


def _chain(ledger: Ledger) -> list[Reason]:
    try:
        check_deployment(ledger.chain, ledger.deployment)
    except ChainMismatch as error:
        return [_reason("chain", error.code, str(error))]
    except TransportError as error:
        return [_reason("chain", error.code, "the chain node does not answer")]
    return []


def _worker(worker: Worker) -> list[Reason]:
    if worker.running:
        return []
    return [_reason("worker", "stopped", "nothing is sent to the chain: the worker does not run")]


def _lag(worker: Worker) -> int | None:
    try:
        return worker.lag()
    except TransportError:
        return None


def _reason(check: CheckName, code: str, detail: str) -> Reason:
    return Reason(check=check, code=code, detail=detail)

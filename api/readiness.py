"""Whether the service does all of its work, and if not, what keeps it."""

from api.schemas.health import CheckName, ReadinessResource, Reason
from ledger.errors import ChainMismatch, ConfigurationError, TransportError
from ledger.services.context import Ledger
from ledger.services.limits import MOST_LAG_BLOCKS, MOST_SILENT_SECONDS
from ledger.services.worker import Worker, WorkerHealth
from ledger.store.failures import DatabaseUnreachable, StorageFull
from ledger.store.migrations import check_current
from ledger.types import UnixTime


def readiness(ledger: Ledger, worker: Worker) -> ReadinessResource:
    """Ask the database, and the worker what it found last. The chain is not asked: it may hang."""
    health = worker.health
    reasons = _database(ledger)
    # What the database has said itself is not said once more as the worker met it.
    known = {(reason.check, reason.code) for reason in reasons}
    found = _worker(health, ledger.clock())
    reasons += [reason for reason in found if (reason.check, reason.code) not in known]
    lag = health.lag_blocks
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
        return [_unreachable(error)]
    return []


def _worker(health: WorkerHealth, now: UnixTime) -> list[Reason]:
    if not health.running:
        return [
            _reason("worker", "stopped", "nothing is sent to the chain: the worker does not run")
        ]
    if health.trouble is not None:
        return [_trouble(health.trouble)]
    if health.completed_at is None:
        return [_reason("worker", "starting", "the worker has not ended its first step yet")]
    if now - health.completed_at > MOST_SILENT_SECONDS:
        return [_reason("worker", "silent", "the worker's present step does not end")]
    return []


def _trouble(error: Exception) -> Reason:
    if isinstance(error, ChainMismatch):
        return _reason("chain", error.code, str(error))
    if isinstance(error, TransportError):
        return _unreachable(error)
    return _reason("worker", "defect", "a defect keeps the worker; the log describes it")


def _unreachable(error: TransportError) -> Reason:
    if isinstance(error, StorageFull):
        return _reason("database", error.code, "the database's disk is full: make room there")
    if isinstance(error, DatabaseUnreachable):
        return _reason("database", error.code, "the database does not answer, or keeps no change")
    return _reason("chain", error.code, "the chain's node does not answer the worker")


def _reason(check: CheckName, code: str, detail: str) -> Reason:
    return Reason(check=check, code=code, detail=detail)

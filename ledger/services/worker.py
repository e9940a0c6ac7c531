"""The service's background work: batches, transactions, following. One worker for one store."""

import fcntl
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from ledger.anchoring.batcher import Batcher
from ledger.anchoring.submitter import Submitter
from ledger.chain.deployment import Deployment, check_deployment
from ledger.chain.port import Chain
from ledger.errors import ConfigurationError, SealbookError, TransportError
from ledger.following.follower import Follower
from ledger.services.context import Clock

_LOG = logging.getLogger(__name__)
_LONGEST_PAUSE_SECONDS = 5.0
_MOST_DOUBLINGS = 10


class Worker:
    """Takes every step that is due, again and again, until it is stopped.

    Nothing is sent before the node was found to answer for the deployment's chain, which is asked
    again after every failure.
    """

    def __init__(
        self,
        chain: Chain,
        deployment: Deployment,
        batcher: Batcher,
        submitter: Submitter,
        follower: Follower,
        *,
        clock: Clock,
        poll_seconds: float,
        lock_file: Path | None,
    ) -> None:
        self._chain = chain
        self._deployment = deployment
        self._batcher = batcher
        self._submitter = submitter
        self._follower = follower
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._lock_file = lock_file
        self._lock: TextIO | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealbook-worker", daemon=True)
        self._checked = False
        self._failures = 0

    def take_store(self) -> None:
        """Keep other workers away from the store, until this one is stopped.

        Raises ConfigurationError if another worker has it, or the lock cannot be written.
        """
        if self._lock_file is not None and self._lock is None:
            self._lock = _lock(self._lock_file)

    def start(self) -> None:
        """Begin, on a thread. Raises ConfigurationError if another worker has the store."""
        self.take_store()
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether steps are being taken."""
        return self._thread.is_alive()

    def lag(self) -> int:
        """Blocks between the chain's head and what was followed. Raises TransportError."""
        return self._follower.lag()

    def stop(self) -> None:
        """End after the step that is being taken."""
        self._stopping.set()
        self._thread.join()
        if self._lock is not None:
            self._lock.close()

    def step(self) -> int:
        """Take every step that is due once. Returns how many were taken.

        Batches are closed first: that needs no chain, and so is never held up by one.
        """
        now = self._clock()
        done = self._attempt(lambda: self._batcher.step(now))
        if self._attempt(self._check_chain):
            done += self._attempt(lambda: self._submitter.step(now))
            done += self._attempt(self._follower.step)
        return done

    def _check_chain(self) -> int:
        if not self._checked:
            check_deployment(self._chain, self._deployment)
            self._checked = True
        return 1

    def _attempt(self, action: Callable[[], int]) -> int:
        try:
            return action()
        except TransportError as error:
            self._checked = False
            self._failures += 1
            _LOG.warning("the worker waits: %s", error)
        except SealbookError:
            self._failures += 1
            _LOG.exception("the worker could not take a step")
        return 0

    def _run(self) -> None:
        while not self._stopping.is_set():
            before = self._failures
            try:
                done = self.step()
            except Exception:  # noqa: BLE001 - a defect in one step must not end all others
                _LOG.exception("the worker met a defect")
                self._failures += 1
                done = 0
            if self._failures == before:
                self._failures = 0
            if not done:
                self._stopping.wait(self._pause())

    def _pause(self) -> float:
        doublings = min(self._failures, _MOST_DOUBLINGS)
        return min(_LONGEST_PAUSE_SECONDS, self._poll_seconds * (1 << doublings))


def _lock(path: Path) -> TextIO:
    try:
        file = path.open("w")
    except OSError as error:
        raise ConfigurationError(
            f"cannot write {path}, which keeps a second service from this database:"
            f" {error.strerror}"
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise ConfigurationError(
            f"another service works on this database ({path} is locked); stop it first, or use"
            " PostgreSQL"
        ) from error
    return file

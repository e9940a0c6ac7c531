"""The service's background work: batches, transactions, following.

On PostgreSQL several workers share it, turn by turn; on SQLite one worker has the store.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ledger.anchoring.batcher import Batcher
from ledger.anchoring.observer import SILENT, Observer
from ledger.anchoring.submitter import Submitter
from ledger.chain.deployment import Deployment
from ledger.chain.port import Chain
from ledger.chain.wiring import check_deployment
from ledger.errors import ConfigurationError, TransportError
from ledger.following.follower import Follower
from ledger.services.context import Clock
from ledger.types import UnixTime

_LOG = logging.getLogger(__name__)
_SECONDS_BETWEEN_STEPS = 0.05
_LONGEST_PAUSE_SECONDS = 5.0
_SHORTEST_PAUSE_SECONDS = 0.002  # at first, when the next block may bring news
_MOST_DOUBLINGS = 10
_CROWD = 16  # requests accepted since a step began, from which on the next one waits for more
_SECONDS_BETWEEN_STEPS_IN_A_CROWD = 0.25


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """What the worker found last, so that nobody has to ask the chain for it.

    running: whether steps are being taken.
    completed_at: when a step last went through without trouble; None before the first.
    trouble: what kept the last step; None if nothing did.
    lag_blocks: blocks between the chain's head and what was followed; None while nobody knows it:
    before the first look, and after one that failed.
    """

    running: bool
    completed_at: UnixTime | None
    trouble: Exception | None
    lag_blocks: int | None


class Worker:
    """Takes every step that is due, again and again, until it is stopped.

    Nothing is sent before the deployment's contracts were found on the node's chain, which is asked
    again after every failure. That it is still that chain is asked in every round by the submitter.
    Trouble of one part does not keep the others.
    """

    def __init__(  # noqa: PLR0913 - its parts are joined in one place, most of them by name
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
        observer: Observer = SILENT,
    ) -> None:
        self._chain = chain
        self._deployment = deployment
        self._batcher = batcher
        self._submitter = submitter
        self._follower = follower
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._lock_file = lock_file
        self._observer = observer
        self._lock: TextIO | None = None
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._accepted = 0
        self._thread = threading.Thread(target=self._run, name="sealbook-worker", daemon=True)
        self._checked = False
        self._failures = 0
        self._idle_steps = 0
        self._trouble: Exception | None = None
        self._completed_at: UnixTime | None = None
        self._lag_blocks: int | None = None

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
    def health(self) -> WorkerHealth:
        """What the worker found last."""
        return WorkerHealth(
            running=self._thread.is_alive(),
            completed_at=self._completed_at,
            trouble=self._trouble,
            lag_blocks=self._lag_blocks,
        )

    def wake(self, requests: int = 1) -> None:
        """Look for work at once: so many requests were accepted. Returns at once, on any thread."""
        self._accepted += requests  # one that is lost between threads does no harm
        self._woken.set()

    def stop(self) -> None:
        """End after the transactions that are being moved."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()
        if self._lock is not None:
            self._lock.close()

    def step(self) -> int:
        """Take every step that is due once. Returns how many were taken.

        Batches are closed first: that needs no chain, and so is never held up by one.
        """
        now = self._clock()
        trouble: list[Exception] = []
        done = self._attempt("batching", lambda: self._batcher.step(now), trouble)
        self._attempt("checking", self._check_chain, trouble)
        if self._checked:
            stopping = self._stopping.is_set
            done += self._attempt(
                "submitting", lambda: self._submitter.step(now, stopping), trouble
            )
        known: list[int] = []
        if self._checked:
            done += self._attempt("following", lambda: self._follow(known), trouble)
        self._lag_blocks = known[0] if known else None
        self._trouble = trouble[0] if trouble else None
        self._failures = self._failures + 1 if trouble else 0
        if not trouble:
            self._completed_at = now
        return done

    def _check_chain(self) -> int:
        if not self._checked:
            check_deployment(self._chain, self._deployment)
            self._checked = True
        return 0

    def _follow(self, lag: list[int]) -> int:
        read = self._follower.step()
        lag.append(self._follower.lag())
        return read

    def _attempt(self, part: str, action: Callable[[], int], trouble: list[Exception]) -> int:
        try:
            return action()
        except TransportError as error:
            self._checked = False
            trouble.append(error)
            self._observer.troubled(part, error)
        except Exception as error:  # noqa: BLE001 - a defect of one part must not end all others
            trouble.append(error)
            self._observer.troubled(part, error)
            _LOG.exception("the worker met a defect")
        return 0

    def _run(self) -> None:
        while not self._stopping.is_set():
            # Cleared before looking: what is accepted meanwhile is looked for once more.
            self._woken.clear()
            self._accepted = 0
            began = time.monotonic()
            if self.step():
                self._idle_steps = 0
            elif not self._stopping.is_set():
                # What cannot be sent now is not sent sooner because more of it is accepted.
                if (self._stopping if self._failures else self._woken).wait(self._pause()):
                    # Many are accepted in a moment: they do not each get a step of their own.
                    self._stopping.wait(began + _SECONDS_BETWEEN_STEPS - time.monotonic())
                self._idle_steps += 1
            if self._accepted >= _CROWD:
                # Each step takes time from those who accept, and more goes into one a little later.
                rest = _SECONDS_BETWEEN_STEPS_IN_A_CROWD
                self._stopping.wait(began + rest - time.monotonic())

    def _pause(self) -> float:
        """Seconds until the next look, if nothing is accepted before."""
        if self._failures:
            doublings = min(self._failures, _MOST_DOUBLINGS)
            return min(_LONGEST_PAUSE_SECONDS, self._poll_seconds * (1 << doublings))
        doublings = min(self._idle_steps, _MOST_DOUBLINGS)
        soon = _SHORTEST_PAUSE_SECONDS * (1 << doublings)
        if soon < self._poll_seconds and self._submitter.awaits_block:
            return soon
        return self._poll_seconds


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
            f"another service works on this database ({path} is locked); stop it first"
        ) from error
    return file

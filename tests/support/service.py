"""The service's parts over a consortium, with a worker that is driven by hand."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.anchoring.audit import Elapsed
from ledger.anchoring.batcher import Batcher, BatchLimits
from ledger.anchoring.limits import Finality, SubmitLimits
from ledger.anchoring.observer import SILENT, Observer
from ledger.anchoring.submitter import Submitter
from ledger.chain.keyring import DirectoryKeyring
from ledger.chain.port import Chain
from ledger.following.follower import Follower, FollowLimits
from ledger.following.projection import Projection
from ledger.invoices import Fingerprints, HmacFingerprint
from ledger.services.context import Clock, Ledger, system_clock
from ledger.services.worker import Worker
from ledger.store.engine import Store, open_store
from ledger.store.group_commit import GroupCommit
from ledger.store.migrations import upgrade
from tests.support.consortium import Consortium

FINGERPRINT = HmacFingerprint(bytes(range(32)), version=1)
FINGERPRINTS = Fingerprints(FINGERPRINT)
MAX_DOCUMENT_BYTES = 1024 * 1024
MAX_BUNDLE_BYTES = 3 * MAX_DOCUMENT_BYTES


@dataclass(frozen=True)
class Service:
    """A service whose worker steps when it is told to."""

    ledger: Ledger
    worker: Worker

    def settle(self) -> None:
        """Take steps until none is left."""
        for _ in range(50):
            if not self.worker.step():
                return
        raise AssertionError("the worker does not come to rest")


@contextmanager
def running_service(  # noqa: PLR0913 - what stands in for its parts, each by name
    consortium: Consortium,
    folder: Path,
    *,
    chain: Chain | None = None,
    confirmations: int = 0,
    finality: Finality = Finality.DEPTH,
    clock: Clock = system_clock,
    fingerprints: Fingerprints = FINGERPRINTS,
    database_url: str | None = None,
    make_store: Callable[[str], Store] = open_store,
    observer: Observer = SILENT,
    elapsed: Elapsed = time.monotonic,
) -> Iterator[Service]:
    """A service with its database and keys in a folder.

    chain: stands in for a troubled node. database_url: if the database is not to be in the folder.
    make_store: stands in for a troubled database.
    """
    node = chain or consortium.chain
    if not (folder / "keys").exists():
        consortium.write_keys(folder / "keys")
    with closing(make_store(database_url or f"sqlite:///{folder}/ledger.db")) as store:
        upgrade(store)
        ledger = Ledger(
            store=store,
            intake=GroupCommit(store),
            chain=node,
            deployment=consortium.deployment,
            keyring=DirectoryKeyring(folder / "keys"),
            fingerprints=fingerprints,
            max_document_bytes=MAX_DOCUMENT_BYTES,
            max_bundle_bytes=MAX_BUNDLE_BYTES,
            clock=clock,
            observer=observer,
        )
        try:
            yield Service(ledger, make_worker(ledger, store, confirmations, finality, elapsed))
        finally:
            ledger.intake.stop()


def make_worker(
    ledger: Ledger,
    store: Store,
    confirmations: int,
    finality: Finality = Finality.DEPTH,
    elapsed: Elapsed = time.monotonic,
) -> Worker:
    """The worker of a ledger, with batches that close at once."""
    deployment = ledger.deployment
    return Worker(
        ledger.chain,
        deployment,
        Batcher(
            store, ledger.notary, BatchLimits(max_documents=100, max_age_seconds=0), ledger.observer
        ),
        Submitter(
            store,
            ledger.chain,
            ledger.membership,
            ledger.notary,
            ledger.keyring,
            SubmitLimits(confirmations, resend_seconds=30, finality=finality),
            deployment=deployment,
            observer=ledger.observer,
            elapsed=elapsed,
        ),
        Follower(
            store,
            ledger.chain,
            Projection(deployment),
            FollowLimits(max_blocks=1000),
            first_block=deployment.first_block,
        ),
        clock=ledger.clock,
        poll_seconds=0.01,
        lock_file=None,
        observer=ledger.observer,
    )

"""Joins a service's adapters, from its configuration."""

from dataclasses import dataclass

from api.metrics.meter import Meter, metered_chain
from ledger.anchoring.batcher import Batcher, BatchLimits
from ledger.anchoring.limits import Finality, SubmitLimits
from ledger.anchoring.submitter import Submitter
from ledger.chain.deployment import read_deployment
from ledger.chain.keyring import DirectoryKeyring
from ledger.chain.secret_files import read_secret
from ledger.chain.web3_adapter import connect
from ledger.errors import ConfigurationError
from ledger.following.follower import Follower, FollowLimits
from ledger.following.projection import Projection
from ledger.services.context import Ledger, system_clock
from ledger.services.settings import (
    FINGERPRINT_KEY_VARIABLE,
    ChainSettings,
    ServiceSettings,
    Settings,
    load_fingerprints,
)
from ledger.services.watching.event_log import EventLog
from ledger.services.watching.fan import Observers
from ledger.services.watching.journal import Journal
from ledger.services.worker import Worker
from ledger.store.engine import open_store
from ledger.store.group_commit import GroupCommit
from ledger.store.migrations import upgrade


@dataclass(frozen=True, slots=True)
class Service:
    """A ledger with the worker that does its background work."""

    ledger: Ledger
    worker: Worker
    meter: Meter


def open_service(settings: Settings, log: EventLog | None = None) -> Service:
    """Join a service together and bring its database up to date. The chain is not asked.

    log: gets the way of every document; None for none.

    Raises ConfigurationError if a table, the fingerprint key or the folder of operator keys is
    missing, the deployment or a file cannot be read, or another service has the database;
    TransportError if the database does not answer.
    """
    chain, service = settings.chain, settings.service
    if chain is None or service is None:
        raise ConfigurationError("the configuration needs the tables [chain] and [service]")
    meter = Meter()
    ledger = _ledger(settings, chain, service, meter, log)
    worker = _worker(ledger, chain, service)
    ledger.intake.when_kept(worker.wake)
    # A service that already works on the database must not find it migrated.
    worker.take_store()
    upgrade(ledger.store)
    return Service(ledger, worker, meter)


def _ledger(
    settings: Settings,
    chain: ChainSettings,
    service: ServiceSettings,
    meter: Meter,
    log: EventLog | None,
) -> Ledger:
    fingerprints = load_fingerprints(settings.fingerprint)
    if fingerprints is None:
        raise ConfigurationError(
            "the service needs the consortium's fingerprint key: name its file as key_file of"
            f" [fingerprint], or set {FINGERPRINT_KEY_VARIABLE}"
        )
    store = open_store(service.database_url)
    intake = GroupCommit(store)
    intake.when_committed(meter.committed)
    node = connect(chain.rpc_url, timeout_seconds=chain.timeout_seconds)
    return Ledger(
        store=store,
        intake=intake,
        chain=metered_chain(node, meter),
        deployment=read_deployment(chain.deployment),
        keyring=_keyring(service),
        fingerprints=fingerprints,
        max_document_bytes=service.max_document_bytes,
        max_bundle_bytes=service.max_bundle_bytes,
        observer=Observers(meter, *(() if log is None else (Journal(log, store),))),
    )


def _keyring(service: ServiceSettings) -> DirectoryKeyring:
    if not service.keys_dir.is_dir():
        raise ConfigurationError(
            f"keys_dir of [service] names {service.keys_dir}, which is no folder: create it, for"
            " the operator keys of the members that the service acts for"
        )
    passphrase = None
    if service.passphrase_file is not None:
        passphrase = read_secret(service.passphrase_file, "passphrase file")
    return DirectoryKeyring(service.keys_dir, passphrase=passphrase)


def _worker(ledger: Ledger, chain: ChainSettings, service: ServiceSettings) -> Worker:
    deployment = ledger.deployment
    return Worker(
        ledger.chain,
        deployment,
        _batcher(ledger, service),
        _submitter(ledger, chain, service),
        Follower(
            ledger.store,
            ledger.chain,
            Projection(deployment),
            FollowLimits(service.follow_max_blocks),
            first_block=deployment.first_block,
        ),
        clock=system_clock,
        poll_seconds=service.poll_seconds,
        lock_file=ledger.store.lock_file,
        observer=ledger.observer,
    )


def _batcher(ledger: Ledger, service: ServiceSettings) -> Batcher:
    limits = BatchLimits(service.batch_max_documents, service.batch_max_age_seconds)
    return Batcher(ledger.store, ledger.notary, limits, ledger.observer)


def _submitter(ledger: Ledger, chain: ChainSettings, service: ServiceSettings) -> Submitter:
    return Submitter(
        ledger.store,
        ledger.chain,
        ledger.membership,
        ledger.notary,
        ledger.keyring,
        SubmitLimits(chain.confirmations, service.resend_seconds, Finality(chain.finality)),
        deployment=ledger.deployment,
        observer=ledger.observer,
    )

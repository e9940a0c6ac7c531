"""The whole examination, in the order in which one thing rests on another."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.chain.deployment import Deployment, read_deployment
from ledger.chain.port import Chain
from ledger.services.differences import Progress
from ledger.services.doctor import chain as node
from ledger.services.doctor import database, keys, queue
from ledger.services.doctor.anchors import check_anchors
from ledger.services.doctor.findings import Finding, Status, looking, ok, warning, wrong
from ledger.services.settings import ChainSettings, FingerprintSettings, ServiceSettings
from ledger.store.engine import Store
from ledger.types import MemberId, UnixTime

_NODE = "look whether the node runs, and whether rpc_url of [chain] is its URL"
_CHAIN = (
    "name a node of the consortium's chain as rpc_url of [chain], and its manifest as deployment"
)
_DATABASE = "look whether database_url of [service] is right, and the database runs"
_KEYS = "put the file right that is named here"


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined.

    database_file: of a database that is a file; None otherwise.
    """

    chain_settings: ChainSettings
    service: ServiceSettings
    fingerprint: FingerprintSettings
    chain: Chain
    store: Store
    database_file: Path | None
    now: Callable[[], float] = time.time


def examine(
    patient: Patient, *, anchors: Progress | None = None, retry: bool = False
) -> Iterator[Finding]:
    """Look at everything, and tell each finding as soon as it is known.

    anchors: derive all anchors anew too, and tell this how far it is. retry: have what waits after
    a failure tried again, if the database has this version's tables; nothing else is changed.
    """
    yield from looking(
        "fingerprint key", lambda: keys.check_fingerprint_key(patient.fingerprint), _KEYS
    )
    has_database = yield from _database(patient)
    deployment = yield from _deployment(patient)
    reached = False
    if deployment is not None:
        reached = yield from _node(patient, deployment)
    needed: set[MemberId] = set()
    if has_database:
        needed = keys.members_served(patient.store)
        yield from looking("API keys", lambda: keys.check_api_keys(patient.store), _DATABASE)
    if deployment is not None:
        held = keys.OperatorKeys(patient.service, deployment, patient.chain if reached else None)
        yield from looking("operator keys", lambda: held.look(needed), _KEYS)
    if has_database and retry:
        yield from looking(
            "retry", lambda: queue.retry_failed(patient.store, patient.now), _DATABASE
        )
    if has_database:
        yield from looking(
            "queue", lambda: queue.check_queue(patient.store, patient.now), _DATABASE
        )
        yield from looking("reasons", lambda: queue.check_reasons(patient.store), _DATABASE)
    if has_database and reached and deployment is not None:
        yield from _together(patient, deployment, anchors)


def _database(patient: Patient) -> Generator[Finding, None, bool]:
    file, store = patient.database_file, patient.store
    if file is not None and not file.parent.is_dir():
        yield wrong(
            "database",
            f"its folder {file.parent} is not there",
            "make the folder; or put database_url of [service] right",
        )
        return False
    if file is not None and not file.exists():
        yield warning(
            "database",
            f"there is none at {file} yet",
            "start the service once, which makes it; or put database_url of [service] right",
        )
        return False
    # A full disk is met as an error of the database: then room is what it lacks.
    is_full = file is not None and database.free_bytes(file) < database.NO_BYTES
    remedy = "make room on its disk, of which the next lines tell" if is_full else _DATABASE
    healthy = yield from _all_ok(looking("database", lambda: database.check_schema(store), remedy))
    if file is not None:
        yield from database.check_disk(file)
    if not healthy:
        return False
    yield from looking("durability", lambda: database.check_durability(store), _DATABASE)
    yield from looking(
        "database clock", lambda: database.check_database_clock(store, patient.now), _DATABASE
    )
    yield from looking("service", lambda: database.check_service(store), _DATABASE)
    return True


def _deployment(patient: Patient) -> Generator[Finding, None, Deployment | None]:
    found: list[Deployment] = []

    def look() -> Iterator[Finding]:
        deployment = read_deployment(patient.chain_settings.deployment)
        found.append(deployment)
        yield ok("manifest", f"it describes a deployment on {deployment.chain}")

    yield from looking("manifest", look, None)
    return found[0] if found else None


def _node(patient: Patient, deployment: Deployment) -> Generator[Finding, None, bool]:
    chain, settings = patient.chain, patient.chain_settings
    answers = yield from _all_ok(looking("node", lambda: node.check_node(chain), _NODE))
    if not answers:
        return False
    right = yield from _all_ok(
        looking("chain", lambda: node.check_identity(chain, deployment), _CHAIN)
    )
    if not right:
        return False
    yield from looking("contracts", lambda: node.check_contracts(chain, deployment), _CHAIN)
    yield from looking("finality", lambda: node.check_finality(chain, settings, deployment), _NODE)
    now = UnixTime(int(patient.now()))
    yield from looking("clock", lambda: node.check_clock(chain, settings, now), _NODE)
    return True


def _together(
    patient: Patient, deployment: Deployment, anchors: Progress | None
) -> Iterator[Finding]:
    store, chain = patient.store, patient.chain
    yield from looking("follower", lambda: node.check_follower(store, chain, deployment), _NODE)
    yield from looking("nonces", lambda: queue.check_nonces(store, chain), _NODE)
    if anchors is not None:
        yield from looking(
            "anchors", lambda: check_anchors(store, chain, deployment, anchors), _NODE
        )


def _all_ok(findings: Iterator[Finding]) -> Generator[Finding, None, bool]:
    healthy = True
    for finding in findings:
        healthy = healthy and finding.status is Status.OK
        yield finding
    return healthy

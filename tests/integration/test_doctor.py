import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from ledger.chain.deployment import write_deployment
from ledger.chain.keyring import key_file
from ledger.chain.membership import Role
from ledger.chain.port import Fees
from ledger.chain.web3_adapter import connect
from ledger.cli.files import write_secret
from ledger.errors import TransportError
from ledger.services.context import system_clock
from ledger.services.differences import Progress
from ledger.services.doctor import database
from ledger.services.doctor.chain import check_follower
from ledger.services.doctor.examination import Patient, examine
from ledger.services.doctor.findings import Finding, Status
from ledger.services.notarise import notarise
from ledger.services.principals import issue_key
from ledger.services.settings import ChainSettings, FingerprintSettings, ServiceSettings
from ledger.store import stages
from ledger.store.engine import open_store
from ledger.store.migrations import downgrade
from ledger.store.outbox import SET_ASIDE_TRIES, State
from ledger.store.schema import documents, transactions
from ledger.types import UnixTime, parse_member_id
from tests.integration.submission import SUPPLIER_KEY
from tests.support.consortium import BUYER, SUPPLIER, Consortium
from tests.support.postgres import Databases
from tests.support.service import FINGERPRINT, Service, running_service
from tests.support.trouble import altered_chain

WELL = {Status.OK}
PROBLEM = '{"code": "unreachable", "message": "the node is silent", "details": {}}'


@pytest.fixture
def service(consortium: Consortium, tmp_path: Path) -> Iterator[Service]:
    """A service with one document that is final, an API key, and the lock that a worker holds."""
    snapshot = consortium.devnet.request("evm_snapshot", [])
    with running_service(consortium, tmp_path) as running:
        notarise(running.ledger, SUPPLIER_KEY, b"a document", "text/plain", None)
        running.settle()
        issue_key(running.ledger.store, SUPPLIER, Role.SUPPLIER, now=system_clock())
        yield running
    consortium.devnet.request("evm_revert", [snapshot])


@pytest.fixture
def patient(service: Service, consortium: Consortium, tmp_path: Path) -> Patient:
    (tmp_path / "deployment.json").write_text(write_deployment(consortium.deployment))
    write_secret(tmp_path / "fingerprint.hex", FINGERPRINT.key.hex())
    return Patient(
        chain_settings=ChainSettings(
            "http://127.0.0.1:9", tmp_path / "deployment.json", development=True, confirmations=0
        ),
        service=ServiceSettings(f"sqlite:///{tmp_path}/ledger.db", tmp_path / "keys"),
        fingerprint=FingerprintSettings(tmp_path / "fingerprint.hex"),
        chain=consortium.chain,
        store=service.ledger.store,
        database_file=tmp_path / "ledger.db",
    )


def found(patient: Patient, *, anchors: bool = False) -> dict[str, Finding]:
    """The findings that are not well, by their check."""
    findings = list(examine(patient, anchors=Progress() if anchors else None))
    assert all(item.remedy for item in findings if item.status is Status.WARNING)
    return {item.check: item for item in findings if item.status is not Status.OK}


def statuses(patient: Patient, *, anchors: bool = False) -> dict[str, Status]:
    findings = found(patient, anchors=anchors)
    findings.pop("service", None)  # which does not run in these tests
    return {check: item.status for check, item in findings.items()}


def change(patient: Patient, statement: Any) -> None:
    with patient.store.writing() as connection:
        assert connection.execute(statement).rowcount


def altered(patient: Patient, **answers: Any) -> Patient:
    methods = {name: lambda *_a, answer=answer, **_n: answer for name, answer in answers.items()}
    return replace(patient, chain=altered_chain(patient.chain, methods))


def test_of_a_healthy_setup_everything_is_looked_at_and_nothing_is_wrong(patient: Patient) -> None:
    findings = list(examine(patient, anchors=Progress()))
    checks = [item.check for item in findings if not item.check.startswith("key of")]
    assert {item.status for item in findings if item.check != "service"} == WELL
    assert checks == [
        "fingerprint key",
        "database",
        "disk",
        "durability",
        "service",
        "manifest",
        "node",
        "chain",
        "contracts",
        "finality",
        "clock",
        "API keys",
        "accepted",
        "reasons",
        "follower",
        "nonces",
        "anchors",
    ]
    assert f"key of {SUPPLIER}" in {item.check for item in findings}


def test_a_service_that_does_not_run_is_told_from_one_that_does(
    patient: Patient, service: Service
) -> None:
    assert found(patient)["service"].status is Status.WARNING
    service.worker._lock_file = patient.store.lock_file
    service.worker.take_store()
    try:
        assert "service" not in found(patient)
    finally:
        assert service.worker._lock is not None
        service.worker._lock.close()


def test_a_missing_fingerprint_key_is_wrong(patient: Patient) -> None:
    nameless = replace(patient, fingerprint=FingerprintSettings())
    assert statuses(nameless) == {"fingerprint key": Status.WRONG}


def test_a_database_that_is_not_there_is_told_and_not_made(
    patient: Patient, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.db"
    store = open_store(f"sqlite:///{gone}")
    findings = statuses(replace(patient, store=store, database_file=gone))
    assert (findings, gone.exists()) == ({"database": Status.WARNING}, False)


def test_a_file_that_is_no_database_is_not_reached(patient: Patient, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_text("this is a letter and no database" * 100)
    store = open_store(f"sqlite:///{other}")
    findings = statuses(replace(patient, store=store, database_file=other))
    assert findings == {"database": Status.NOT_REACHED}


def test_a_database_of_another_version_is_wrong(patient: Patient) -> None:
    downgrade(patient.store, "0003")
    finding = found(patient)["database"]
    assert statuses(patient) == {"database": Status.WRONG}
    assert "start it again" in str(finding.remedy)
    change(patient, text("UPDATE alembic_version SET version_num = '9999'"))
    assert "run the newer version" in str(found(patient)["database"].remedy)


def test_nothing_is_retried_in_a_database_of_another_version(patient: Patient) -> None:
    far = 2**40
    change(patient, update(transactions).values(state=State.QUEUED, problem=PROBLEM, due_at=far))
    change(patient, text("UPDATE alembic_version SET version_num = '9999'"))
    assert "retry" not in {item.check for item in examine(patient, retry=True)}
    with patient.store.reading() as connection:
        assert set(connection.execute(select(transactions.c.due_at)).scalars()) == {far}


def test_a_database_without_tables_is_a_warning_on_each_store(store_url: str) -> None:
    store = open_store(store_url)
    [finding] = database.check_schema(store)
    assert finding.status is Status.OK or "sealbook serve" in str(finding.remedy)
    downgrade(store, "base")
    [finding] = database.check_schema(store)
    assert (finding.status, finding.says) == (
        Status.WARNING,
        "it answers, and has no tables yet",
    )
    store.close()


def test_whether_anything_is_connected_is_seen_on_a_database_server(databases: Databases) -> None:
    url = databases.new()
    looking = open_store(url)
    [alone] = database.check_service(looking)
    working = open_store(url)
    with working.reading():
        [shared] = database.check_service(looking)
    working.close()
    looking.close()
    assert (alone.status, shared.status) == (Status.WARNING, Status.OK)


def test_a_disk_that_is_full_is_the_remedy_of_a_database_that_fails(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "other.db").write_text("this is a letter and no database" * 100)
    store = open_store(f"sqlite:///{tmp_path}/other.db")
    failing = replace(patient, store=store, database_file=tmp_path / "other.db")
    assert "database_url" in str(found(failing)["database"].remedy)
    monkeypatch.setattr(database, "NO_BYTES", 2**62)
    assert "make room" in str(found(failing)["database"].remedy)


def test_a_database_that_does_not_wait_for_its_disk_is_wrong(patient: Patient) -> None:
    store = open_store(patient.service.database_url)
    event.listen(
        store.engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA synchronous = NORMAL")
    )
    assert statuses(replace(patient, store=store)) == {"durability": Status.WRONG}
    store.close()


@pytest.mark.parametrize(
    ("free", "status"),
    [
        (database.LITTLE_BYTES, Status.OK),
        (database.LITTLE_BYTES - 1, Status.WARNING),
        (database.NO_BYTES, Status.WARNING),
        (database.NO_BYTES - 1, Status.WRONG),
    ],
)
def test_a_disk_that_fills_up_is_told_before_it_is_full(
    tmp_path: Path, free: int, status: Status
) -> None:
    [finding] = database.check_disk(tmp_path / "ledger.db", lambda _folder: free)
    assert finding.status is status


def test_a_manifest_that_is_not_there_is_wrong(patient: Patient) -> None:
    patient.chain_settings.deployment.unlink()
    assert statuses(patient) == {"manifest": Status.WRONG}


def test_a_node_that_does_not_answer_is_not_reached_and_the_rest_is_looked_at(
    patient: Patient,
) -> None:
    silent = replace(patient, chain=connect("http://127.0.0.1:9", timeout_seconds=0.5))
    assert statuses(silent) == {"node": Status.NOT_REACHED}


def test_a_node_of_another_chain_is_wrong(patient: Patient, consortium: Consortium) -> None:
    other = replace(consortium.deployment, genesis=bytes(32))
    patient.chain_settings.deployment.write_text(write_deployment(other))
    assert statuses(patient) == {"chain": Status.WRONG}


def test_contracts_that_are_not_there_are_wrong(patient: Patient, consortium: Consortium) -> None:
    other = replace(consortium.deployment, notary=consortium.spare[0].address)
    patient.chain_settings.deployment.write_text(write_deployment(other))
    assert statuses(patient) == {"contracts": Status.WRONG}


def test_an_engine_that_names_no_final_block_is_wrong(patient: Patient) -> None:
    engine = replace(patient.chain_settings, finality="engine")
    without = altered(replace(patient, chain_settings=engine), finalized_block=None)
    assert statuses(without) == {"finality": Status.WRONG}
    head = patient.chain.head().ref
    assert statuses(altered(without, finalized_block=head)) == {}


def in_earnest(patient: Patient, consortium: Consortium) -> None:
    """Has the manifest say that the chain is none for development."""
    manifest = write_deployment(replace(consortium.deployment, development=False))
    patient.chain_settings.deployment.write_text(manifest)


def test_a_development_chain_that_is_not_called_one_is_a_warning(
    patient: Patient, consortium: Consortium
) -> None:
    manifest = write_deployment(replace(consortium.deployment, development=True))
    patient.chain_settings.deployment.write_text(manifest)
    deep = replace(patient.chain_settings, development=False, confirmations=12)
    finding = found(replace(patient, chain_settings=deep))["finality"]
    assert (finding.status, "development = true" in str(finding.remedy)) == (Status.WARNING, True)
    assert statuses(patient) == {}


def test_no_confirmations_on_a_chain_in_earnest_are_a_warning(
    patient: Patient, consortium: Consortium
) -> None:
    in_earnest(patient, consortium)
    earnest = replace(patient.chain_settings, development=False)
    assert statuses(replace(patient, chain_settings=earnest)) == {"finality": Status.WARNING}
    earnest = replace(earnest, confirmations=1)
    assert statuses(replace(patient, chain_settings=earnest)) == {}


def test_a_clock_behind_the_chain_is_wrong(patient: Patient) -> None:
    slow = replace(patient, now=lambda: time.time() - 3600)
    assert statuses(slow) == {"clock": Status.WRONG}


def test_an_old_newest_block_is_a_warning_unless_the_chain_seals_none_without_transactions(
    patient: Patient, consortium: Consortium
) -> None:
    in_earnest(patient, consortium)
    late = replace(patient, now=lambda: time.time() + 3600)
    assert statuses(late) == {}
    earnest = replace(late.chain_settings, development=False, confirmations=1)
    assert statuses(replace(late, chain_settings=earnest)) == {"clock": Status.WARNING}


def test_a_service_without_api_keys_is_told(
    consortium: Consortium, patient: Patient, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with running_service(consortium, other) as unused:
        empty = replace(patient, store=unused.ledger.store, database_file=other / "ledger.db")
        assert statuses(empty) == {"API keys": Status.WARNING}


def test_a_member_with_an_api_key_and_no_operator_key_is_wrong(patient: Patient) -> None:
    key_file(patient.service.keys_dir, SUPPLIER).unlink()
    assert statuses(patient) == {f"key of {SUPPLIER}": Status.WRONG}


def test_a_key_file_that_others_can_read_is_wrong(patient: Patient) -> None:
    key_file(patient.service.keys_dir, SUPPLIER).chmod(0o640)
    assert statuses(patient) == {f"key of {SUPPLIER}": Status.WRONG}


def test_the_key_of_another_member_is_wrong(patient: Patient, consortium: Consortium) -> None:
    consortium.write_key(patient.service.keys_dir, SUPPLIER, consortium.signers[BUYER])
    assert statuses(patient) == {f"key of {SUPPLIER}": Status.WRONG}


def test_the_key_of_a_suspended_member_is_wrong(patient: Patient, consortium: Consortium) -> None:
    consortium.decide(consortium.membership.suspend(SUPPLIER))
    finding = found(patient)[f"key of {SUPPLIER}"]
    assert finding.status is Status.WRONG
    assert "suspended" in finding.says
    assert "reinstate" in str(finding.remedy)


def test_a_key_of_a_member_that_does_not_exist_is_told_as_that(
    patient: Patient, consortium: Consortium
) -> None:
    stranger = parse_member_id("org:nobody")
    consortium.write_key(patient.service.keys_dir, stranger, consortium.spare[0])
    finding = found(patient)[f"key of {stranger}"]
    assert "there is no such member" in str(finding.remedy)
    consortium.write_key(patient.service.keys_dir, SUPPLIER, consortium.spare[0])
    assert "add-key" in str(found(patient)[f"key of {SUPPLIER}"].remedy)


def test_a_key_that_cannot_pay_is_a_warning_where_gas_has_a_price(patient: Patient) -> None:
    poor = altered(patient, balance=0)
    assert set(statuses(poor).values()) == {Status.WARNING}
    assert statuses(altered(poor, fees=Fees(0, None))) == {}


def test_a_folder_of_keys_that_is_none_is_wrong(patient: Patient, tmp_path: Path) -> None:
    without = replace(patient.service, keys_dir=tmp_path / "nowhere")
    assert statuses(replace(patient, service=without)) == {"operator keys": Status.WRONG}


def test_following_that_lags_is_a_warning(patient: Patient, consortium: Consortium) -> None:
    consortium.devnet.request("evm_mine", [])
    [finding] = check_follower(patient.store, patient.chain, consortium.deployment, most_lag=0)
    assert finding.status is Status.WARNING
    assert statuses(patient) == {}


def test_what_waits_is_a_warning_from_some_age_on(patient: Patient, service: Service) -> None:
    notarise(service.ledger, SUPPLIER_KEY, b"another document", "text/plain", None)
    assert statuses(patient) == {}
    later = replace(patient, now=lambda: time.time() + 3600)
    assert statuses(later) == {"accepted": Status.WARNING}
    service.worker._batcher.step(system_clock())
    assert statuses(later) == {"queued": Status.WARNING}


def test_what_no_block_comes_on_top_of_is_a_warning_that_says_what_to_set(patient: Patient) -> None:
    change(patient, update(transactions).values(state=State.MINED))
    assert statuses(patient) == {}
    finding = found(replace(patient, now=lambda: time.time() + 3600))["mined"]
    assert finding.status is Status.WARNING
    assert "development = true" in str(finding.remedy)


def test_a_transaction_that_waits_is_a_warning_and_one_set_aside_is_wrong(patient: Patient) -> None:
    waiting = update(transactions).values(state=State.QUEUED, problem=PROBLEM, tries=2)
    change(patient, waiting)
    finding = found(patient)["waiting"]
    assert (finding.status, statuses(patient)) == (Status.WARNING, {"waiting": Status.WARNING})
    assert "the node is silent (unreachable)" in finding.says
    change(patient, waiting.values(tries=SET_ASIDE_TRIES))
    assert statuses(patient) == {"set aside": Status.WRONG}


def test_what_failed_is_due_at_once_when_it_is_retried(patient: Patient, service: Service) -> None:
    notarise(service.ledger, SUPPLIER_KEY, b"another document", "text/plain", None)
    service.worker._batcher.step(system_clock())
    far = UnixTime(system_clock() + 500)
    troubled = update(transactions).where(transactions.c.state == State.QUEUED)
    change(patient, troubled.values(problem=PROBLEM, tries=SET_ASIDE_TRIES, due_at=far))
    service.settle()
    assert statuses(patient) == {"set aside": Status.WRONG}
    with patient.store.writing() as connection:
        assert stages.retry(connection, system_clock()) == 1
    service.settle()
    assert statuses(patient, anchors=True) == {}


def test_a_gap_below_the_nonces_of_a_key_is_wrong(patient: Patient) -> None:
    change(patient, update(transactions).values(state=State.BROADCAST, due_at=2**40))
    [nonces] = stages_nonces(patient)
    below = altered(patient, sealed_transaction_count=nonces.lowest - 1)
    assert statuses(below) == {"nonces": Status.WRONG}
    assert statuses(altered(patient, sealed_transaction_count=nonces.lowest)) == {}


def stages_nonces(patient: Patient) -> list[stages.Nonces]:
    with patient.store.reading() as connection:
        return list(stages.unsealed_nonces(connection).values())


def test_an_anchor_that_cannot_be_derived_anew_is_wrong(patient: Patient) -> None:
    change(patient, update(documents).values(secret=bytes(32)))
    assert statuses(patient) == {}
    assert statuses(patient, anchors=True) == {"anchors": Status.WRONG}


def test_a_node_that_fails_in_the_middle_leaves_the_other_checks(patient: Patient) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise TransportError("the node does not answer")

    failing = replace(patient, chain=altered_chain(patient.chain, {"code": fail}))
    assert statuses(failing) == {"contracts": Status.NOT_REACHED}

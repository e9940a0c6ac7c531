import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.main import app_from_environment
from api.wiring import Service, open_service
from ledger.chain.deployment import write_deployment
from ledger.chain.membership import Role
from ledger.cli.files import write_secret
from ledger.errors import ConfigurationError
from ledger.services.principals import issue_key
from ledger.services.settings import CONFIG_VARIABLE, FINGERPRINT_KEY_VARIABLE, load_settings
from ledger.store.migrations import check_current
from ledger.types import UnixTime
from tests.api.clients import Caller
from tests.support.consortium import SUPPLIER, Consortium

DEAD_NODE = "http://127.0.0.1:9"  # the discard port, which nobody serves


@pytest.fixture
def folder(consortium: Consortium, tmp_path: Path) -> Path:
    consortium.write_keys(tmp_path / "keys")
    (tmp_path / "deployment.json").write_text(write_deployment(consortium.deployment))
    write_secret(tmp_path / "fingerprint.hex", "ab" * 32)
    (tmp_path / "sealbook.toml").write_text(config(tmp_path))
    return tmp_path


def config(folder: Path) -> str:
    return f"""
[chain]
rpc_url = "{DEAD_NODE}"
deployment = "deployment.json"
development = true
confirmations = 0

[service]
database_url = "sqlite:///{folder}/ledger.db"
keys_dir = "keys"
poll_seconds = 0.01

[fingerprint]
key_file = "fingerprint.hex"
"""


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "sealbook.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@contextmanager
def opened(folder: Path) -> Iterator[Service]:
    service = open_service(load_settings(folder / "sealbook.toml"))
    try:
        yield service
    finally:
        service.worker.start()
        service.worker.stop()
        service.ledger.store.close()


def refused(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        open_service(load_settings(folder / "sealbook.toml"))
    return str(caught.value)


def test_a_service_whose_chain_is_down_starts_with_its_schema_and_accepts_documents(
    folder: Path,
) -> None:
    with opened(folder) as service:
        check_current(service.ledger.store)
        _, secret = issue_key(service.ledger.store, SUPPLIER, Role.SUPPLIER, UnixTime(1))
        response = Caller(TestClient(create_app(service.ledger, service.worker)), secret).notarise()
        assert (response.status_code, response.json()["state"]) == (202, "accepted")


def test_a_second_service_on_one_sqlite_file_is_refused_before_it_migrates(folder: Path) -> None:
    with opened(folder):
        assert "another service works on this database" in refused(folder)
    with opened(folder):
        pass


def test_a_second_process_on_one_sqlite_file_is_refused(folder: Path) -> None:
    program = "from api.main import app_from_environment; app_from_environment()"
    with opened(folder):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={CONFIG_VARIABLE: str(folder / "sealbook.toml")},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "another service works on this database" in done.stderr.splitlines()[-1]


def test_the_fingerprint_key_is_required(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(folder, 'key_file = "fingerprint.hex"', "")
    monkeypatch.delenv(FINGERPRINT_KEY_VARIABLE, raising=False)
    assert "needs the consortium's fingerprint key" in refused(folder)
    monkeypatch.setenv(FINGERPRINT_KEY_VARIABLE, "cd" * 32)
    with opened(folder):
        pass


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"deployment.json"', '"elsewhere.json"', "cannot read the deployment manifest"),
        ('"deployment.json"', '"fingerprint.hex"', "is not a deployment manifest"),
        ("/ledger.db", "/nowhere/ledger.db", "cannot write"),
        ("sqlite:///", "nosql://", "the database URL is not usable"),
        ('keys_dir = "keys"', 'keys_dir = "keys"\npassphrase_file = "none"', "passphrase file"),
        ('keys_dir = "keys"', 'keys_dir = "none"', "none, which is no folder: create it"),
        ("[chain]", "[api]", "unknown keys"),
    ],
)
def test_what_is_wrong_in_the_configuration_is_said(
    folder: Path, old: str, new: str, sentence: str
) -> None:
    edit(folder, old, new)
    assert sentence in refused(folder)


def test_a_configuration_without_a_service_is_refused(folder: Path) -> None:
    (folder / "sealbook.toml").write_text("")
    assert "[chain] and [service]" in refused(folder)


def test_a_passphrase_opens_keystores_and_loses_its_line_end(folder: Path) -> None:
    write_secret(folder / "passphrase", "open sesame ")
    edit(folder, 'keys_dir = "keys"', 'keys_dir = "keys"\npassphrase_file = "passphrase"')
    with opened(folder) as service:
        assert service.ledger.keyring.signer(SUPPLIER) is not None


def reasons(client: TestClient) -> list[str]:
    return [reason["check"] for reason in client.get("/readyz").json()["reasons"]]


def test_the_application_is_made_from_the_file_that_the_environment_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(folder / "sealbook.toml"))
    with TestClient(app_from_environment()) as client:
        assert client.get("/healthz").status_code == 200
        deadline = time.monotonic() + 30
        while "chain" not in (checks := reasons(client)) and time.monotonic() < deadline:
            time.sleep(0.05)  # the worker asks more than once before it gives up
    assert checks == ["chain"]


def test_the_environment_must_name_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    with pytest.raises(ConfigurationError, match=CONFIG_VARIABLE):
        app_from_environment()
    monkeypatch.setenv(CONFIG_VARIABLE, str(folder / "missing.toml"))
    with pytest.raises(ConfigurationError, match="cannot read"):
        app_from_environment()

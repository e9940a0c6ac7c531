from dataclasses import fields
from pathlib import Path

import pytest

from ledger.cli.files import write_secret
from ledger.errors import ConfigurationError
from ledger.invoices import Fingerprints, HmacFingerprint
from ledger.services.settings import (
    ChainSettings,
    FingerprintSettings,
    ServiceSettings,
    load_fingerprints,
    load_settings,
)

CHAIN = '[chain]\nrpc_url = "http://127.0.0.1:1"\ndeployment = "deployment.json"\n'
SERVICE = '[service]\ndatabase_url = "sqlite:///ledger.db"\nkeys_dir = "keys"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "sealbook.toml"
    path.write_text(text)
    return path


def test_paths_begin_at_the_file_and_defaults_are_careful(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, CHAIN + SERVICE))
    assert settings.chain is not None
    assert settings.chain.deployment == tmp_path / "deployment.json"
    assert not settings.chain.development
    assert settings.chain.confirmations > 0
    assert settings.service is not None
    assert settings.service.keys_dir == tmp_path / "keys"
    assert settings.service.database_url == f"sqlite:///{tmp_path}/ledger.db"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/ledger.db",
        "sqlite:///:memory:",
        "sqlite://",
        "postgresql://ledger:hidden@db.example:5432/ledger?sslmode=verify-full",
        "postgresql:///ledger?host=/run/postgresql",
    ],
)
def test_other_database_urls_stay_as_they_are(tmp_path: Path, url: str) -> None:
    settings = load_settings(
        write(tmp_path, f'[service]\ndatabase_url = "{url}"\nkeys_dir = "keys"\n')
    )
    assert settings.service is not None
    assert settings.service.database_url == url


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[chain", "is not TOML"),
        ("[chian]\n", "unknown tables: chian; there are chain, service, "),
        (
            CHAIN + "confirmation = 3\n",
            "unknown keys: confirmation; there are rpc_url, deployment, ",
        ),
        (CHAIN + 'confirmations = "3"\n', "confirmations of .chain. .* must be int"),
        (CHAIN + "confirmations = true\n", "must be int"),
        (CHAIN + 'finality = "soon"\n', "finality of .chain. .* must be depth or engine"),
        ('[chain]\nrpc_url = "http://127.0.0.1:1"\n', "lacks a key: .*deployment"),
        ("chain = 3\n", "chain.* must be a table"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        load_settings(write(tmp_path, text))


LIMITS: dict[str, dict[str, tuple[float, float]]] = {
    "chain": {"confirmations": (0, 100_000), "timeout_seconds": (0.1, 600)},
    "service": {
        "max_document_bytes": (1, 2**30),
        "max_bundle_bytes": (1, 2**40),
        "batch_max_documents": (1, 1_000_000),
        "batch_max_age_seconds": (0, 86_400),
        "resend_seconds": (1, 86_400),
        "poll_seconds": (0.001, 600),
        "follow_max_blocks": (1, 100_000),
    },
    "fingerprint": {"version": (0, 255), "previous_version": (0, 255)},
}
TABLES = {"chain": CHAIN, "service": SERVICE, "fingerprint": "[fingerprint]\n"}


def test_every_number_of_the_file_has_its_limits() -> None:
    tables = {
        "chain": ChainSettings,
        "service": ServiceSettings,
        "fingerprint": FingerprintSettings,
    }
    numbers = {
        name: {item.name for item in fields(kind) if item.type in (int, float, int | None)}
        for name, kind in tables.items()
    }
    assert numbers == {name: set(limits) for name, limits in LIMITS.items()}


@pytest.mark.parametrize(
    ("table", "key", "least", "most"),
    [(table, key, *limits) for table, keys in LIMITS.items() for key, limits in keys.items()],
)
def test_a_number_keeps_its_limits_and_the_message_names_key_and_file(
    tmp_path: Path, table: str, key: str, least: float, most: float
) -> None:
    for allowed in (least, most):
        settings = load_settings(write(tmp_path, f"{TABLES[table]}{key} = {allowed}\n"))
        assert getattr(getattr(settings, table), key) == allowed
    beyond: list[object] = [-1, 10**20]
    beyond += ["nan", "inf", 0.0] if key.endswith("_seconds") and isinstance(least, float) else []
    for refused in beyond:
        path = write(tmp_path, f"{TABLES[table]}{key} = {refused}\n")
        complaint = rf"{key} of \[{table}\] in {path} must be from {least}"
        with pytest.raises(ConfigurationError, match=complaint):
            load_settings(path)


def test_a_development_chain_has_no_confirmations(tmp_path: Path) -> None:
    for more in ("", "confirmations = 0\n"):
        settings = load_settings(write(tmp_path, f"{CHAIN}development = true\n{more}"))
        assert settings.chain is not None
        assert settings.chain.confirmations == 0
    path = write(tmp_path, f"{CHAIN}development = true\nconfirmations = 12\n")
    with pytest.raises(ConfigurationError, match="would never be final"):
        load_settings(path)


def test_the_fingerprint_key_comes_from_the_environment_before_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_secret(tmp_path / "fingerprint.hex", "11" * 32)
    settings = load_settings(write(tmp_path, '[fingerprint]\nkey_file = "fingerprint.hex"\n'))
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    from_file = load_fingerprints(settings.fingerprint)
    assert from_file is not None
    assert from_file == Fingerprints(HmacFingerprint(b"\x11" * 32, version=1))
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", "22" * 32)
    from_environment = load_fingerprints(settings.fingerprint)
    assert from_environment is not None
    assert from_environment == Fingerprints(HmacFingerprint(b"\x22" * 32, version=1))


def test_no_fingerprint_key_is_none_and_a_bad_one_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(write(tmp_path, ""))
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    assert load_fingerprints(settings.fingerprint) is None
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", "zz")
    with pytest.raises(ConfigurationError):
        load_fingerprints(settings.fingerprint)


def test_a_fingerprint_key_that_others_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_secret(tmp_path / "fingerprint.hex", "11" * 32)
    (tmp_path / "fingerprint.hex").chmod(0o644)
    settings = load_settings(write(tmp_path, '[fingerprint]\nkey_file = "fingerprint.hex"\n'))
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="others can read the fingerprint key"):
        load_fingerprints(settings.fingerprint)


ROTATION = """[fingerprint]
key_file = "new.hex"
version = 2
previous_key_file = "old.hex"
previous_version = 1
"""


@pytest.fixture
def rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_secret(tmp_path / "new.hex", "22" * 32)
    write_secret(tmp_path / "old.hex", "11" * 32)
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    return tmp_path


def test_during_a_rotation_the_previous_key_is_read_too(
    rotation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(write(rotation, ROTATION)).fingerprint
    old, new = (HmacFingerprint(bytes([17 * n] * 32), version=n) for n in (1, 2))
    assert load_fingerprints(settings) == Fingerprints(new, old)
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", "33" * 32)
    from_environment = HmacFingerprint(b"\x33" * 32, version=2)
    assert load_fingerprints(settings) == Fingerprints(from_environment, old)


@pytest.mark.parametrize(
    ("line", "instead", "complaint"),
    [
        ("previous_version = 1\n", "", "needs both previous_key_file and previous_version"),
        ('previous_key_file = "old.hex"\n', "", "needs both previous_key_file and previous"),
        ("previous_version = 1\n", "previous_version = 2\n", "are both 2: a new key has a new"),
        ('\nkey_file = "new.hex"', "", "names the previous key and not the current one"),
        ('"old.hex"', '"none.hex"', "previous fingerprint key"),
    ],
)
def test_half_a_rotation_is_refused(
    rotation: Path, line: str, instead: str, complaint: str
) -> None:
    assert line in ROTATION
    settings = load_settings(write(rotation, ROTATION.replace(line, instead)))
    with pytest.raises(ConfigurationError, match=complaint):
        load_fingerprints(settings.fingerprint)

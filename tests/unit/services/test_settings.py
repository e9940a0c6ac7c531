from pathlib import Path

import pytest

from ledger.cli.files import write_secret
from ledger.errors import ConfigurationError
from ledger.services.settings import load_fingerprint, load_settings

CHAIN = '[chain]\nrpc_url = "http://127.0.0.1:1"\ndeployment = "deployment.json"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "sealbook.toml"
    path.write_text(text)
    return path


def test_paths_begin_at_the_file_and_defaults_are_careful(tmp_path: Path) -> None:
    text = CHAIN + '[service]\ndatabase_url = "sqlite:///ledger.db"\nkeys_dir = "keys"\n'
    settings = load_settings(write(tmp_path, text))
    assert settings.chain is not None
    assert settings.chain.deployment == tmp_path / "deployment.json"
    assert not settings.chain.development
    assert settings.chain.confirmations > 0
    assert settings.service is not None
    assert settings.service.keys_dir == tmp_path / "keys"
    assert settings.service.database_url == f"sqlite:///{tmp_path}/ledger.db"


@pytest.mark.parametrize(
    "url", ["sqlite:////srv/ledger.db", "sqlite:///:memory:", "postgresql+psycopg://host/name"]
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
        ("[chian]\n", "unknown tables: chian"),
        (CHAIN + "confirmation = 3\n", "unknown keys: confirmation"),
        (CHAIN + 'confirmations = "3"\n', "confirmations of .chain. .* must be int"),
        (CHAIN + "confirmations = true\n", "must be int"),
        ('[chain]\nrpc_url = "http://127.0.0.1:1"\n', "lacks a key: .*deployment"),
        ("chain = 3\n", "chain.* must be a table"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        load_settings(write(tmp_path, text))


def test_the_fingerprint_key_comes_from_the_environment_before_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_secret(tmp_path / "fingerprint.hex", "11" * 32)
    settings = load_settings(write(tmp_path, '[fingerprint]\nkey_file = "fingerprint.hex"\n'))
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    from_file = load_fingerprint(settings.fingerprint)
    assert from_file is not None
    assert from_file.key == b"\x11" * 32
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", "22" * 32)
    from_environment = load_fingerprint(settings.fingerprint)
    assert from_environment is not None
    assert from_environment.key == b"\x22" * 32


def test_no_fingerprint_key_is_none_and_a_bad_one_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(write(tmp_path, ""))
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    assert load_fingerprint(settings.fingerprint) is None
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", "zz")
    with pytest.raises(ConfigurationError):
        load_fingerprint(settings.fingerprint)


def test_a_fingerprint_key_that_others_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_secret(tmp_path / "fingerprint.hex", "11" * 32)
    (tmp_path / "fingerprint.hex").chmod(0o644)
    settings = load_settings(write(tmp_path, '[fingerprint]\nkey_file = "fingerprint.hex"\n'))
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="others can read the fingerprint key"):
        load_fingerprint(settings.fingerprint)

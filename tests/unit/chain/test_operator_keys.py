import json
import os
from pathlib import Path

import pytest
from eth_account import Account

from ledger.chain.keyring import DirectoryKeyring, key_file
from ledger.chain.secret_files import read_secret
from ledger.chain.signer import generate_key, load_key
from ledger.errors import ConfigurationError
from ledger.types import MemberId

MEMBER = MemberId("org:some-member")
KEY = generate_key()
ADDRESS = Account.from_key(KEY).address
PASSPHRASE = generate_key()


def write(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path


# Names a case without the key, which is another one in each process.
def length(text: str) -> str:
    return f"{len(text)} characters"


def keystore(**changes: object) -> str:
    form = Account.encrypt(bytes.fromhex(KEY), PASSPHRASE, kdf="pbkdf2", iterations=1)
    return json.dumps({**form, **changes})


@pytest.mark.parametrize(
    "text", [KEY, f"0x{KEY}", KEY.upper(), f"{KEY}\n", f"  {KEY}\r\n"], ids=length
)
def test_64_hex_digits_are_a_key(tmp_path: Path, text: str) -> None:
    assert load_key(write(tmp_path / "a.key", text)).address == ADDRESS


@pytest.mark.parametrize(
    "text",
    [
        "",
        KEY[:-1],
        KEY + "0",
        "0" + KEY,
        f"0x0x{KEY}",
        KEY[:-1] + "g",
        KEY[:32] + " " + KEY[32:],
        "00" * 32,
        "ff" * 32,
        "[]",
        "{",
        "{}",
        '{"version": 3}',
        '{"version": 3, "crypto": []}',
        "{" * 20_000,
        '{"a":' * 10_000,
    ],
    ids=length,
)
def test_what_is_not_a_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not an operator key"):
        load_key(write(tmp_path / "a.key", text))


def test_a_keystore_of_version_3_is_opened_with_its_passphrase(tmp_path: Path) -> None:
    path = write(tmp_path / "a.key", keystore())
    assert load_key(path, passphrase=PASSPHRASE).address == ADDRESS
    with pytest.raises(ConfigurationError, match="passphrase is wrong"):
        load_key(path, passphrase=PASSPHRASE[1:])
    with pytest.raises(ConfigurationError, match="passphrase is wrong"):
        load_key(path)


@pytest.mark.parametrize("version", [1, 2, 4, 5, "3", None])
def test_a_keystore_of_another_version_is_refused(tmp_path: Path, version: object) -> None:
    path = write(tmp_path / "a.key", keystore(version=version))
    with pytest.raises(ConfigurationError, match="version 3 keystore"):
        load_key(path, passphrase=PASSPHRASE)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_secret_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path / "secret", "a secret\n")
    assert read_secret(path, "note") == "a secret"
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"others can read the note .* chmod 600 {path}"):
        read_secret(path, "note")


def test_a_secret_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot read the note"):
            read_secret(path, "note")
    binary = write(tmp_path / "binary", "")
    binary.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="cannot read the note"):
        read_secret(binary, "note")
    with pytest.raises(ConfigurationError, match="too long"):
        read_secret(write(tmp_path / "long", "a" * 70_000), "note")


def test_a_key_that_is_replaced_is_read_again(tmp_path: Path) -> None:
    keyring = DirectoryKeyring(tmp_path)
    assert keyring.signer(MEMBER) is None
    path = write(key_file(tmp_path, MEMBER), KEY)
    before = keyring.signer(MEMBER)
    assert before is not None
    assert before.address == ADDRESS
    assert keyring.signer(MEMBER) is before

    write(tmp_path / "new", generate_key()).replace(path)
    after = keyring.signer(MEMBER)
    assert after is not None
    assert after.address != ADDRESS

    path.unlink()
    assert keyring.signer(MEMBER) is None


def test_a_key_that_is_overwritten_in_place_is_read_again(tmp_path: Path) -> None:
    keyring = DirectoryKeyring(tmp_path)
    path = write(key_file(tmp_path, MEMBER), generate_key())
    os.utime(path, ns=(1, 1))
    keyring.signer(MEMBER)
    path.write_text(KEY)
    after = keyring.signer(MEMBER)
    assert after is not None
    assert after.address == ADDRESS

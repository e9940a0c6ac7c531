import os
import sqlite3
from pathlib import Path

import pytest
from eth_account import Account as Signer

from devnet.chain import Devnet
from devnet.errors import DevnetError
from tests.devnet.bytecode import STORE, words
from tests.devnet.client import Client, hexed


def test_a_restart_finds_what_was_sealed(tmp_path: Path) -> None:
    with Devnet.open(tmp_path) as devnet:
        client = Client(devnet)
        sender, receiver, *_ = devnet.accounts
        store = client.create(sender, STORE)
        client.send(sender, to=store, data=words(1, 42))
        transfer = client.send(sender, to=receiver.address, value=5)
        before = {
            "head": client.ask("eth_getBlockByNumber", "latest", True),
            "receipt": client.ask("eth_getTransactionReceipt", transfer),
            "slot": client.ask("eth_getStorageAt", store, "0x1"),
            "balance": client.ask("eth_getBalance", receiver.address),
        }
        nonces = client.nonces
    with Devnet.open(tmp_path) as devnet:
        client = Client(devnet, nonces)
        after = {
            "head": client.ask("eth_getBlockByNumber", "latest", True),
            "receipt": client.ask("eth_getTransactionReceipt", transfer),
            "slot": client.ask("eth_getStorageAt", store, "0x1"),
            "balance": client.ask("eth_getBalance", receiver.address),
        }
        assert after == before
        assert after["slot"] == hexed(words(42))
        assert client.sent(sender, to=receiver.address, value=1)["blockNumber"] == "0x4"


def test_accounts_and_chain_id_stay_the_same(tmp_path: Path) -> None:
    with Devnet.open(tmp_path, chain_id=99, accounts=3) as devnet:
        accounts = devnet.accounts
    with Devnet.open(tmp_path) as devnet:
        assert devnet.accounts == accounts
        assert devnet.chain_id == 99
    with Devnet.open(tmp_path, chain_id=99, accounts=3) as devnet:
        assert devnet.accounts == accounts


def test_two_chains_have_no_key_in_common(tmp_path: Path) -> None:
    with Devnet.open(tmp_path / "a") as one, Devnet.open(tmp_path / "b") as other:
        keys = {account.private_key for account in one.accounts + other.accounts}
    assert len(keys) == 20


def test_the_key_files_open_the_accounts_and_are_private(tmp_path: Path) -> None:
    with Devnet.open(tmp_path) as devnet:
        for position, account in enumerate(devnet.accounts):
            path = tmp_path / "keys" / f"account-{position}.key"
            assert Signer.from_key(path.read_text().strip()).address == account.address
            assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_an_account_does_not_show_its_key() -> None:
    with Devnet.open(None) as devnet:
        account = devnet.accounts[0]
        assert account.private_key.hex() not in repr(account)
        assert repr(account.private_key) not in repr(account)


@pytest.mark.parametrize(("changed", "named"), [("chain_id", "chain id"), ("accounts", "accounts")])
def test_a_restart_with_another_setting_is_refused(
    tmp_path: Path, changed: str, named: str
) -> None:
    Devnet.open(tmp_path, chain_id=7, accounts=2).close()
    with pytest.raises(DevnetError, match=f"{named} .*, not 8"):
        Devnet.open(tmp_path, **{changed: 8})  # type: ignore[arg-type]  # one of two int options
    Devnet.open(tmp_path).close()


@pytest.mark.parametrize("chain_id", [0, -1, 2**53])
def test_a_chain_id_that_wallets_cannot_use_is_refused(chain_id: int) -> None:
    with pytest.raises(DevnetError, match="a chain id is a number from 1"):
        Devnet.open(None, chain_id=chain_id)


@pytest.mark.parametrize("accounts", [0, -1, 1001])
def test_a_number_of_accounts_out_of_range_is_refused(accounts: int) -> None:
    with pytest.raises(DevnetError, match="1 to 1000 accounts"):
        Devnet.open(None, accounts=accounts)


def test_a_chain_that_is_open_is_refused_until_it_is_closed(tmp_path: Path) -> None:
    with Devnet.open(tmp_path), pytest.raises(DevnetError, match="another process runs the chain"):
        Devnet.open(tmp_path)
    Devnet.open(tmp_path).close()


def test_a_first_start_that_died_before_the_genesis_is_taken_up(tmp_path: Path) -> None:
    Devnet.open(tmp_path, accounts=3).close()
    kept = (tmp_path / "keys" / "account-0.key").read_text()
    (tmp_path / "keys" / "account-2.key").unlink()
    (tmp_path / "chain.sqlite3").unlink()
    with Devnet.open(tmp_path, accounts=3) as devnet:
        assert len(devnet.accounts) == 3
        assert f"0x{devnet.accounts[0].private_key.hex()}" == kept.strip()
        assert Client(devnet).ask("eth_getBalance", devnet.accounts[2].address) != "0x0"


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    Devnet.open(tmp_path).close()
    (tmp_path / "keys" / "account-4.key").unlink()
    with pytest.raises(DevnetError, match=r"account-4\.key must hold the private key of 0x"):
        Devnet.open(tmp_path)


def test_a_key_of_another_account_is_named(tmp_path: Path) -> None:
    Devnet.open(tmp_path).close()
    (tmp_path / "keys" / "account-4.key").write_text(f"0x{os.urandom(32).hex()}")
    with pytest.raises(DevnetError, match=r"account-4\.key must hold the private key of 0x"):
        Devnet.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"key", b"0x00", b"\xff\xfe", b"0x" + b"f" * 64])
def test_a_file_that_holds_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    Devnet.open(tmp_path).close()
    (tmp_path / "keys" / "account-4.key").write_bytes(content)
    with pytest.raises(DevnetError, match=r"account-4\.key must hold one private key"):
        Devnet.open(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "chain.sqlite3").write_bytes(
        b"not a database, and long enough to be read as one" * 9
    )
    with pytest.raises(DevnetError, match=r"chain\.sqlite3 is not a devnet database"):
        Devnet.open(tmp_path)


def test_a_directory_in_the_place_of_the_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "chain.sqlite3").mkdir()
    with pytest.raises(DevnetError, match=r"chain\.sqlite3 is not a devnet database"):
        Devnet.open(tmp_path)


def test_a_database_of_another_format_is_refused(tmp_path: Path) -> None:
    Devnet.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "chain.sqlite3")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(DevnetError, match="format 2, and this program reads format 1"):
        Devnet.open(tmp_path)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DevnetError, match="file"):
        Devnet.open(tmp_path / "file")

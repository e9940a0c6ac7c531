import json
import re
import stat
from pathlib import Path

import pytest
from eth_account import Account

from ledger.chain.membership import Role
from ledger.cli.files import write_secret
from ledger.errors import Unauthenticated
from ledger.services.principals import Principal, authenticate
from tests.cli.commands import sealbook
from tests.cli.world import World
from tests.support.consortium import BUYER, SUPPLIER


def test_a_new_key_is_in_a_file_of_its_owner_alone_and_only_its_address_is_printed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "operator.key"
    printed = sealbook("member", "keygen", "--out", path)
    assert printed.code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_text().strip()
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert printed.out == f"{Account.from_key(key).address}\n"
    assert sealbook("member", "address", "--key", path).out == printed.out


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "operator.key"
    sealbook("member", "keygen", "--out", path)
    before = path.read_bytes()
    printed = sealbook("member", "keygen", "--out", path)
    assert printed.code == 1
    assert "never overwritten" in printed.err
    assert path.read_bytes() == before


def test_a_keystore_is_opened_with_its_passphrase(tmp_path: Path) -> None:
    account = Account.create()
    keystore = tmp_path / "keystore.json"
    keystore.touch(mode=0o600)
    keystore.write_text(_keystore(account.key))
    passphrase = tmp_path / "passphrase"
    write_secret(passphrase, "correct horse")
    printed = sealbook(
        "member", "address", "--key", keystore, "--passphrase-file", passphrase, "--json"
    )
    assert printed.json == {"address": account.address}
    passphrase.write_text("wrong\n")
    refused = sealbook("member", "address", "--key", keystore, "--passphrase-file", passphrase)
    assert refused.code == 1
    assert "or its passphrase is wrong" in refused.err
    passphrase.chmod(0o640)
    open_to_others = sealbook(
        "member", "address", "--key", keystore, "--passphrase-file", passphrase
    )
    assert open_to_others.code == 1
    assert f"others can read the passphrase file {passphrase}" in open_to_others.err


def _keystore(key: bytes) -> str:
    return json.dumps(Account.encrypt(key, "correct horse", kdf="pbkdf2", iterations=1))


def test_a_member_adds_a_key_and_revokes_the_old_one(passing: World) -> None:
    old = passing.consortium.signers[SUPPLIER].address
    new = passing.consortium.spare[0].address
    config = ("--config", passing.config)
    added = sealbook("member", "add-key", SUPPLIER, new, "--key", passing.key(SUPPLIER), *config)
    assert (added.code, added.out) == (0, f"{new} acts for {SUPPLIER} from now on.\n")
    revoked = sealbook(
        "member", "revoke-key", SUPPLIER, old, "--key", passing.key(SUPPLIER), *config
    )
    assert revoked.code == 0
    assert "never can again" in revoked.out
    again = sealbook(
        "member", "add-key", SUPPLIER, old, "--key", passing.key(SUPPLIER), *config, "--json"
    )
    assert (again.code, again.json["error"]["code"]) == (1, "operator-key-retired")


def test_a_key_that_acts_for_another_member_is_refused(passing: World) -> None:
    printed = sealbook(
        *("member", "add-key", SUPPLIER, passing.consortium.spare[0].address),
        *("--key", passing.key(BUYER), "--config", passing.config, "--json"),
    )
    assert printed.code == 1
    assert printed.json["error"]["code"] == "foreign-operator-key"


def test_an_api_key_works_until_it_is_revoked(world: World, tmp_path: Path) -> None:
    path = tmp_path / "buyer.key"
    issued = sealbook(
        *("member", "api-key", BUYER, "--role", "buyer", "--out", path),
        *("--config", world.config, "--json"),
    )
    assert issued.code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = path.read_text().strip()
    assert secret not in issued.out
    store = world.service.ledger.store
    assert authenticate(store, secret) == Principal(BUYER, Role.BUYER)
    revoke = ("member", "revoke-api-key", issued.json["id"], "--config", world.config)
    assert sealbook(*revoke).code == 0
    with pytest.raises(Unauthenticated):
        authenticate(store, secret)
    again = sealbook(*revoke)
    assert again.code == 1
    assert "is not a live API key" in again.err


def test_without_a_file_the_api_key_is_printed_once(world: World) -> None:
    printed = sealbook(
        "member", "api-key", SUPPLIER, "--role", "supplier", "--config", world.config, "--json"
    )
    principal = authenticate(world.service.ledger.store, printed.json["key"])
    assert principal == Principal(SUPPLIER, Role.SUPPLIER)


def test_an_api_key_that_cannot_be_handed_over_is_not_left_alive(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "taken.key"
    path.touch()
    options = ("--role", "buyer", "--out", path, "--config", world.config)
    printed = sealbook("member", "api-key", BUYER, *options)
    assert printed.code == 1
    assert path.read_text() == ""
    with world.service.ledger.store.reading() as connection:
        live = connection.exec_driver_sql(
            "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND role = 'buyer'"
        )
        assert live.scalar_one() == 0


@pytest.mark.parametrize(
    ("member", "role", "code"),
    [("lei:NOBODY", "buyer", "unknown-member"), (BUYER, "supplier", "missing-role")],
)
def test_no_api_key_is_issued_for_what_the_chain_does_not_know(
    world: World, tmp_path: Path, member: str, role: str, code: str
) -> None:
    path = tmp_path / "nobody.key"
    words = ("member", "api-key", member, "--role", role, "--out", path)
    printed = sealbook(*words, "--config", world.config, "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, code)
    assert not path.exists()


def test_without_a_node_an_api_key_is_issued_and_said_not_to_be_checked(
    world: World, tmp_path: Path
) -> None:
    config = world.second_service(tmp_path)
    config.write_text(config.read_text().replace(world.rpc_url, "http://127.0.0.1:9"))
    words = ("member", "api-key", "lei:NOBODY", "--role", "buyer", "--config", config)
    printed = sealbook(*words)
    assert printed.code == 0
    assert "Not checked whether lei:NOBODY is a buyer on the chain: the chain node" in printed.err
    assert sealbook(*words, "--json").json["checked"] is False


def test_the_database_of_a_service_that_never_ran_is_made(tmp_path: Path) -> None:
    config = tmp_path / "sealbook.toml"
    config.write_text(
        f'[service]\ndatabase_url = "sqlite:///{tmp_path}/new.db"\nkeys_dir = "keys"\n'
    )
    printed = sealbook("member", "api-key", BUYER, "--role", "buyer", "--config", config)
    assert printed.code == 0
    assert printed.err == (
        f"Not checked whether {BUYER} is a buyer on the chain: the configuration has no table"
        " [chain].\n"
    )


def test_without_a_service_there_is_nobody_to_issue_a_key_for(tmp_path: Path) -> None:
    config = tmp_path / "sealbook.toml"
    config.write_text("")
    printed = sealbook("member", "api-key", BUYER, "--role", "buyer", "--config", config)
    assert printed.code == 1
    assert "it has no table [service]" in printed.err

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from ledger.chain.deployment import read_deployment
from ledger.chain.web3_adapter import Web3Chain
from ledger.chain.wiring import check_deployment
from tests.cli.commands import Printed, sealbook
from tests.cli.servers import serving_devnet

# Council members, and the numbers of the accounts that are their first operator keys.
SEATS = {"lei:ONE": 1, "lei:TWO": 2}
CONTRACTS = ("Forwarder", "Membership", "Notary", "InvoiceBook", "DepositCertificateBook")
THREE_SEATS = {**SEATS, "lei:THREE": 3}


@dataclass(frozen=True)
class Ground:
    """A fresh chain, and key files of its accounts."""

    devnet: Devnet
    url: str
    folder: Path

    def key(self, account: int) -> Path:
        path = self.folder / f"account-{account}.key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(self.devnet.accounts[account].private_key.hex())
        return path

    def deploy(
        self,
        *options: str | Path,
        threshold: int = 2,
        account: int = 0,
        seats: Mapping[str, int] = SEATS,
    ) -> Printed:
        addresses = [item.address for item in self.devnet.accounts]
        council = [f"{member}={addresses[number]}" for member, number in seats.items()]
        return sealbook(
            *("deploy", "--rpc-url", self.url, "--key", self.key(account)),
            *(option for seat in council for option in ("--council", seat)),
            *("--threshold", str(threshold), "--out", self.folder / "deployment.json"),
            *options,
        )


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with Devnet.open(accounts=4) as devnet, serving_devnet(devnet) as url:
        yield Ground(devnet, url, tmp_path)


def test_the_contracts_are_deployed_and_the_manifest_says_where(ground: Ground) -> None:
    printed = ground.deploy()
    assert (printed.code, printed.err) == (0, "")
    assert printed.masked == (
        "Forwarder deployed at ADDRESS.\n"
        "Membership deployed at ADDRESS.\n"
        "Notary deployed at ADDRESS.\n"
        "InvoiceBook deployed at ADDRESS.\n"
        "DepositCertificateBook deployed at ADDRESS.\n"
        f"{ground.folder}/deployment.json says where they stand: give it to all members.\n"
    )
    deployment = read_deployment(ground.folder / "deployment.json")
    check_deployment(Web3Chain(DevnetProvider(ground.devnet)), deployment)
    members = sealbook(
        *("member", "list", "--rpc-url", ground.url),
        *("--deployment", ground.folder / "deployment.json"),
    )
    assert members.out == (
        "MEMBER   STATUS  ROLES    KEYS\nlei:ONE  active  council  1\nlei:TWO  active  council  1\n"
    )


def test_a_second_run_finds_what_stands_and_writes_the_same_manifest(ground: Ground) -> None:
    ground.deploy()
    manifest = (ground.folder / "deployment.json").read_bytes()
    (ground.folder / "deployment.json").unlink()
    printed = ground.deploy()
    assert printed.code == 0
    assert printed.masked.startswith("Forwarder stands at ADDRESS already.\n")
    assert (ground.folder / "deployment.json").read_bytes() == manifest


@pytest.mark.parametrize(
    ("founded", "threshold", "seats"),
    [
        (SEATS, 2, {"lei:ONE": 2, "lei:TWO": 1}),
        (SEATS, 2, {"lei:ONE": 1, "lei:TWO": 3}),
        (SEATS, 2, {"lei:ONE": 1, "lei:THREE": 2}),
        (SEATS, 2, THREE_SEATS),
        (THREE_SEATS, 2, SEATS),
        (THREE_SEATS, 3, THREE_SEATS),
    ],
)
def test_a_second_run_for_another_council_is_refused(
    ground: Ground, founded: Mapping[str, int], threshold: int, seats: Mapping[str, int]
) -> None:
    ground.deploy(seats=founded)
    (ground.folder / "deployment.json").unlink()
    printed = ground.deploy(threshold=threshold, seats=seats)
    assert (printed.code, printed.out) == (1, "")
    assert "was founded by another council or with another threshold" in printed.err
    assert not (ground.folder / "deployment.json").exists()


def test_what_the_council_decided_since_does_not_matter_to_a_second_run(ground: Ground) -> None:
    ground.deploy()
    manifest = (ground.folder / "deployment.json").read_bytes()
    added = sealbook(
        *("member", "add-key", "lei:ONE", ground.devnet.accounts[3].address),
        *("--key", ground.key(1), "--rpc-url", ground.url),
        *("--deployment", ground.folder / "deployment.json"),
    )
    assert added.code == 0
    revoked = sealbook(
        *("member", "revoke-key", "lei:ONE", ground.devnet.accounts[1].address),
        *("--key", ground.key(1), "--rpc-url", ground.url),
        *("--deployment", ground.folder / "deployment.json"),
    )
    assert revoked.code == 0
    assert ground.deploy().code == 0
    assert (ground.folder / "deployment.json").read_bytes() == manifest


def test_the_deployment_for_programs_is_one_json_object(ground: Ground) -> None:
    found = ground.deploy("--json").json
    manifest = json.loads((ground.folder / "deployment.json").read_bytes())
    assert found["chain"] == manifest["chain"] == "eip155:1337702"
    assert found["contracts"] == manifest["contracts"]
    assert set(found["contracts"]) == set(CONTRACTS)
    assert all(name.startswith("eip155:1337702:0x") for name in found["contracts"].values())
    assert len(found["done"]) == len(CONTRACTS)


def test_the_manifest_of_another_deployment_is_never_overwritten(ground: Ground) -> None:
    ground.deploy()
    manifest = (ground.folder / "deployment.json").read_bytes()
    printed = ground.deploy(account=3)
    assert printed.code == 1
    assert "is the manifest of another deployment" in printed.err
    assert (ground.folder / "deployment.json").read_bytes() == manifest


def test_a_threshold_that_the_council_cannot_reach_is_refused_before_anything_is_sent(
    ground: Ground,
) -> None:
    printed = ground.deploy(threshold=3)
    assert printed.code == 1
    assert printed.err == "Error: 3 approvals do not suit a council of 2.\n"
    chain = Web3Chain(DevnetProvider(ground.devnet))
    assert chain.head().ref.number == 0
    assert not (ground.folder / "deployment.json").exists()


@pytest.mark.parametrize("seat", ["lei:ONE", "lei:ONE=0x12", "nobody=0x" + "11" * 20])
def test_a_seat_that_cannot_be_read_is_wrong_usage(ground: Ground, seat: str) -> None:
    printed = ground.deploy("--council", seat)
    assert (printed.code, printed.out) == (2, "")


def test_a_key_file_that_others_can_read_is_refused(ground: Ground) -> None:
    ground.key(0).chmod(0o644)
    printed = ground.deploy()
    assert printed.code == 1
    assert f"run chmod 600 {ground.key(0)}" in printed.err

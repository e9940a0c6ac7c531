from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eth_account import Account

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from ledger.chain.deployer import Council, deploy
from ledger.chain.deployment import (
    Deployment,
    predecessor_of,
    read_deployment,
    write_deployment,
)
from ledger.chain.membership import Membership
from ledger.chain.signer import KeySigner
from ledger.chain.web3_adapter import Web3Chain
from ledger.chain.wiring import check_deployment
from ledger.errors import ChainMismatch, ConfigurationError, Conflict
from ledger.services.custody import Answer, Custody, Link, read_custody, require_heir
from ledger.types import AccountName, ChainId
from tests.support.consortium import COUNCIL, Consortium, running_consortium

ALONE = Custody(None, None)


@pytest.fixture
def old() -> Iterator[Consortium]:
    with running_consortium() as running:
        yield running


def follow(old: Consortium, chain: Web3Chain, key: KeySigner) -> Deployment:
    seats = tuple((member, old.signers[member].address) for member in COUNCIL)
    return deploy(
        chain,
        key,
        Council(seats, threshold=2),
        succeeds=old.deployment,
        timeout_seconds=10,
        report=lambda _text: None,
    )


def name_of(deployment: Deployment) -> AccountName:
    return AccountName(deployment.chain, deployment.membership)


def hand_over(old: Consortium, new: Deployment) -> None:
    old.decide(old.membership.succeed(require_heir(old.deployment, new)))


def test_deployments_on_one_chain_name_each_other_once_the_old_council_decided(
    old: Consortium,
) -> None:
    new = follow(old, old.chain, old.spare[0])
    check_deployment(old.chain, new)
    assert new.predecessor == predecessor_of(old.deployment)
    assert read_custody(old.chain, old.deployment) == ALONE
    claimed = Custody(Link(name_of(old.deployment), Answer.ONE_SIDED), None)
    assert read_custody(old.chain, new) == claimed
    hand_over(old, new)
    confirmed = Custody(Link(name_of(old.deployment), Answer.MUTUAL), None)
    assert read_custody(old.chain, new) == confirmed
    handed = Custody(None, Link(name_of(new), Answer.MUTUAL))
    assert read_custody(old.chain, old.deployment) == handed


def test_a_repeated_run_finds_the_successor_also_after_the_handing_over(old: Consortium) -> None:
    new = follow(old, old.chain, old.spare[0])
    hand_over(old, new)
    assert follow(old, old.chain, old.spare[0]) == new


def test_a_deployment_that_handed_over_gets_no_second_successor(old: Consortium) -> None:
    hand_over(old, follow(old, old.chain, old.spare[0]))
    before = old.chain.head()
    with pytest.raises(ConfigurationError, match="has handed over to eip155:1337702:0x"):
        follow(old, old.chain, old.spare[1])
    assert old.chain.head() == before


def test_the_manifest_says_in_caip_10_what_a_deployment_follows(
    old: Consortium, tmp_path: Path
) -> None:
    new = follow(old, old.chain, old.spare[0])
    path = tmp_path / "deployment.json"
    path.write_text(write_deployment(new))
    assert read_deployment(path) == new
    membership, book = old.deployment.membership, old.deployment.invoice_book
    assert f'"Membership": "eip155:1337702:{membership}"' in path.read_text()
    assert f'"InvoiceBook": "eip155:1337702:{book}"' in path.read_text()


def test_custody_passes_to_another_chain_which_asks_no_keys_there(old: Consortium) -> None:
    with Devnet.open(chain_id=1_337_703, accounts=1) as devnet:
        chain = Web3Chain(DevnetProvider(devnet))
        new = follow(old, chain, KeySigner(Account.from_key(devnet.accounts[0].private_key)))
        check_deployment(chain, new)
        unasked = Custody(Link(name_of(old.deployment), Answer.NOT_ASKED), None)
        assert read_custody(chain, new) == unasked
        claimed = Custody(Link(name_of(old.deployment), Answer.ONE_SIDED), None)
        assert read_custody(chain, new, [old.chain]) == claimed
        hand_over(old, new)
        confirmed = Custody(Link(name_of(old.deployment), Answer.MUTUAL), None)
        assert read_custody(chain, new, [old.chain]) == confirmed
        handed = Custody(None, Link(name_of(new), Answer.MUTUAL))
        assert read_custody(old.chain, old.deployment, [chain]) == handed


def test_a_successor_on_another_chain_that_is_none_is_seen(old: Consortium) -> None:
    with Devnet.open(chain_id=1_337_703, accounts=1) as devnet:
        nobody = AccountName(ChainId(1_337_703), old.deployment.membership)
        old.decide(old.membership.succeed(nobody))
        other = Web3Chain(DevnetProvider(devnet))
        found = read_custody(old.chain, old.deployment, [other])
        assert found == Custody(None, Link(nobody, Answer.ONE_SIDED))


def test_another_chain_with_the_id_of_the_old_one_is_refused(old: Consortium) -> None:
    with Devnet.open(accounts=1) as devnet:
        chain = Web3Chain(DevnetProvider(devnet))
        key = KeySigner(Account.from_key(devnet.accounts[0].private_key))
        with pytest.raises(ChainMismatch, match="another chain with the same id"):
            follow(old, chain, key)
        assert chain.head().ref.number == 0


def test_an_old_deployment_that_does_not_stand_is_refused(old: Consortium) -> None:
    nowhere = replace(old.deployment, membership=old.spare[2].address)
    with pytest.raises(ConfigurationError, match="where Membership is to stand"):
        follow(replace(old, deployment=nowhere), old.chain, old.spare[0])


def test_a_contract_that_is_no_book_is_refused_as_the_old_one(old: Consortium) -> None:
    for other in (old.deployment.notary, old.deployment.forwarder):
        forged = replace(old.deployment, invoice_book=other)
        with pytest.raises(ConfigurationError, match=f"{other} is not a book of invoices"):
            follow(replace(old, deployment=forged), old.chain, old.spare[0])


def test_a_book_of_the_other_kind_is_refused_as_the_old_one(old: Consortium) -> None:
    deployed = old.deployment
    swapped = replace(deployed, certificate_book=deployed.invoice_book)
    with pytest.raises(ConfigurationError, match="is not a book of certificates"):
        follow(replace(old, deployment=swapped), old.chain, old.spare[0])


def test_a_manifest_that_mixes_two_old_deployments_is_refused(old: Consortium) -> None:
    seats = tuple((member, old.signers[member].address) for member in COUNCIL)
    other = deploy(
        old.chain,
        old.spare[3],
        Council(seats, threshold=2),
        timeout_seconds=10,
        report=lambda _text: None,
    )
    for mixed in (
        replace(old.deployment, invoice_book=other.invoice_book),
        replace(old.deployment, certificate_book=other.certificate_book),
    ):
        with pytest.raises(ConfigurationError, match="the manifest mixes two deployments"):
            follow(replace(old, deployment=mixed), old.chain, old.spare[0])


def test_the_council_hands_over_only_to_a_deployment_that_was_made_for_it(old: Consortium) -> None:
    new = follow(old, old.chain, old.spare[0])
    assert require_heir(old.deployment, new) == name_of(new)
    with pytest.raises(Conflict) as caught:
        require_heir(old.deployment, replace(new, predecessor=None))
    assert caught.value.rule == "not-the-successor"
    assert Membership(old.chain, new.membership).successor(at=old.chain.head().ref) is None

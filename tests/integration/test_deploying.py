from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from eth_account import Account

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from ledger.chain.artifacts import load_artifact
from ledger.chain.deployer import Council, contract_address, deploy
from ledger.chain.deployment import Deployment, predecessor_of
from ledger.chain.port import Chain
from ledger.chain.sending import send_and_wait
from ledger.chain.signer import KeySigner
from ledger.chain.web3_adapter import Web3Chain
from ledger.chain.wiring import check_deployment
from ledger.codec import member_to_word
from ledger.errors import ChainMismatch, ConfigurationError, TransportError
from ledger.types import Address, MemberId
from tests.support.trouble import Fault, Killed, altered_chain

NO_ADDRESS = Address("0x" + "00" * 20)
FIRST_DEPLOYMENT = (0, NO_ADDRESS)
ONE_BYTE_OF_CODE = bytes.fromhex("6001600c60003960016000f300")
CONTRACTS = ("Forwarder", "Membership", "Notary", "InvoiceBook", "DepositCertificateBook")


@dataclass(frozen=True)
class Ground:
    """A chain on which nothing stands, and keys of its accounts."""

    devnet: Devnet
    chain: Web3Chain
    keys: list[KeySigner]

    @property
    def council(self) -> Council:
        names = (MemberId("lei:ONE"), MemberId("lei:TWO"))
        return Council(tuple(zip(names, (key.address for key in self.keys), strict=False)), 2)

    def deploy(
        self, chain: Chain | None = None, *, account: int = 0, timeout_seconds: float = 10
    ) -> Deployment:
        return deploy(
            chain or self.chain,
            self.keys[account],
            self.council,
            timeout_seconds=timeout_seconds,
            report=lambda _text: None,
        )

    def create(self, nonce: int, code: bytes, *, account: int = 0) -> None:
        """Make a contract by hand, as a rule with the account that deploys."""
        receipt = send_and_wait(
            self.chain, self.keys[account], None, code, nonce=nonce, timeout_seconds=10
        )
        assert receipt.succeeded

    def founding(self, forwarder: Address, origin: tuple[int, Address]) -> tuple[Any, ...]:
        """What Membership is made with."""
        words = [member_to_word(member) for member, _ in self.council.seats]
        keys = [key for _, key in self.council.seats]
        return (words, keys, 2, forwarder, origin)

    def sent(self) -> int:
        """Transactions that the account which deploys has on the chain."""
        head = self.chain.head().ref
        return self.chain.sealed_transaction_count(self.keys[0].address, at=head)


def opened(devnet: Devnet) -> Ground:
    keys = [KeySigner(Account.from_key(account.private_key)) for account in devnet.accounts]
    return Ground(devnet, Web3Chain(DevnetProvider(devnet)), keys)


@pytest.fixture
def ground() -> Iterator[Ground]:
    with Devnet.open(accounts=3) as devnet:
        yield opened(devnet)


def creation(name: str, *arguments: Any) -> bytes:
    artifact = load_artifact(name)
    return artifact.bytecode + artifact.abi.encode_constructor(*arguments)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_run_killed_around_any_contract_is_repeated_and_makes_none_twice(
    ground: Ground,
    contract: str,
    after: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    fault = Fault(at=CONTRACTS.index(contract), after=after)

    def send(raw: bytes) -> None:
        with fault.around():
            ground.chain.send(raw)

    with pytest.raises(Killed):
        ground.deploy(altered_chain(ground.chain, {"send": send}))
    deployment = ground.deploy()
    assert tuple(deployment.contracts) == CONTRACTS
    assert check_deployment(ground.chain, deployment).number == ground.sent() == len(CONTRACTS)
    assert deployment.first_block == 1
    assert ground.deploy() == deployment


def test_a_run_that_the_chain_kept_waiting_goes_on_with_what_it_sent() -> None:
    with Devnet.open(accounts=3, auto_seal=False) as devnet:
        ground = opened(devnet)
        for stands in range(len(CONTRACTS)):
            for _again in range(2):
                with pytest.raises(TransportError, match="run the command again"):
                    ground.deploy(timeout_seconds=0.01)
            assert ground.sent() == stands
            devnet.seal()
        assert check_deployment(ground.chain, ground.deploy()).number == len(CONTRACTS)


def test_the_contracts_of_two_accounts_are_two_deployments(ground: Ground) -> None:
    one, other = ground.deploy(), ground.deploy(account=1)
    assert not set(one.contracts.values()) & set(other.contracts.values())
    check_deployment(ground.chain, one)
    check_deployment(ground.chain, other)


def test_a_foreign_contract_at_an_address_is_refused(ground: Ground) -> None:
    ground.create(0, ONE_BYTE_OF_CODE)
    with pytest.raises(ConfigurationError, match="it is not this version's Forwarder"):
        ground.deploy()
    assert ground.sent() == 1


def test_an_account_that_did_something_else_is_refused(ground: Ground) -> None:
    send_and_wait(
        ground.chain, ground.keys[0], ground.keys[1].address, b"", nonce=0, timeout_seconds=10
    )
    with pytest.raises(ConfigurationError, match="has sent other transactions"):
        ground.deploy()
    assert ground.sent() == 1


def miswired(ground: Ground, other: Deployment, case: str) -> list[bytes]:
    """Contracts with the right code, of which the last is made for something else."""
    forwarder, membership = (contract_address(ground.keys[0].address, n) for n in range(2))

    def founded(by: Address, origin: tuple[int, Address]) -> bytes:
        return creation("Membership", *ground.founding(by, origin))

    sound = [
        creation("Forwarder"),
        founded(forwarder, FIRST_DEPLOYMENT),
        creation("Notary", membership),
        creation("InvoiceBook", membership, NO_ADDRESS),
    ]
    origin = (other.chain.reference, other.membership)
    wrong = {
        "forwarder": (
            1,
            creation("Membership", *ground.founding(other.forwarder, (0, NO_ADDRESS))),
        ),
        "origin": (1, creation("Membership", *ground.founding(forwarder, origin))),
        "notary": (2, creation("Notary", other.membership)),
        "book": (3, creation("InvoiceBook", other.membership, NO_ADDRESS)),
    }
    place, code = wrong[case]
    return [*sound[:place], code]


@pytest.mark.parametrize(
    ("case", "contract", "named"),
    [
        ("forwarder", "Membership", {"trustedForwarder"}),
        ("origin", "Membership", {"predecessor", "predecessorChainId"}),
        ("notary", "Notary", {"membership", "trustedForwarder"}),
        ("book", "InvoiceBook", {"membership", "trustedForwarder"}),
    ],
)
def test_the_right_code_made_for_something_else_is_refused(
    ground: Ground, case: str, contract: str, named: set[str]
) -> None:
    other = ground.deploy(account=1)
    codes = miswired(ground, other, case)
    for nonce, code in enumerate(codes):
        ground.create(nonce, code)
    with pytest.raises(ConfigurationError) as caught:
        ground.deploy()
    reason = str(caught.value).split(": ")[1].split(". ")[0]
    words, _, names = reason.partition(", by its ")
    assert words == f"it is a {contract} of another deployment"
    assert set(names.split(", ")) == named
    assert ground.sent() == len(codes)


def test_a_book_that_asks_another_notary_of_the_same_members_is_refused(ground: Ground) -> None:
    forwarder, membership = (contract_address(ground.keys[0].address, n) for n in range(2))
    sound = [
        creation("Forwarder"),
        creation("Membership", *ground.founding(forwarder, (0, NO_ADDRESS))),
        creation("Notary", membership),
        creation("InvoiceBook", membership, NO_ADDRESS),
    ]
    for nonce, code in enumerate(sound):
        ground.create(nonce, code)
    ground.create(0, creation("Notary", membership), account=1)
    another = contract_address(ground.keys[1].address, 0)
    ground.create(4, creation("DepositCertificateBook", membership, another, NO_ADDRESS))
    with pytest.raises(ConfigurationError, match="of another deployment, by its notary"):
        ground.deploy()


@pytest.mark.parametrize(
    "name", ["forwarder", "membership", "notary", "invoice_book", "certificate_book"]
)
def test_a_manifest_that_mixes_two_deployments_is_not_believed(ground: Ground, name: str) -> None:
    one, other = ground.deploy(), ground.deploy(account=1)
    mixed: dict[str, Any] = {name: getattr(other, name)}
    with pytest.raises(ChainMismatch, match="of another deployment"):
        check_deployment(ground.chain, replace(one, **mixed))


def test_a_manifest_that_claims_a_predecessor_is_not_believed(ground: Ground) -> None:
    one, other = ground.deploy(), ground.deploy(account=1)
    claiming = replace(one, predecessor=predecessor_of(other))
    with pytest.raises(ChainMismatch, match="of another deployment, by its predecessor"):
        check_deployment(ground.chain, claiming)

"""A consortium on an in-process chain: council, members, contracts and operator keys.

Everything is the real thing: the devnet's EVM, the committed contracts, decisions by the council.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_account import Account

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from ledger.chain.contract import ContractCall
from ledger.chain.deployer import Council, deploy
from ledger.chain.deployment import Deployment
from ledger.chain.invoice_book import InvoiceBook
from ledger.chain.keyring import key_file
from ledger.chain.membership import Membership, Role
from ledger.chain.notary import Notary
from ledger.chain.port import Receipt
from ledger.chain.signer import KeySigner, UnsignedTransaction
from ledger.chain.web3_adapter import Web3Chain
from ledger.types import MemberId

COUNCIL = (MemberId("lei:COUNCILALPHA00000001"), MemberId("lei:COUNCILBRAVO00000002"))
SUPPLIER = MemberId("lei:SUPPLIER000000000003")
BUYER = MemberId("lei:BUYER000000000000004")
FINANCIER = MemberId("lei:FINANCIERONE00000005")
OTHER_FINANCIER = MemberId("lei:FINANCIERTWO00000006")

ROLES = {
    SUPPLIER: Role.SUPPLIER,
    BUYER: Role.BUYER,
    FINANCIER: Role.FINANCIER,
    OTHER_FINANCIER: Role.FINANCIER,
}

PROPOSAL_SECONDS = 3600


@dataclass(frozen=True)
class Consortium:
    """A deployed consortium.

    signers: one operator key for each member, the council's seats included.
    spare: funded accounts that belong to nobody yet.
    """

    devnet: Devnet
    chain: Web3Chain
    deployment: Deployment
    signers: dict[MemberId, KeySigner]
    spare: list[KeySigner]

    @property
    def membership(self) -> Membership:
        return Membership(self.chain, self.deployment.membership)

    @property
    def notary(self) -> Notary:
        return Notary(self.chain, self.deployment.notary)

    @property
    def book(self) -> InvoiceBook:
        return InvoiceBook(self.chain, self.deployment.invoice_book)

    def act(self, member: MemberId, call: ContractCall) -> Receipt:
        """Have a member do something, with its operator key."""
        return send(self.chain, self.signers[member], call)

    def decide(self, decision: ContractCall) -> None:
        """Have the council decide something: proposed by one seat, approved by the other."""
        proposer, approver = COUNCIL
        receipt = self.act(proposer, self.membership.propose(decision, PROPOSAL_SECONDS))
        proposed = next(
            event
            for log in receipt.logs
            if (event := self.membership.abi.decode_log(log)) and event.name == "Proposed"
        )
        proposal = proposed.arguments["proposal"]
        self.act(approver, self.membership.approve(proposal))
        self.act(proposer, self.membership.execute(proposal))

    def write_keys(self, directory: Path) -> None:
        """Put every member's operator key into a keys folder."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for member, signer in self.signers.items():
            self.write_key(directory, member, signer)

    def write_key(self, directory: Path, member: MemberId, signer: KeySigner) -> None:
        """Put one operator key into a keys folder."""
        account = next(item for item in self.devnet.accounts if item.address == signer.address)
        path = key_file(directory, member)
        path.touch(mode=0o600)
        path.write_text(account.private_key.hex())


@contextmanager
def running_consortium(path: Path | None = None) -> Iterator[Consortium]:
    """A fresh chain with the contracts, a council of two and four members."""
    devnet = Devnet.open(path, accounts=12)
    try:
        yield found_consortium(devnet)
    finally:
        devnet.close()


def found_consortium(devnet: Devnet) -> Consortium:
    """Deploy the contracts on a chain, and admit the members."""
    chain = Web3Chain(DevnetProvider(devnet))
    keys = [KeySigner(Account.from_key(account.private_key)) for account in devnet.accounts]
    deployer, *rest = keys
    members = (*COUNCIL, *ROLES)
    signers = dict(zip(members, rest, strict=False))
    seats = tuple((member, signers[member].address) for member in COUNCIL)
    deployment = deploy(
        chain, deployer, Council(seats, threshold=2), timeout_seconds=10, report=lambda _text: None
    )
    consortium = Consortium(devnet, chain, deployment, signers, rest[len(members) :])
    for member, role in ROLES.items():
        consortium.decide(consortium.membership.admit(member, role, signers[member].address))
    return consortium


def send(chain: Web3Chain, signer: KeySigner, call: ContractCall) -> Receipt:
    """Sign and send a call, and wait until a block holds it. It must succeed."""
    gas = chain.estimate_gas(signer.address, call.to, call.data)
    nonce = chain.transaction_count(signer.address)
    signed = signer.sign(
        UnsignedTransaction(chain.chain_id(), nonce, call.to, call.data, 2 * gas, chain.fees())
    )
    chain.send(signed.raw)
    deadline = time.monotonic() + 10
    while (receipt := chain.receipt(signed.hash)) is None:
        assert time.monotonic() < deadline, "the transaction was not sealed"
        time.sleep(0.01)
    assert receipt.succeeded
    return receipt

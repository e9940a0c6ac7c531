"""A consortium founded on a chain: contracts, council, two suppliers, and all their keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ledger.chain.contract import ContractCall
from ledger.chain.deployer import Council, deploy
from ledger.chain.deployment import Deployment, read_deployment, write_deployment
from ledger.chain.keyring import key_file
from ledger.chain.membership import Membership, Role
from ledger.chain.port import Receipt
from ledger.chain.sending import send_and_wait
from ledger.chain.signer import KeySigner, load_key
from ledger.chain.web3_adapter import Web3Chain, connect
from ledger.types import Address, MemberId
from scripts.processes import ScriptError

COUNCIL = (MemberId("org:council-north"), MemberId("org:council-south"))
SUPPLIER = MemberId("org:lieferant")
OTHER_SUPPLIER = MemberId("org:zulieferer")
MEMBERS = (*COUNCIL, SUPPLIER, OTHER_SUPPLIER)
DEPLOYER, SUCCESSOR = MemberId("key:deployer"), MemberId("key:successor")
"""Accounts beside those of the members: who deploys, and a key that a member may get later."""

ACCOUNTS = (DEPLOYER, *MEMBERS, SUCCESSOR)

# The second supplier can also buy from the first one, and finance it: two members can trade.
_ROLES = {
    SUPPLIER: Role.SUPPLIER,
    OTHER_SUPPLIER: Role.SUPPLIER | Role.BUYER | Role.FINANCIER,
}
_PROPOSAL_SECONDS = 3600
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Founded:
    """A consortium's folder: deployment.json, and a key file for every account."""

    folder: Path

    @property
    def deployment(self) -> Deployment:
        """What stands on the chain."""
        return read_deployment(self.manifest)

    @property
    def manifest(self) -> Path:
        """Where that is written."""
        return self.folder / "deployment.json"

    def account(self, name: MemberId) -> Path:
        """The key file of a member or of another account."""
        return key_file(self.folder / "accounts", MemberId(name))

    def signer(self, name: MemberId) -> KeySigner:
        """Who signs with an account's key."""
        return load_key(self.account(name))


def keep_accounts(folder: Path, keys: Iterable[str]) -> Founded:
    """Give each account one of the keys, which the chain must have funded."""
    founded = Founded(folder)
    (folder / "accounts").mkdir(mode=0o700)
    for name, key in zip(ACCOUNTS, keys, strict=False):
        path = founded.account(name)
        path.touch(mode=0o600)
        path.write_text(key)
    return founded


def found(founded: Founded, url: str) -> None:
    """Deploy the contracts, and let the council admit the suppliers."""
    chain = connect(url)
    try:
        seats = tuple((member, founded.signer(member).address) for member in COUNCIL)
        deployment = deploy(
            chain,
            founded.signer(DEPLOYER),
            Council(seats, threshold=2),
            timeout_seconds=_TIMEOUT_SECONDS,
            report=lambda _text: None,
        )
        founded.manifest.write_text(write_deployment(deployment))
        council = Governing(founded, chain)
        for member, roles in _ROLES.items():
            council.decide(council.membership.admit(member, roles, founded.signer(member).address))
    finally:
        chain.close()


@dataclass(frozen=True)
class Governing:
    """The council at work, past the service."""

    founded: Founded
    chain: Web3Chain

    @property
    def membership(self) -> Membership:
        """The contract that it decides upon."""
        return Membership(self.chain, self.founded.deployment.membership)

    def decide(self, decision: ContractCall) -> None:
        """Propose, approve and execute."""
        proposer, approver = map(self.founded.signer, COUNCIL)
        receipt = self._act(proposer, self.membership.propose(decision, _PROPOSAL_SECONDS))
        proposal = next(
            event.arguments["proposal"]
            for log in receipt.logs
            if (event := self.membership.abi.decode_log(log)) and event.name == "Proposed"
        )
        self._act(approver, self.membership.approve(proposal))
        self._act(proposer, self.membership.execute(proposal))

    def _act(self, signer: KeySigner, call: ContractCall) -> Receipt:
        receipt = send_and_wait(
            self.chain,
            signer,
            call.to,
            call.data,
            nonce=self.chain.transaction_count(signer.address),
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        if not receipt.succeeded:
            raise ScriptError("the chain refused a decision of the council")
        return receipt

    def revoke_key(self, member: MemberId, key: Address) -> None:
        """Take a key away from a member."""
        self.decide(self.membership.revoke_key(member, key))

    def add_key(self, member: MemberId, key: Address) -> None:
        """Give a member one more key."""
        self.decide(self.membership.add_key(member, key))

"""A deployed ledger and the members that act on it in tests."""

from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from tests.contracts.harness import (
    AUDITOR,
    BUYER,
    DAY,
    DEPOSITARY,
    FINANCIER,
    SUPPLIER,
    Chain,
    Member,
    word,
)

_ROLES = {
    "supplier": SUPPLIER,
    "other_supplier": SUPPLIER,
    "buyer": BUYER,
    "other_buyer": BUYER,
    "financier": FINANCIER,
    "other_financier": FINANCIER,
    "auditor": AUDITOR,
    "depositary": DEPOSITARY,
    "other_depositary": DEPOSITARY,
}
_COUNCIL = ("council_a", "council_b", "council_c")
NOBODY = to_checksum_address(bytes(20))
"""The address that stands for none."""

NO_DEPLOYMENT = (0, NOBODY)
"""The predecessor of a first deployment."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All contracts, with a council of three of which two decide."""

    chain: Chain
    forwarder: Contract
    membership: Contract
    notary: Contract
    invoices: Contract
    certificates: Contract
    council: tuple[Member, Member, Member]
    supplier: Member
    other_supplier: Member
    buyer: Member
    other_buyer: Member
    financier: Member
    other_financier: Member
    auditor: Member
    depositary: Member
    other_depositary: Member
    spare_keys: tuple[ChecksumAddress, ...]

    @classmethod
    def deploy(cls) -> "Ledger":
        """Deploy all contracts and admit the cast."""
        chain = Chain(accounts=len(_COUNCIL) + len(_ROLES) + 4)
        keys = iter(chain.accounts)
        a, b, c = (Member(_id(name), next(keys)) for name in _COUNCIL)
        cast = {name: Member(_id(name), next(keys)) for name in _ROLES}
        council = [a, b, c]
        forwarder = chain.deploy("Forwarder")
        ids, council_keys = [member.id for member in council], [member.key for member in council]
        membership = chain.deploy(
            "Membership", ids, council_keys, 2, forwarder.address, NO_DEPLOYMENT
        )
        notary = chain.deploy("Notary", membership.address)
        ledger = cls(
            chain=chain,
            forwarder=forwarder,
            membership=membership,
            notary=notary,
            invoices=chain.deploy("InvoiceBook", membership.address, NOBODY),
            certificates=chain.deploy(
                "DepositCertificateBook", membership.address, notary.address, NOBODY
            ),
            council=(a, b, c),
            **cast,
            spare_keys=tuple(keys),
        )
        for name, roles in _ROLES.items():
            member = cast[name]
            ledger.decide(membership.functions.admit(member.id, roles, member.key))
        return ledger

    def act(self, member: Member, call: ContractFunction) -> TxReceipt:
        """Send a transaction with a member's first key; raises Reverted."""
        return self.chain.send(member.key, call)

    def propose(self, call: ContractFunction, *, by: Member | None = None) -> int:
        """Propose a call to the contract it belongs to; the proposal's number."""
        return self._propose(call.address, calldata(call), by or self.council[0])

    def decide(self, call: ContractFunction) -> TxReceipt:
        """Let the council make a call; raises Reverted with the call's own error."""
        return self.decide_data(call.address, calldata(call))

    def decide_data(self, target: ChecksumAddress, data: HexStr | bytes) -> TxReceipt:
        """Let the council send any data to any address."""
        council = self.membership.functions
        threshold, _ = council.council().call()
        number = self._propose(target, data, self.council[0])
        for member in self.council[1:threshold]:
            self.act(member, council.approve(number))
        return self.act(self.council[1], council.execute(number))

    def set_roles(self, member: Member, roles: int) -> None:
        """Let the council replace a member's roles."""
        self.decide(self.membership.functions.setRoles(member.id, roles))

    def suspend(self, member: Member) -> None:
        """Let the council suspend a member."""
        self.decide(self.membership.functions.suspend(member.id))

    def _propose(self, target: ChecksumAddress, data: HexStr | bytes, by: Member) -> int:
        call = self.membership.functions.propose(target, data, DAY)
        number: int = self.chain.simulate(by.key, call)
        self.act(by, call)
        return number


def calldata(call: ContractFunction) -> HexStr | bytes:
    """The data that a transaction makes this call with."""
    return call.build_transaction(_NO_QUERIES)["data"]


# With all of these given, web3 encodes a transaction without asking the node.
_NO_QUERIES: Any = {"gas": 1, "gasPrice": 1, "nonce": 0, "chainId": 1, "value": 0}


def _id(name: str) -> bytes:
    return word(f"test:{name}")

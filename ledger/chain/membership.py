"""The contract Membership: who may act."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from ledger.chain.artifacts import load_artifact
from ledger.chain.contract import Contract, ContractCall, known, member_of
from ledger.chain.port import Chain
from ledger.codec import member_to_word
from ledger.types import AccountName, Address, BlockRef, ChainId, MemberId, UnixTime, parse_address


class Role(IntFlag):
    """What a member may do. The bits are those of the contract."""

    SUPPLIER = 1
    BUYER = 2
    FINANCIER = 4
    DEPOSITARY = 8
    COUNCIL = 16
    AUDITOR = 32


def role_name(role: Role) -> str:
    """A role's name in lower case."""
    return str(role.name).lower()


class MemberStatus(IntEnum):
    """Whether a member may act."""

    UNKNOWN = 0
    ACTIVE = 1
    SUSPENDED = 2


@dataclass(frozen=True, slots=True)
class Member:
    """A member organisation, as the chain knows it.

    keys: number of live operator keys.
    """

    id: MemberId
    status: MemberStatus
    roles: Role
    keys: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A call that the council may decide to make.

    decision: the call. approvals: by members that are present in the council now.
    """

    id: int
    proposer: MemberId
    decision: ContractCall
    approvals: int
    expires_at: UnixTime
    executed: bool


class Membership(Contract):
    """Members, their operator keys, and the council's decisions."""

    def __init__(self, chain: Chain, address: Address) -> None:
        super().__init__(chain, address, load_artifact("Membership").abi)

    def admit(self, member: MemberId, roles: Role, key: Address) -> ContractCall:
        """Admit a member; only the council may decide it."""
        return self._call("admit", member_to_word(member), int(roles), key)

    def suspend(self, member: MemberId) -> ContractCall:
        """Stop a member from acting; only the council may decide it."""
        return self._call("suspend", member_to_word(member))

    def reinstate(self, member: MemberId) -> ContractCall:
        """Let a suspended member act again; only the council may decide it."""
        return self._call("reinstate", member_to_word(member))

    def succeed(self, successor: AccountName) -> ContractCall:
        """Close the deployment to new records, for good, and name the one that follows it.

        successor: its membership contract. Only the council may decide it.
        """
        return self._call("succeed", successor.chain.reference, successor.address)

    def add_key(self, member: MemberId, key: Address) -> ContractCall:
        """Add an operator key."""
        return self._call("addKey", member_to_word(member), key)

    def revoke_key(self, member: MemberId, key: Address) -> ContractCall:
        """Revoke an operator key."""
        return self._call("revokeKey", member_to_word(member), key)

    def propose(self, decision: ContractCall, lifetime_seconds: int) -> ContractCall:
        """Propose a decision to the council."""
        return self._call("propose", decision.to, decision.data, lifetime_seconds)

    def approve(self, proposal: int) -> ContractCall:
        """Approve a proposal."""
        return self._call("approve", proposal)

    def execute(self, proposal: int) -> ContractCall:
        """Carry out an approved proposal."""
        return self._call("execute", proposal)

    def actor_of(self, key: Address, *, at: BlockRef) -> MemberId:
        """The active member that a key acts for. Raises `Reverted` if there is none."""
        (word,) = self._read(at, "actorOf", key)
        return member_of(word)

    def member(self, member: MemberId, *, at: BlockRef) -> Member:
        """Status and roles of a member. Raises `Reverted` if it was never admitted."""
        status, roles, keys = self._read(at, "member", member_to_word(member))
        return Member(member, known(MemberStatus, status), Role(roles), keys)

    def council(self, *, at: BlockRef) -> tuple[int, int]:
        """Number of approvals that a decision takes, and of members in the council."""
        threshold, size = self._read(at, "council")
        return int(threshold), int(size)

    def predecessor(self, *, at: BlockRef) -> AccountName | None:
        """The membership contract of the deployment that this one follows; None if it is first."""
        (origin,) = self._read(at, "predecessor")
        return _deployment(origin)

    def successor(self, *, at: BlockRef) -> AccountName | None:
        """The membership contract of the deployment that follows this one; None if none does."""
        (heir,) = self._read(at, "successor")
        return _deployment(heir)

    def proposal(self, proposal: int, *, at: BlockRef) -> Proposal:
        """A proposal to the council. Raises `Reverted` if it was never made."""
        form, approvals = self._read(at, "proposal", proposal)
        target, expires_at, executed, proposer, data = form
        return Proposal(
            id=proposal,
            proposer=member_of(proposer),
            decision=ContractCall(parse_address(target), data),
            approvals=approvals,
            expires_at=UnixTime(expires_at),
            executed=executed,
        )


def _deployment(form: tuple[int, str]) -> AccountName | None:
    chain_id, membership = form
    return AccountName(ChainId(chain_id), parse_address(membership)) if chain_id else None

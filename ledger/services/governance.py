"""What the council and the members do on the chain themselves, each act by its own signature.

Nothing of this goes through the service: the caller holds the operator key, and the contract's
word is final.
"""

from ledger.chain.contract import ContractCall, member_of
from ledger.chain.deployment import Deployment
from ledger.chain.log_pages import logs_of
from ledger.chain.membership import Member, Membership, Proposal, Role, role_name
from ledger.chain.port import Chain, Receipt, Reverted, SendFailure, SendRefused
from ledger.chain.reverts import refusal_of
from ledger.chain.sending import reason_of_failure, send_and_wait
from ledger.chain.signer import Signer
from ledger.errors import Conflict, TransportError
from ledger.types import MemberId

_BUSY = (SendFailure.NONCE_USED, SendFailure.UNDERPRICED)


def act(chain: Chain, signer: Signer, call: ContractCall, *, timeout_seconds: float) -> Receipt:
    """Make a call with an operator key, and wait until a block holds it.

    Raises the contract's refusal, before anything is sent where the chain can tell; Conflict if
    the key is in use elsewhere; TransportError if no block holds the call within the timeout.
    """
    nonce = chain.transaction_count(signer.address)
    try:
        receipt = send_and_wait(
            chain, signer, call.to, call.data, nonce=nonce, timeout_seconds=timeout_seconds
        )
    except SendRefused as error:
        if error.failure in _BUSY:
            raise Conflict(
                f"another transaction of {signer.address} is under way; run the command again",
                code="operator-key-busy",
            ) from error
        raise
    if not receipt.succeeded:
        raise reason_of_failure(chain, signer.address, call.to, call.data, at=receipt.block)
    return receipt


def propose(
    chain: Chain,
    deployment: Deployment,
    signer: Signer,
    decision: ContractCall,
    *,
    lifetime_seconds: int,
    timeout_seconds: float,
) -> int:
    """Propose a decision to the council, and approve it for the signer's member.

    Returns the proposal's number. Raises as `act` does, and the contract's refusal of a decision
    that could not be carried out as things stand, such as to admit who is a member already.
    """
    _require_feasible(chain, deployment, decision)
    membership = Membership(chain, deployment.membership)
    call = membership.propose(decision, lifetime_seconds)
    receipt = act(chain, signer, call, timeout_seconds=timeout_seconds)
    for log in receipt.logs:
        event = membership.abi.decode_log(log) if log.address == membership.address else None
        if event is not None and event.name == "Proposed":
            return int(event.arguments["proposal"])
    raise TransportError("the node's receipt of a proposal does not hold the proposal's event")


def _require_feasible(chain: Chain, deployment: Deployment, decision: ContractCall) -> None:
    # The council's contract makes the calls that it decides about.
    head = chain.head().ref
    try:
        chain.call(decision.to, decision.data, at=head, sender=deployment.membership)
    except Reverted as error:
        raise refusal_of(error.data) from error


def read_proposal(chain: Chain, deployment: Deployment, number: int) -> tuple[Proposal, int]:
    """A proposal, and the number of approvals that a decision takes. Raises NotFound."""
    membership = Membership(chain, deployment.membership)
    head = chain.head().ref
    try:
        threshold, _size = membership.council(at=head)
        return membership.proposal(number, at=head), threshold
    except Reverted as error:
        raise refusal_of(error.data) from error


def read_members(chain: Chain, deployment: Deployment) -> list[Member]:
    """All members that were ever admitted, in that order, asking nobody but the node."""
    membership = Membership(chain, deployment.membership)
    head = chain.head().ref
    topics = (membership.abi.topic("MemberAdmitted"),)
    admitted = logs_of(chain, membership.address, topics, deployment.first_block, head.number)
    return [membership.member(member_of(log.topics[1]), at=head) for log in admitted]


def require_role(chain: Chain, deployment: Deployment, member: MemberId, role: Role) -> None:
    """Raise NotFound if a member was never admitted, Conflict if it does not have a role."""
    if role not in read_member(chain, deployment, member).roles:
        raise Conflict(
            f"{member} does not have the role {role_name(role)}; the council can give it",
            code="missing-role",
            member=member,
            role=role_name(role),
        )


def read_member(chain: Chain, deployment: Deployment, member: MemberId) -> Member:
    """A member. Raises NotFound if it was never admitted."""
    try:
        return Membership(chain, deployment.membership).member(member, at=chain.head().ref)
    except Reverted as error:
        raise refusal_of(error.data) from error

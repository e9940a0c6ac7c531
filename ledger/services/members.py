"""The members of the consortium, as the chain knows them."""

from ledger.chain.deployment import Deployment
from ledger.chain.membership import Member, Membership
from ledger.chain.port import Chain, Reverted
from ledger.chain.reverts import refusal_of
from ledger.codec import member_from_word
from ledger.services.context import Ledger
from ledger.store import events
from ledger.types import MemberId, parse_member_id


def list_members(ledger: Ledger) -> list[Member]:
    """All members that were ever admitted and followed, in the order of their admission."""
    with ledger.store.reading() as connection:
        admitted = events.named(connection, "MemberAdmitted")
    head = ledger.chain.head().ref
    return [
        ledger.membership.member(parse_member_id(event.arguments["member"]), at=head)
        for event in admitted
    ]


def read_members(chain: Chain, deployment: Deployment) -> list[Member]:
    """All members that were ever admitted, in that order, asking nobody but the node."""
    membership = Membership(chain, deployment.membership)
    head = chain.head().ref
    topics = (membership.abi.topic("MemberAdmitted"),)
    admitted = chain.logs_with(membership.address, topics, deployment.first_block)
    return [
        membership.member(member_from_word(log.topics[1]), at=head)
        for log in admitted
        if log.block.number <= head.number
    ]


def read_member(chain: Chain, deployment: Deployment, member: MemberId) -> Member:
    """A member. Raises NotFound if it was never admitted."""
    try:
        return Membership(chain, deployment.membership).member(member, at=chain.head().ref)
    except Reverted as error:
        raise refusal_of(error.data) from error


def get_member(ledger: Ledger, member: MemberId) -> Member:
    """A member. Raises NotFound if it was never admitted."""
    return read_member(ledger.chain, ledger.deployment, member)

"""The members of the consortium, as the chain knows them."""

from ledger.chain.membership import Member
from ledger.services.context import Ledger
from ledger.services.governance import read_member
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


def get_member(ledger: Ledger, member: MemberId) -> Member:
    """A member. Raises NotFound if it was never admitted."""
    return read_member(ledger.chain, ledger.deployment, member)

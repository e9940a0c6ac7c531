"""Members of the consortium."""

from typing import Self

from pydantic import Field

from api.schemas.base import MemberName, Resource
from ledger.chain.membership import Member, role_name


class MemberResource(Resource):
    """A member, as the chain knows it."""

    id: MemberName
    status: str = Field(examples=["active", "suspended"])
    roles: list[str] = Field(examples=[["supplier"]])
    keys: int = Field(description="number of live operator keys")

    @classmethod
    def of(cls, member: Member) -> Self:
        """Show a member."""
        return cls(
            id=member.id,
            status=member.status.name.lower(),
            roles=[role_name(role) for role in member.roles],
            keys=member.keys,
        )


class MemberList(Resource):
    """All members, in the order of their admission."""

    items: list[MemberResource]

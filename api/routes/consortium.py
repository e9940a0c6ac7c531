"""Who takes part, and where the contracts stand."""

from fastapi import APIRouter, Response

from api.deps import TheLedger, ThePrincipal
from api.openapi import CONSORTIUM, shows
from api.schemas.base import MemberParameter
from api.schemas.members import MemberList, MemberResource
from ledger.chain.deployment import write_deployment
from ledger.services.members import get_member, list_members

router = APIRouter(prefix="/v1", tags=[CONSORTIUM])


@router.get("/members", **shows("listMembers", 401, 503))
def show_members(ledger: TheLedger, _principal: ThePrincipal) -> MemberList:
    """All members that were ever admitted."""
    return MemberList(items=[MemberResource.of(member) for member in list_members(ledger)])


@router.get("/members/{member}", **shows("getMember", 401, 404, 422, 503))
def show_member(
    ledger: TheLedger, _principal: ThePrincipal, member: MemberParameter
) -> MemberResource:
    """A member, as the chain knows it."""
    return MemberResource.of(get_member(ledger, member))


_DEPLOYMENT = shows("getDeployment")
_DEPLOYMENT["responses"][200] = {
    "description": "The deployment manifest (sealbook-deployment/1).",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@router.get("/deployment", response_class=Response, **_DEPLOYMENT)
def show_deployment(ledger: TheLedger) -> Response:
    """Where the contracts stand. Needs no key: compare it with the manifest that you trust."""
    return Response(write_deployment(ledger.deployment), media_type="application/json")

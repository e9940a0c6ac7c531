"""Acts of members on their way to the chain."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import TheLedger, ThePrincipal
from api.openapi import OPERATIONS, shows
from api.schemas.operations import OperationResource
from ledger.services.submissions import get_operation, item_of

router = APIRouter(prefix="/v1/operations", tags=[OPERATIONS])


@router.get("/{operation}", **shows("getOperation", 401, 404, 422, 503))
def show_operation(
    ledger: TheLedger, principal: ThePrincipal, operation: UUID
) -> OperationResource:
    """An act of the member, and what became of it."""
    found = get_operation(ledger, principal, operation)
    return OperationResource.of(found, item_of(ledger, found))

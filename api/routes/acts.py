"""What the routes that act on a record share: their description, who asks, and the answer."""

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Path
from starlette.responses import Response

from api.deps import NoBody, SmallKey, TheLedger, ThePrincipal
from api.openapi import json_body, takes_in
from api.routes.accepted import ACT_PROBLEMS, accepted
from api.schemas.base import GREATEST_NUMBER, Form
from api.schemas.operations import OperationResource
from ledger.services.submissions import Caller
from ledger.store.operations import Operation

_Answer: TypeAlias = Callable[[Operation], OperationResource]


def item_number(thing: str) -> Any:
    """How a path names an offer, a pledge or a payment of a record."""
    description = f"the {thing}'s `id` in its record"
    return Path(ge=0, le=GREATEST_NUMBER, description=description)


def acts(
    operation_id: str, form: type[Form] | None = None, *, form_required: bool = True
) -> dict[str, Any]:
    """Arguments of a route that acts on a record: its stable name, and the form of its body.

    Without a form, a request with a body is refused.
    """
    if form is None:
        return {"dependencies": [NoBody], **takes_in(operation_id, *ACT_PROBLEMS)}
    body = json_body(form, required=form_required)
    return takes_in(operation_id, *ACT_PROBLEMS, 415, body=body)


async def _caller(ledger: TheLedger, principal: ThePrincipal, key: SmallKey) -> Caller:
    return Caller(ledger, principal, key)


async def _answer(ledger: TheLedger, response: Response) -> _Answer:
    return lambda operation: accepted(ledger, operation, response)


TheCaller = Annotated[Caller, Depends(_caller)]
"""Who asks for the act. Handlers name their body before it, so that its type is checked first."""

Answer = Annotated[_Answer, Depends(_answer)]
"""Shows an operation that was taken in, and says where it can be watched."""

"""Units of a record as security."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.deps import JsonBody, SmallKey, TheLedger, ThePrincipal
from api.openapi import RECORDS, json_body, takes_in
from api.routes.accepted import ACT_PROBLEMS, accepted
from api.schemas.base import GREATEST_NUMBER, RecordParameter
from api.schemas.operations import OperationResource
from api.schemas.requests import Amount, PledgeTerms, read_json
from ledger.services.pledging import enforce_pledge, pledge_units, release_pledge
from ledger.types import Units

PledgeParameter = Annotated[
    int, Path(ge=0, le=GREATEST_NUMBER, description="the pledge's `id` in its record")
]

router = APIRouter(prefix="/v1/records/{record}/pledges", tags=[RECORDS])


@router.post("", **takes_in("pledgeUnits", *ACT_PROBLEMS, 415, body=json_body(PledgeTerms)))
def pledge(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Pledge units that the member holds. For suppliers and financiers.

    They stay the member's own, and cannot be offered until the pledge is released or enforced.
    """
    terms = read_json(PledgeTerms, body)
    operation = pledge_units(
        ledger, principal, record, terms.security(), senior=terms.behind, key=key
    )
    return accepted(ledger, operation, response)


@router.post(
    "/{pledge}/release", **takes_in("releasePledge", *ACT_PROBLEMS, 415, body=json_body(Amount))
)
def release(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    pledge: PledgeParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Give up a pledge that secures the member, or a part. For suppliers and financiers."""
    units = Units(read_json(Amount, body).units)
    operation = release_pledge(ledger, principal, record, pledge, units, key)
    return accepted(ledger, operation, response)


@router.post(
    "/{pledge}/enforcement",
    **takes_in("enforcePledge", *ACT_PROBLEMS, 415, body=json_body(Amount)),
)
def enforce(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    pledge: PledgeParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Take units that are pledged to the member, or a part. For suppliers and financiers.

    Only a pledge of the first rank can be enforced, from its date on.
    """
    units = Units(read_json(Amount, body).units)
    operation = enforce_pledge(ledger, principal, record, pledge, units, key)
    return accepted(ledger, operation, response)

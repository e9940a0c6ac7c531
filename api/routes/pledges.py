"""Units of a record as security."""

from typing import Annotated

from fastapi import APIRouter

from api.deps import JsonBody
from api.openapi import RECORDS
from api.routes.acts import Answer, TheCaller, acts, item_number
from api.schemas.base import RecordParameter
from api.schemas.operations import OperationResource
from api.schemas.requests import Amount, PledgeTerms, read_json
from ledger.services.pledging import enforce_pledge, pledge_units, release_pledge
from ledger.types import Units

PledgeParameter = Annotated[int, item_number("pledge")]

router = APIRouter(prefix="/v1/records/{record}/pledges", tags=[RECORDS])


@router.post("", **acts("pledgeUnits", PledgeTerms))
def pledge(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Pledge units that the member holds. For suppliers and financiers.

    They stay the member's own, and cannot be offered until the pledge is released or enforced.
    """
    terms = read_json(PledgeTerms, body)
    operation = pledge_units(caller, record, terms.security(), senior=terms.behind)
    return answer(operation)


@router.post("/{pledge}/release", **acts("releasePledge", Amount))
def release(
    record: RecordParameter,
    pledge: PledgeParameter,
    body: JsonBody,
    caller: TheCaller,
    answer: Answer,
) -> OperationResource:
    """Give up a pledge that secures the member, or a part. For suppliers and financiers."""
    units = Units(read_json(Amount, body).units)
    return answer(release_pledge(caller, record, pledge, units))


@router.post("/{pledge}/enforcement", **acts("enforcePledge", Amount))
def enforce(
    record: RecordParameter,
    pledge: PledgeParameter,
    body: JsonBody,
    caller: TheCaller,
    answer: Answer,
) -> OperationResource:
    """Take units that are pledged to the member, or a part. For suppliers and financiers.

    Only a pledge of the first rank can be enforced, from its date on.
    """
    units = Units(read_json(Amount, body).units)
    return answer(enforce_pledge(caller, record, pledge, units))

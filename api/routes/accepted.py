"""What every accepted act is answered with."""

from starlette.responses import Response

from api.schemas.operations import OperationResource
from ledger.services.context import Ledger
from ledger.services.submissions import item_of
from ledger.store.operations import Operation

ACT_PROBLEMS = (401, 403, 404, 409, 413, 422, 503)
"""What an act on a record can be answered with instead."""


def accepted(ledger: Ledger, operation: Operation, response: Response) -> OperationResource:
    """Show an operation that was taken in, and say where it can be watched."""
    resource = OperationResource.of(operation, item_of(ledger, operation))
    response.headers["Location"] = resource.links.self
    return resource
